"""Route 53 Profiles (absent from moto 5.2.1): the service's REST API, mounted in front of moto's dispatcher."""
import itertools, json, re, secrets, time
from urllib.parse import parse_qs, unquote
from moto.ec2.models import ec2_backends
from moto.ram.models import ram_backends
from moto.route53.models import route53_backends
from fidelity import covers

PROFILES, ASSOCIATIONS, RESOURCES, TAGS = {}, {}, {}, {}     # id -> record


class Error(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


def now():
    return time.time()


def missing(what, i):
    return Error(404, "ResourceNotFoundException", f"The specified {what} {i} does not exist")


def shared(profile, account):
    for owner in list(ram_backends):
        for region in list(ram_backends[owner]):
            for s in ram_backends[owner][region].resource_shares:
                if s.status == "ACTIVE" and profile["Arn"] in s.resource_arns and covers(s, account):
                    return True
    return False


def visible(i, account, region):
    p = PROFILES.get(i)
    if not p or p["Region"] != region or not (p["OwnerId"] == account or shared(p, account)):
        raise missing("profile", i)
    return p


def owned(i, account, region):
    p = visible(i, account, region)
    if p["OwnerId"] != account:
        raise Error(403, "AccessDeniedException", f"Account {account} does not own profile {i}")
    return p


def public(x):
    return {k: v for k, v in x.items() if k not in ("Region",)}


def show_profile(p, account):
    status = "SHARED_WITH_ME" if p["OwnerId"] != account else ("SHARED_BY_ME" if any(
        p["Arn"] in s.resource_arns for r in ram_backends[account].values() for s in r.resource_shares if s.status == "ACTIVE") else "NOT_SHARED")
    return {**public(p), "ShareStatus": status}


def check_resource(arn, account, region):
    m = re.match(r"arn:aws[\w-]*:(\w+):([\w-]*):(\d*):([\w-]+)/(.+)$", arn)
    if not m:
        raise Error(400, "InvalidParameterException", f"Invalid resource ARN {arn}")
    svc, _, _, kind, i = m.groups()
    if (svc, kind) == ("route53", "hostedzone"):
        for a in list(route53_backends):
            for part in route53_backends[a].values():
                z = part.zones.get(i)
                if z is not None:
                    if not z.private_zone:
                        raise Error(400, "InvalidParameterException", f"{i} is not a private hosted zone")
                    return "HostedZone", z.name
    elif (svc, kind) == ("ec2", "vpc-endpoint"):
        for a in list(ec2_backends):
            if region in ec2_backends[a] and i in ec2_backends[a][region].vpc_end_points:
                if not ec2_backends[a][region].vpc_end_points[i].private_dns_enabled:       # a cautious reading: its names are the private DNS names
                    raise Error(400, "InvalidParameterException", f"{i} has private DNS disabled, so there is no name to share")
                return "VpcEndpoint", i
    elif (svc, kind) == ("route53resolver", "resolver-rule"):
        return "ResolverRule", i
    elif (svc, kind) == ("route53resolver", "firewall-rule-group"):
        return "FirewallRuleGroup", i
    elif (svc, kind) == ("route53resolver", "resolver-query-log-config"):
        return "ResolverQueryLogConfig", i
    raise missing("resource", arn)


def check_priority(profile, properties, but=None):
    """A rule group needs a priority, from 100 to 9900, that no other of the Profile has."""
    try:
        priority = json.loads(properties)["priority"]
    except (TypeError, KeyError, ValueError):
        raise Error(400, "InvalidParameterException", "A DNS Firewall rule group needs a priority")
    if not 100 <= priority <= 9900:
        raise Error(400, "InvalidParameterException", f"Priority {priority} is not between 100 and 9900")
    for i, r in RESOURCES.items():
        if i != but and r["ProfileId"] == profile["Id"] and r["ResourceType"] == "FirewallRuleGroup" and json.loads(r["ResourceProperties"])["priority"] == priority:
            raise Error(409, "ConflictException", f"Profile {profile['Id']} has a rule group of priority {priority}")


def call(method, path, query, body, account, region):
    new_id = lambda prefix: prefix + secrets.token_hex(8)
    base = lambda: {"CreationTime": now(), "ModificationTime": now(), "OwnerId": account, "Region": region, "Status": "COMPLETE", "StatusMessage": "Complete"}
    if (method, path) == ("POST", "/profile"):
        i = new_id("rp-")
        PROFILES[i] = {"Id": i, "Arn": f"arn:aws:route53profiles:{region}:{account}:profile/{i}", "Name": body["Name"], "ClientToken": body.get("ClientToken", ""), **base()}
        TAGS[PROFILES[i]["Arn"]] = {t["Key"]: t["Value"] for t in body.get("Tags", [])}
        return {"Profile": show_profile(PROFILES[i], account)}
    if (method, path) == ("GET", "/profiles"):
        return {"ProfileSummaries": [{k: show_profile(p, account)[k] for k in ("Arn", "Id", "Name", "ShareStatus")} for p in PROFILES.values()
                                     if p["Region"] == region and (p["OwnerId"] == account or shared(p, account))]}
    if m := re.fullmatch(r"/profile/([^/]+)", path):
        if method == "GET":
            return {"Profile": show_profile(visible(m[1], account, region), account)}
        if method == "DELETE":
            p = owned(m[1], account, region)
            if any(a["ProfileId"] == m[1] for a in itertools.chain(ASSOCIATIONS.values(), RESOURCES.values())):
                raise Error(409, "ConflictException", f"Profile {m[1]} still has associations")
            return {"Profile": public(PROFILES.pop(m[1]))}
    if (method, path) == ("POST", "/profileassociation"):
        p, vpc = visible(body["ProfileId"], account, region), body["ResourceId"]
        if vpc not in ec2_backends[account][region].vpcs:
            raise missing("VPC", vpc)
        if any(a["ResourceId"] == vpc for a in ASSOCIATIONS.values()):
            raise Error(409, "ResourceExistsException", f"VPC {vpc} is already associated with a profile")
        i = new_id("rpassoc-")
        ASSOCIATIONS[i] = {"Id": i, "Name": body["Name"], "ProfileId": p["Id"], "ResourceId": vpc, **base()}
        return {"ProfileAssociation": public(ASSOCIATIONS[i])}
    if (method, path) == ("GET", "/profileassociations"):
        want = {k: query[q][0] for k, q in (("ProfileId", "profileId"), ("ResourceId", "resourceId")) if q in query}
        rows = [a for a in ASSOCIATIONS.values() if a["Region"] == region and all(a[k] == v for k, v in want.items())
                and (a["OwnerId"] == account or PROFILES[a["ProfileId"]]["OwnerId"] == account)]
        return {"ProfileAssociations": [public(a) for a in rows]}
    if m := re.fullmatch(r"/profileassociation/([^/]+)", path):
        if m[1] not in ASSOCIATIONS:
            raise missing("association", m[1])
        return {"ProfileAssociation": public(ASSOCIATIONS[m[1]])}
    if m := re.fullmatch(r"/profileassociation/Profileid/([^/]+)/resourceid/([^/]+)", path):
        for i, a in list(ASSOCIATIONS.items()):
            if (a["ProfileId"], a["ResourceId"]) == (m[1], m[2]) and a["OwnerId"] == account:
                return {"ProfileAssociation": {**public(ASSOCIATIONS.pop(i)), "Status": "DELETED"}}
        raise missing("association", m[2])
    if (method, path) == ("POST", "/profileresourceassociation"):
        p = owned(body["ProfileId"], account, region)
        kind, name = check_resource(body["ResourceArn"], account, region)
        for r in RESOURCES.values():
            if r["ProfileId"] == p["Id"] and (r["ResourceArn"] == body["ResourceArn"] or kind == "HostedZone" and r["zone"] == name):
                raise Error(409, "ConflictException", f"Profile {p['Id']} already holds {r['ResourceArn']}")
        if kind == "FirewallRuleGroup":
            check_priority(p, body.get("ResourceProperties"))
        i = new_id("rpr-")
        RESOURCES[i] = {"Id": i, "Name": body["Name"], "ProfileId": p["Id"], "ResourceArn": body["ResourceArn"], "ResourceProperties": body.get("ResourceProperties", ""),
                        "ResourceType": kind, "zone": name if kind == "HostedZone" else None, **base()}
        return {"ProfileResourceAssociation": public(RESOURCES[i])}
    if m := re.fullmatch(r"/profileresourceassociations/profileid/([^/]+)", path):
        visible(m[1], account, region)
        return {"ProfileResourceAssociations": [public(r) for r in RESOURCES.values() if r["ProfileId"] == m[1]]}
    if m := re.fullmatch(r"/profileresourceassociation/profileid/([^/]+)/resourcearn/(.+)", path):
        owned(m[1], account, region)
        for i, r in list(RESOURCES.items()):
            if (r["ProfileId"], r["ResourceArn"]) == (m[1], unquote(m[2])):
                return {"ProfileResourceAssociation": {**public(RESOURCES.pop(i)), "Status": "DELETED"}}
        raise missing("resource association", m[2])
    if m := re.fullmatch(r"/profileresourceassociation/([^/]+)", path):
        if m[1] not in RESOURCES:
            raise missing("resource association", m[1])
        if method == "PATCH":
            if RESOURCES[m[1]]["ResourceType"] == "FirewallRuleGroup" and "ResourceProperties" in body:
                check_priority(PROFILES[RESOURCES[m[1]]["ProfileId"]], body["ResourceProperties"], m[1])
            RESOURCES[m[1]].update({k: body[k] for k in ("Name", "ResourceProperties") if k in body}, ModificationTime=now())
        return {"ProfileResourceAssociation": public(RESOURCES[m[1]])}
    if m := re.fullmatch(r"/tags/(.+)", path):
        arn = unquote(m[1])
        if method == "GET":
            return {"Tags": TAGS.get(arn, {})}
        if method == "POST":
            TAGS.setdefault(arn, {}).update(body["Tags"])
        else:
            for k in query.get("tagKeys", []):
                TAGS.get(arn, {}).pop(k, None)
        return {}
    raise Error(400, "ValidationException", f"{method} {path} is not modelled by this emulator")


def written(x):
    """As the API writes it: times are seconds since 1970, as numbers (the API's model has plain timestamps)."""
    if isinstance(x, dict):
        return {k: written(v) for k, v in x.items() if k != "zone"}
    return [written(i) for i in x] if isinstance(x, list) else x


def mount():
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication as App
    inner = App.__call__

    def outer(self, environ, start_response):
        m = re.search(r"Credential=([^/]+)/[^/]+/([^/]+)/route53profiles/", environ.get("HTTP_AUTHORIZATION", ""))
        if not m:
            return inner(self, environ, start_response)
        from moto.iam.models import get_account_id_from
        account = environ.get("HTTP_X_MOTO_ACCOUNT_ID") or get_account_id_from(m[1])
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = unquote(environ.get("RAW_URI", environ["PATH_INFO"]).split("?")[0])
        try:
            out, status, head = call(environ["REQUEST_METHOD"], path, parse_qs(environ.get("QUERY_STRING", "")), json.loads(raw or b"{}"), account, m[2]), "200 OK", []
        except Error as e:
            out, status, head = {"Message": str(e)}, f"{e.status} Error", [("x-amzn-ErrorType", e.code)]
        start_response(status, [("Content-Type", "application/json"), *head])
        return [json.dumps(written(out)).encode()]

    App.__call__ = outer
