"""API-level corrections to moto 5.2.1 where its EC2 / Route 53 / RAM behaviour differs from AWS in ways a hub-and-spoke test must see."""
import ipaddress, json, os, re, threading, time
import organization, strict
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models import vpcs as V, transit_gateway as TG, transit_gateway_attachments as TA, transit_gateway_route_tables as TR
from moto.ec2.models.route_tables import Route
from moto.ram.models import ResourceAccessManagerBackend as RAMBackend, ram_backends
from moto.route53 import models as Z, responses as ZR, urls as ZU
from moto.route53.exceptions import Route53ClientError


class Ec2Err(EC2ClientError):
    def __init__(self, code, message):
        super().__init__(code, message)


def accounts():
    return [(a, ec2_backends[a]) for a in list(ec2_backends)]


# ------------------------------------------------------------ RAM visibility
def covers(share, account):
    """Is the share's content there for the account? Where sharing is not within the organization, RAM sends an invitation,
    and nothing is seen before it is accepted (RAM user guide, "Sharing your AWS resources")."""
    for p in share.principals:
        if organization.principal_matches(p, account) and (within(share, account) or account in accepted(share)):
            return True
    return False


def within(share, account):
    return organization.SHARING and organization.member(share.owning_account_id) and organization.member(account)


def accepted(share):
    if not hasattr(share, "accepted_by"):
        share.accepted_by = set()
    return share.accepted_by


def live_shares(region):
    for a in list(ram_backends):
        if region in ram_backends[a]:
            yield from (s for s in ram_backends[a][region].resource_shares if s.status == "ACTIVE")


def shared_with(arn, account, region):
    return any(arn in s.resource_arns and covers(s, account) for s in live_shares(region))


def _shares(self, resource_owner):
    if resource_owner == "OTHER-ACCOUNTS":
        return {"resourceShares": [s.describe() for s in live_shares(self.region_name) if s.owning_account_id != self.account_id and covers(s, self.account_id)]}
    return _orig_shares(self, resource_owner)


_orig_shares, RAMBackend.get_resource_shares = RAMBackend.get_resource_shares, _shares


def add_principals(self, principals):
    from moto.core.exceptions import JsonRESTError
    from moto.ram.exceptions import InvalidParameterException, UnknownResourceException
    for p in principals:
        if m := re.fullmatch(r"arn:aws[\w-]*:organizations::\d{12}:(organization|ou)/(o-\w+)(/ou-[\w-]+)?", p):
            if m[2] != organization.ID or not organization.member(self.owning_account_id):
                raise UnknownResourceException(f"Organization {m[2]} could not be found.")
            if not organization.SHARING:      # github.com/hashicorp/terraform-provider-aws/issues/7769
                raise JsonRESTError("OperationNotPermittedException", "The resource you are attempting to share can only be shared within your AWS Organization. "
                                    "This error may also occur if you have not enabled sharing with your AWS organization, or that onboarding process is still in progress.")
        elif re.fullmatch(r"\d{12}", p):
            if not self.allow_external_principals and not organization.member(p):
                raise InvalidParameterException(f"The resource share is limited to the organization, and {p} is outside it.")
        else:
            raise InvalidParameterException(f"Principal ID {p} is malformed. Verify the ID and try again.")
    self.principals += principals


from moto.ram.responses import ResourceAccessManagerResponse as RAMResponse
from moto.ram import urls as RU


def _own_share(self):
    from moto.ram.exceptions import UnknownResourceException
    arn = self.request_params["resourceShareArn"]
    for s in self.ram_backend.resource_shares:
        if s.arn == arn and s.status == "ACTIVE":
            return s
    raise UnknownResourceException(f"ResourceShare {arn} could not be found.")


def _associations(self, s, principals, resources, status):
    rows = [(p, "PRINCIPAL") for p in principals] + [(r, "RESOURCE") for r in resources]
    return json.dumps({"resourceShareAssociations": [{"resourceShareArn": s.arn, "resourceShareName": s.name, "associatedEntity": e, "associationType": t, "status": status} for e, t in rows]})


def associate_share(self):
    s, q = _own_share(self), self.request_params
    principals = [p for p in q.get("principals", []) if p not in s.principals]
    s.add_principals(principals)
    s.add_resources([r for r in q.get("resourceArns", []) if r not in s.resource_arns])
    return _associations(self, s, principals, q.get("resourceArns", []), "ASSOCIATING")


def disassociate_share(self):
    s, q = _own_share(self), self.request_params
    s.principals = [p for p in s.principals if p not in q.get("principals", [])]
    s.resource_arns = [r for r in s.resource_arns if r not in q.get("resourceArns", [])]
    return _associations(self, s, q.get("principals", []), q.get("resourceArns", []), "DISASSOCIATING")


def _invitation(s, account):
    return {"resourceShareInvitationArn": s.arn.replace(":resource-share/", ":resource-share-invitation/"), "resourceShareName": s.name, "resourceShareArn": s.arn,
            "senderAccountId": s.owning_account_id, "receiverAccountId": account, "status": "ACCEPTED" if account in accepted(s) else "PENDING"}


def _invited(self):
    for s in live_shares(self.region):
        if self.current_account in s.principals and s.owning_account_id != self.current_account and not within(s, self.current_account):
            yield s


def get_invitations(self):
    return json.dumps({"resourceShareInvitations": [_invitation(s, self.current_account) for s in _invited(self)]})


def accept_invitation(self):
    from moto.ram.exceptions import UnknownResourceException
    arn = self.request_params["resourceShareInvitationArn"]
    for s in _invited(self):
        if _invitation(s, self.current_account)["resourceShareInvitationArn"] == arn:
            accepted(s).add(self.current_account)
            return json.dumps({"resourceShareInvitation": _invitation(s, self.current_account)})
    raise UnknownResourceException(f"The resource share invitation {arn} could not be found.")


for path, f in {"associateresourceshare": associate_share, "disassociateresourceshare": disassociate_share,
                "getresourceshareinvitations": get_invitations, "acceptresourceshareinvitation": accept_invitation}.items():
    op = {"associateresourceshare": "associate_resource_share", "disassociateresourceshare": "disassociate_resource_share",
          "getresourceshareinvitations": "get_resource_share_invitations", "acceptresourceshareinvitation": "accept_resource_share_invitation"}[path]
    setattr(RAMResponse, op, f)
    RU.url_paths["{0}/%s$" % path] = RAMResponse.dispatch


from moto.ram.models import ResourceShare
ResourceShare.add_principals = add_principals
ResourceShare.SHAREABLE_RESOURCES = list(ResourceShare.SHAREABLE_RESOURCES) + ["profile"]


# ------------------------------------------------------------ Instances
from moto.ec2.models.instances import Instance


def terminate(self, *args, **kwargs):
    """An instance's own interface goes with it: DeleteOnTermination is true unless said otherwise (EC2 user guide, "Elastic network interfaces")."""
    out = _orig_terminate(self, *args, **kwargs)
    for nic in list(self.nics.values()):
        self.ec2_backend.enis.pop(nic.id, None)
    return out


_orig_terminate, Instance.terminate = Instance.terminate, terminate


# ------------------------------------------------------------ Transit Gateway
def visible_tgw(be, tgw_id):
    if tgw_id in be.transit_gateways:
        return be.transit_gateways[tgw_id]
    for a, regions in accounts():
        if a != be.account_id and be.region_name in regions:
            t = regions[be.region_name].transit_gateways.get(tgw_id)
            if t and shared_with(t.arn, be.account_id, be.region_name):
                return t


def describe_tgws(self, filters, ids):
    extra = []
    for a, regions in accounts():
        if a != self.account_id and self.region_name in regions:
            extra += [t for t in regions[self.region_name].transit_gateways.values() if shared_with(t.arn, self.account_id, self.region_name)]
    own = dict(self.transit_gateways)
    try:
        self.transit_gateways = {**own, **{t.id: t for t in extra}}
        out = _orig_tgws(self, filters, ids)
    finally:
        self.transit_gateways = own
    if ids and len(out) < len(ids):
        raise Ec2Err("InvalidTransitGatewayID.NotFound", f"Transit Gateway {[i for i in ids if i not in [t.id for t in out]][0]} was deleted or does not exist.")
    return out


_orig_tgws, EC2Backend.describe_transit_gateways = EC2Backend.describe_transit_gateways, describe_tgws


def create_tgw(self, description, options=None, tags=None):
    t = _orig_create_tgw(self, description, options, tags)
    if t.options.get("DefaultRouteTableAssociation") == t.options.get("DefaultRouteTablePropagation") == "disable":
        self.transit_gateways_route_tables.pop(t.default_route_table.id, None)      # AWS makes none then
        for k in ("AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"):
            t.options.pop(k, None)
    return t


_orig_create_tgw, EC2Backend.create_transit_gateway = EC2Backend.create_transit_gateway, create_tgw


def delete_tgw(self, transit_gateway_id):
    if [a for a in self.transit_gateway_attachments.values() if a.transit_gateway_id == transit_gateway_id and a.state != "deleted"]:
        raise Ec2Err("IncorrectState", f"{transit_gateway_id} has non-deleted attachments.")
    for r in list(self.transit_gateways_route_tables.values()):
        if r.transit_gateway_id == transit_gateway_id:
            self.transit_gateways_route_tables.pop(r.id)
    t = self.transit_gateways.pop(transit_gateway_id)
    t.state = "deleted"
    return t


EC2Backend.delete_transit_gateway = delete_tgw


def create_att(self, transit_gateway_id, vpc_id, subnet_ids, tags=None, options=None):
    tgw = visible_tgw(self, transit_gateway_id)
    if not tgw:
        raise Ec2Err("InvalidTransitGatewayID.NotFound", f"Transit Gateway {transit_gateway_id} was deleted or does not exist.")
    self.get_vpc(vpc_id)
    subs = [self.get_subnet(s) for s in subnet_ids]
    if not subs or any(s.vpc_id != vpc_id for s in subs):
        raise Ec2Err("InvalidParameterValue", "All subnets must belong to the attached VPC.")
    if len({s.availability_zone for s in subs}) != len(subs):
        raise Ec2Err("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
    if [a for a in self.transit_gateway_attachments.values() if a.transit_gateway_id == tgw.id and a.resource_id == vpc_id and a.state not in ("deleted",)]:
        raise Ec2Err("DuplicateTransitGatewayAttachment", f"{tgw.id} has non-deleted Transit Gateway Attachments with same VPC ID.")
    owner = tgw.ec2_backend
    att = TA.TransitGatewayVpcAttachment(self, transit_gateway=tgw, tags=tags, vpc_id=vpc_id, subnet_ids=list(subnet_ids), options=options)
    att.tgw_owner, att.transit_gateway_route_table = owner.account_id, None
    att.ready = time.time() + (strict.limit("attachments") if strict.on("attachments") and owner is not self else 0)
    self.transit_gateway_attachments[att.id] = owner.transit_gateway_attachments[att.id] = att
    if owner is not self and tgw.options["AutoAcceptSharedAttachments"] != "enable":
        att.state = "pendingAcceptance"
    else:
        defaults(owner, tgw, att)
    return att


def defaults(owner, tgw, att):
    if tgw.options["DefaultRouteTableAssociation"] == "enable":
        owner.associate_transit_gateway_route_table(att.id, tgw.options["AssociationDefaultRouteTableId"])
    if tgw.options["DefaultRouteTablePropagation"] == "enable":
        owner.enable_transit_gateway_route_table_propagation(att.id, tgw.options["PropagationDefaultRouteTableId"])


EC2Backend.create_transit_gateway_vpc_attachment = create_att
TA.TransitGatewayAttachment.transit_gateway_owner_id = property(lambda s: getattr(s, "tgw_owner", s.resource_owner_id))


def delete_att(self, transit_gateway_attachment_id):
    att = self.transit_gateway_attachments.get(transit_gateway_attachment_id)
    if not att:
        raise Ec2Err("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {transit_gateway_attachment_id} was deleted or does not exist.")
    for _, regions in accounts():
        if self.region_name in regions:
            b = regions[self.region_name]
            b.transit_gateway_attachments.pop(att.id, None)
            for rt in b.transit_gateways_route_tables.values():
                rt.route_table_associations.pop(att.id, None)
                rt.route_table_propagation = [p for p in rt.route_table_propagation if p.transitGatewayAttachmentId != att.id]
                for r in rt.routes.values():
                    if any(x["transitGatewayAttachmentId"] == att.id for x in r.get("transitGatewayAttachments", [])):
                        r["state"] = "blackhole"
            for t in b.route_tables.values():      # routes in the VPC's own tables go blackhole, as in AWS
                for r in t.routes:
                    if t.vpc_id == att.vpc_id and r.transit_gateway_id == att.transit_gateway_id:
                        r.state_override = "blackhole"
    att.state = "deleted"
    return att


EC2Backend.delete_transit_gateway_vpc_attachment = delete_att


Route.state = property(lambda r: getattr(r, "state_override", "active"))


def wrap_route(orig):
    def f(self, route_table_id, *a, **kw):
        tid = kw.get("transit_gateway_id")
        if not tid:
            return orig(self, route_table_id, *a, **kw)
        tgw = visible_tgw(self, tid)
        vpc = self.get_route_table(route_table_id).vpc_id
        if not tgw or not [x for x in self.transit_gateway_attachments.values() if x.resource_id == vpc and x.transit_gateway_id == tid and x.state == "available"]:
            raise Ec2Err("InvalidTransitGatewayID.NotFound", f"The transitGateway ID '{tid}' does not exist")
        r = orig(self, route_table_id, *a, **kw)
        r.transit_gateway, r.state_override = tgw, "active"
        return r
    return f


EC2Backend.create_route = wrap_route(EC2Backend.create_route)


def need_rt(self, rt_id):
    rt = self.transit_gateways_route_tables.get(rt_id)
    if not rt or rt.state == "deleted":
        raise Ec2Err("InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {rt_id} was deleted or does not exist.")
    return rt


def owner_of(self, rt_id, action):
    """The account that may change a TGW route table is the TGW's owner, not the spoke."""
    if rt_id in self.transit_gateways_route_tables:
        return self
    need_rt(self, rt_id)


def need_attachment(self, att_id):
    att = self.transit_gateway_attachments.get(att_id)
    if not att:
        raise Ec2Err("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {att_id} was deleted or does not exist.")
    if getattr(att, "ready", 0) > time.time():
        raise Ec2Err("IncorrectState", f"{att_id} is in invalid state")
    return att


def associate(self, transit_gateway_attachment_id, transit_gateway_route_table_id):
    need_rt(self, transit_gateway_route_table_id)
    need_attachment(self, transit_gateway_attachment_id)
    for rt in self.transit_gateways_route_tables.values():
        if transit_gateway_attachment_id in rt.route_table_associations:
            raise Ec2Err("Resource.AlreadyAssociated", f"Transit Gateway Attachment {transit_gateway_attachment_id} is already associated to a route table.")
    out = _orig_assoc(self, transit_gateway_attachment_id, transit_gateway_route_table_id)
    self.transit_gateway_attachments[transit_gateway_attachment_id].transit_gateway_route_table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    return out


_orig_assoc, EC2Backend.associate_transit_gateway_route_table = EC2Backend.associate_transit_gateway_route_table, associate


def disassociate(self, tgw_attach_id, tgw_rt_id):
    if tgw_attach_id not in need_rt(self, tgw_rt_id).route_table_associations:
        raise Ec2Err("InvalidAssociation.NotFound", f"Transit Gateway Attachment {tgw_attach_id} is not associated with {tgw_rt_id}.")
    out = _orig_disassoc(self, tgw_attach_id, tgw_rt_id)
    self.transit_gateway_attachments[tgw_attach_id].transit_gateway_route_table = None
    return out


_orig_disassoc, EC2Backend.disassociate_transit_gateway_route_table = EC2Backend.disassociate_transit_gateway_route_table, disassociate


def enable_prop(self, transit_gateway_attachment_id, transit_gateway_route_table_id):
    rt = need_rt(self, transit_gateway_route_table_id)
    need_attachment(self, transit_gateway_attachment_id)
    if any(p.transitGatewayAttachmentId == transit_gateway_attachment_id for p in rt.route_table_propagation):
        raise Ec2Err("TransitGatewayRouteTablePropagation.Duplicate", "Propagation already exists.")
    self.set_route_table_propagation(transit_gateway_attachment_id, transit_gateway_route_table_id)
    return TR.TransitGatewayRelations(self, transit_gateway_attachment_id, transit_gateway_route_table_id, "enabled")


def disable_prop(self, transit_gateway_attachment_id, transit_gateway_route_table_id):
    rt = need_rt(self, transit_gateway_route_table_id)
    if not any(p.transitGatewayAttachmentId == transit_gateway_attachment_id for p in rt.route_table_propagation):
        raise Ec2Err("TransitGatewayRouteTablePropagation.NotFound", f"Propagation of {transit_gateway_attachment_id} does not exist in {rt.id}.")
    self.disable_route_table_propagation(transit_gateway_attachment_id, transit_gateway_route_table_id)
    return TR.TransitGatewayRelations(self, transit_gateway_attachment_id, transit_gateway_route_table_id, "disabled")


EC2Backend.enable_transit_gateway_route_table_propagation = enable_prop
EC2Backend.disable_transit_gateway_route_table_propagation = disable_prop


def att_ref(a):
    return {"resourceId": a.resource_id, "resourceType": a.resource_type, "transitGatewayAttachmentId": a.id}


def create_route(self, transit_gateway_route_table_id, destination_cidr_block, transit_gateway_attachment_id=None, blackhole=False):
    rt = need_rt(self, transit_gateway_route_table_id)
    if destination_cidr_block in rt.routes:
        raise Ec2Err("RouteAlreadyExists", f"A static route for {destination_cidr_block} already exists.")
    if not blackhole:
        need_attachment(self, transit_gateway_attachment_id)
    r = {"destinationCidrBlock": destination_cidr_block, "state": "blackhole" if blackhole else "active", "type": "static"}
    if not blackhole:
        r["transitGatewayAttachments"] = [att_ref(self.transit_gateway_attachments[transit_gateway_attachment_id])]
    rt.routes[destination_cidr_block] = r
    return r


EC2Backend.create_transit_gateway_route = create_route


def delete_route(self, transit_gateway_route_table_id, destination_cidr_block):
    if destination_cidr_block not in need_rt(self, transit_gateway_route_table_id).routes:
        raise Ec2Err("InvalidRoute.NotFound", f"no route with destination-cidr-block {destination_cidr_block} in {transit_gateway_route_table_id}")
    return _orig_delete_route(self, transit_gateway_route_table_id, destination_cidr_block)


_orig_delete_route, EC2Backend.delete_transit_gateway_route = EC2Backend.delete_transit_gateway_route, delete_route


def search_routes(self, transit_gateway_route_table_id, filters, max_results=None):
    rt = need_rt(self, transit_gateway_route_table_id)
    out = list(rt.routes.values())
    for p in rt.route_table_propagation:
        a = self.transit_gateway_attachments[p.transitGatewayAttachmentId]
        if a.resource_type != "vpc":      # whoever is behind it would announce ranges, and nobody is
            continue
        vpc = a.ec2_backend.get_vpc(a.resource_id)
        for c in vpc.get_cidr_block_association_set(ipv6=False):
            if c["cidr_block"] not in rt.routes:       # a static route hides a propagated one for the same CIDR
                out.append({"destinationCidrBlock": c["cidr_block"], "state": "active", "type": "propagated", "transitGatewayAttachments": [att_ref(a)]})
    net = lambda r: ipaddress.ip_network(r["destinationCidrBlock"])
    tests = {
        "type": lambda r, v: r["type"] in v, "state": lambda r, v: r["state"] in v,
        "route-search.exact-match": lambda r, v: r["destinationCidrBlock"] in v,
        "route-search.subnet-of-match": lambda r, v: any(net(r).subnet_of(ipaddress.ip_network(x)) for x in v),
        "route-search.supernet-of-match": lambda r, v: any(net(r).supernet_of(ipaddress.ip_network(x)) for x in v),
        "attachment.transit-gateway-attachment-id": lambda r, v: any(a["transitGatewayAttachmentId"] in v for a in r.get("transitGatewayAttachments", [])),
        "attachment.resource-id": lambda r, v: any(a["resourceId"] in v for a in r.get("transitGatewayAttachments", [])),
    }
    for k, v in (filters or {}).items():
        if k == "route-search.longest-prefix-match":
            hits = [r for r in out if ipaddress.ip_network(v[0]).subnet_of(net(r))]
            best = max((net(r).prefixlen for r in hits), default=None)
            out = [r for r in hits if net(r).prefixlen == best]
        elif k in tests:
            out = [r for r in out if tests[k](r, v)]
        else:
            raise Ec2Err("InvalidParameterValue", f"filter {k} not supported")
    return out


EC2Backend.search_transit_gateway_routes = search_routes


def delete_rt(self, transit_gateway_route_table_id):
    rt = need_rt(self, transit_gateway_route_table_id)
    if rt.route_table_associations:
        raise Ec2Err("IncorrectState", f"{rt.id} has associations.")
    self.transit_gateways_route_tables.pop(rt.id)
    rt.state = "deleted"
    return rt


EC2Backend.delete_transit_gateway_route_table = delete_rt


# ------------------------------------------------------------ VPC endpoints
def _load(name):
    """What AWS answered, as the catalogue keeps it; not what the catalogue makes of it."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../constructs/catalog/source", name)) as f:
        return json.load(f)


CATALOGUE = _load("services.json")["services"]
KNOWN = set(CATALOGUE)                                                    # endpoint service names with {region}
OBSERVED = _load("observed-2023-09.json")["regions"]                      # region -> service -> zones


def private_names(service_name, region):
    """The names AWS's own hidden zone would hold for an endpoint with private DNS."""
    key = service_name if service_name in KNOWN else service_name.replace(f".{region}", ".{region}")
    e = CATALOGUE.get(key, {})
    names = e.get("measured2026") or e.get("fieldReported2026") or e.get("dump2023", {}).get("privateDnsNames") or ([e["guess"]] if e else [])
    return [n.replace("{region}", region) for n in names]


def apexes(service_name, region):
    return {n.removeprefix("*.").lower() for n in private_names(service_name, region)}


def check_private_dns(be, vpc_id, service_name, me=None, only_inbound=None):
    """AWS refuses private DNS while a zone of the same name is on the VPC, and S3's without a gateway endpoint unless the
    endpoint says otherwise (github.com/hashicorp/terraform-provider-aws/issues/33689)."""
    names = apexes(service_name, be.region_name)
    for _, z in all_zones():
        if z.private_zone and norm(z.name) in names and any(v["vpc_id"] == vpc_id for v in z.vpcs):
            raise Ec2Err("InvalidParameter", f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {norm(z.name)} in the VPC {vpc_id}")
    for e in be.vpc_end_points.values():
        if e is not me and e.vpc_id == vpc_id and e.private_dns_enabled and (e.vpc_endpoint_type or "").lower() == "interface" and e.service_name == service_name:
            raise Ec2Err("InvalidParameter", f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service_name} in the VPC {vpc_id}")
    if service_name.endswith(".s3") and only_inbound is not False and not any(
            e.vpc_id == vpc_id and e.service_name == service_name and (e.vpc_endpoint_type or "").lower() == "gateway" for e in be.vpc_end_points.values()):
        raise Ec2Err("InvalidParameter", f"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {vpc_id} must have a Gateway endpoint for the service.")


# AWS services with endpoints in other regions (PrivateLink guide, "Cross-Region enabled AWS services").
CROSS_REGION = {"s3", "iam", "ecr.api", "ecr.dkr", "kms", "kms-fips", "ecs", "lambda", "kinesis-firehose", "kinesisanalytics", "kinesisanalytics-fips", "route53"}


def check_service(service_name, region, subnets, service_region=None):
    """region is the endpoint's, service_region the service's where it is another."""
    if ".vpce-svc-" in service_name:
        return check_published(service_name, region, subnets)
    at = service_region or region
    seen = OBSERVED.get(at, {}).get(service_name)
    if seen is None and service_name.replace(f".{at}", ".{region}") not in KNOWN and service_name not in KNOWN:
        raise Ec2Err("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
    if at != region:
        if service_name.split(f".{at}.")[-1] not in CROSS_REGION:
            raise Ec2Err("InvalidParameter", f"The VPC endpoint service {service_name} is not supported in the region {region}.")
        return
    for s in subnets:
        if seen and s.availability_zone not in seen["availabilityZones"]:
            raise Ec2Err("InvalidParameter", f"The VPC endpoint service {service_name} does not support the availability zone of the subnet: {s.id}.")


def check_published(service_name, region, subnets):
    """An endpoint service of an account of the emulator: whom it lets in, and where it is. Any other is somebody's elsewhere."""
    from moto.ec2.models import ec2_backends
    of = [s for by in ec2_backends.values() if region in by for s in by[region].configurations.values() if s.service_name == service_name]
    if not of or not subnets:
        return
    account, s = subnets[0].ec2_backend.account_id, of[0]
    if account != s.ec2_backend.account_id and f"arn:aws:iam::{account}:root" not in s.principals and "*" not in s.principals:
        raise Ec2Err("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
    for n in subnets:
        if s.availability_zones and n.availability_zone not in s.availability_zones:
            raise Ec2Err("InvalidParameter", f"The VPC endpoint service {service_name} does not support the availability zone of the subnet: {n.id}.")


OPERATORS = re.compile(r"(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?"
                       r"|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?")


def check_policy(service_name, region, document):
    """What EC2 refuses of a policy: any for a service that takes none, also one that allows everything
    (github.com/awslabs/landing-zone-accelerator-on-aws/issues/224); what is no policy (EC2 API reference, "Error codes",
    InvalidPolicyDocument); more than 20,480 characters (PrivateLink guide, "Endpoint policies")."""
    if document is None:
        return
    seen = OBSERVED.get(region, {}).get(service_name)
    if ".vpce-svc-" in service_name or seen and not seen["policySupported"]:
        raise Ec2Err("InvalidParameter", f"Service {service_name} only supports the full-access endpoint policy.")
    refuse = lambda why: Ec2Err("InvalidPolicyDocument", f"The policy document is not valid: {why}")
    if len(document) > 20480:
        raise refuse("it is longer than 20480 characters")
    try:
        doc = json.loads(document)
        statements = doc["Statement"] if isinstance(doc["Statement"], list) else [doc["Statement"]]
        for s in statements:
            if s["Effect"] not in ("Allow", "Deny") or not {"Principal", "NotPrincipal"} & set(s) or not {"Action", "NotAction"} & set(s) or not {"Resource", "NotResource"} & set(s):
                raise refuse("a statement lacks Effect, Principal, Action or Resource")
            for o in s.get("Condition", {}):
                if not OPERATORS.fullmatch(o):
                    raise refuse(f"{o} is no condition operator")
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise refuse(f"{type(e).__name__} {e}")


ASKED = threading.local()      # parameters of the request that moto does not hand to its backend
from moto.ec2.responses.vpcs import VPCs


def create_endpoint(self):
    ASKED.values = {k: self._get_param(k) for k in ("ServiceRegion", "DnsOptions")}
    if "PrivateDnsOnlyForInboundResolverEndpoint" in (ASKED.values["DnsOptions"] or {}):
        ASKED.values["DnsOptions"]["PrivateDnsOnlyForInboundResolverEndpoint"] = self._get_bool_param("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint")
    try:
        return _orig_create_endpoint(self)
    finally:
        ASKED.values = {}


def modify_endpoint(self):
    be, i = self.ec2_backend, self._get_param("VpcEndpointId")
    e = be.vpc_end_points.get(i)
    if not e:
        raise Ec2Err("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{i}' does not exist")
    check_policy(e.service_name, e.service_region, self._get_param("PolicyDocument"))
    options = dict(e.dns_options)
    only = self._get_bool_param("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint")
    if only is not None:
        options["PrivateDnsOnlyForInboundResolverEndpoint"] = only
    on = self._get_bool_param("PrivateDnsEnabled")
    if on:
        check_private_dns(be, e.vpc_id, e.service_name, e, options.get("PrivateDnsOnlyForInboundResolverEndpoint"))
    out = _orig_modify_endpoint(self)
    if self._get_bool_param("ResetPolicy"):
        e.policy_document = json.dumps(e.DEFAULT_POLICY)
    e.dns_options = options
    if on is not None:
        e.private_dns_enabled = on
    return out


_orig_create_endpoint, VPCs.create_vpc_endpoint = VPCs.create_vpc_endpoint, create_endpoint
_orig_modify_endpoint, VPCs.modify_vpc_endpoint = VPCs.modify_vpc_endpoint, modify_endpoint


# ------------------------------------------------------------ what is in use cannot go; quotas
def in_use(kind, i):
    return Ec2Err("DependencyViolation", f"The {kind} '{i}' has dependencies and cannot be deleted.")


def delete_subnet(self, subnet_id):
    """EC2 refuses while an interface is in the subnet (EC2 API reference, DependencyViolation): endpoints', attachments', NAT gateways'."""
    if any(e.subnet.id == subnet_id for e in self.enis.values()) or any(
            subnet_id in (getattr(a, "subnet_ids", None) or []) for a in self.transit_gateway_attachments.values() if a.state != "deleted") or any(
            n.subnet_id == subnet_id and n.state != "deleted" for n in self.nat_gateways.values()):
        raise in_use("subnet", subnet_id)
    gone = _orig_delete_subnet(self, subnet_id)
    for table in [*self.network_acls.values(), *self.route_tables.values()]:  # the associations go with the subnet; moto keeps the ACL's
        held = table._associations if hasattr(table, "_associations") else table.associations
        for k in [k for k, v in held.items() if getattr(v, "subnet_id", v) == subnet_id]: del held[k]
    return gone


_orig_delete_subnet, EC2Backend.delete_subnet = EC2Backend.delete_subnet, delete_subnet


def delete_vpc(self, vpc_id):
    if any(e.vpc_id == vpc_id for e in self.vpc_end_points.values()) or any(
            a.resource_id == vpc_id and a.state != "deleted" for a in self.transit_gateway_attachments.values()) or any(
            g.vpc is not None and g.vpc.id == vpc_id for g in self.internet_gateways.values()):
        raise in_use("vpc", vpc_id)
    return _orig_delete_vpc(self, vpc_id)


_orig_delete_vpc, EC2Backend.delete_vpc = EC2Backend.delete_vpc, delete_vpc


def disassociate_range(self, association_id):
    for v in self.vpcs.values():
        range_ = v._cidr_block_association_set.get(association_id)
        if range_ and any(s.vpc_id == v.id and s.cidr.subnet_of(ipaddress.ip_network(range_["cidr_block"])) for by in self.subnets.values() for s in by.values()):
            raise Ec2Err("InvalidCidrBlock.InUse", f"The vpc {v.id} currently has a subnet within CIDR block {range_['cidr_block']}")
    return _orig_disassociate_range(self, association_id)


_orig_disassociate_range, EC2Backend.disassociate_vpc_cidr_block = EC2Backend.disassociate_vpc_cidr_block, disassociate_range


def quota(have, most, code, words):
    if strict.on("quotas") and have >= most:
        raise Ec2Err(code, f"The maximum number of {words} has been reached.")


def check_endpoint_quota(be, vpc_id, iface):
    kind = lambda e: (e.vpc_endpoint_type or "").lower()
    if iface:
        quota(sum(kind(e) == "interface" and e.vpc_id == vpc_id for e in be.vpc_end_points.values()), 50, "VpcEndpointLimitExceeded", "VPC endpoints")
    else:
        quota(sum(kind(e) != "interface" for e in be.vpc_end_points.values()), 20, "VpcEndpointLimitExceeded", "VPC endpoints")


def counted(name, most, code, words, have):
    orig = getattr(EC2Backend, name)

    def f(self, *a, **kw):
        quota(have(self), most, code, words)
        return orig(self, *a, **kw)
    setattr(EC2Backend, name, f)


counted("create_vpc", 5, "VpcLimitExceeded", "VPCs", lambda be: len(be.vpcs))
counted("create_transit_gateway", 5, "TransitGatewayLimitExceeded", "Transit Gateways", lambda be: sum(t.state != "deleted" for t in be.transit_gateways.values()))


VPCE_ZONE = {"us-east-1": "Z7HUB22UULQXV", "us-east-2": "ZC8PG0KIFKBRI", "us-west-2": "Z1YSA3EXCYUU9Z", "eu-west-1": "Z38GZ743OKFT7T"}


def create_vpce(self, vpc_id, service_name, endpoint_type, policy_document, route_table_ids, subnet_ids=None, network_interface_ids=None, dns_entries=None,
                client_token=None, security_group_ids=None, tags=None, private_dns_enabled=None):
    iface, asked = (endpoint_type or "").lower() == "interface", getattr(ASKED, "values", {})
    other = asked.get("ServiceRegion") if asked.get("ServiceRegion") != self.region_name else None
    check_service(service_name, self.region_name, [self.get_subnet(s) for s in subnet_ids or []] if iface else [], other)
    check_policy(service_name, other or self.region_name, policy_document)
    check_endpoint_quota(self, vpc_id, iface)
    only_inbound = (asked.get("DnsOptions") or {}).get("PrivateDnsOnlyForInboundResolverEndpoint")
    if iface:
        subs = [self.get_subnet(s) for s in subnet_ids or []]
        if len({s.availability_zone for s in subs}) != len(subs):
            raise Ec2Err("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")
        if private_dns_enabled:
            check_private_dns(self, vpc_id, service_name, None, only_inbound)
    ep = _orig_vpce(self, vpc_id, service_name, endpoint_type, policy_document, route_table_ids, subnet_ids, network_interface_ids, dns_entries,
                    client_token, security_group_ids, tags, private_dns_enabled)
    ep.service_region, ep.dns_options = other or self.region_name, asked.get("DnsOptions") or {}
    if iface:
        svc, rnd = service_name.split(".")[-1], ep.id[-8:]
        base = f"{svc}.{self.region_name}.vpce.amazonaws.com"
        star = "*." if svc == "s3" else ""        # S3's entries are wildcards, as AWS returns them
        zid = VPCE_ZONE.get(self.region_name, "Z" + self.region_name.replace("-", "").upper())
        ep.dns_entries = [{"dns_name": f"{star}{ep.id}-{rnd}.{base}", "hosted_zone_id": zid}]
        ep.dns_entries += [{"dns_name": f"{star}{ep.id}-{rnd}-{s.availability_zone}.{base}", "hosted_zone_id": zid} for s in subs]
        for eni in ep.network_interface_ids:
            self.enis.pop(eni, None)
        ep.network_interface_ids = [make_eni(self, s, ep).id for s in subs]
    return ep


def make_eni(be, subnet, ep):
    ip = subnet.get_available_subnet_ip(instance=None)
    eni = be.create_network_interface(subnet, ip, group_ids=list(ep.security_group_ids), description=f"VPC Endpoint Interface {ep.id}")
    eni.interface_type = "vpc_endpoint"
    return eni


_orig_vpce, EC2Backend.create_vpc_endpoint = EC2Backend.create_vpc_endpoint, create_vpce


def delete_vpces(self, vpce_ids=None):
    for i in vpce_ids or []:
        if i not in self.vpc_end_points:
            raise Ec2Err("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{i}' does not exist")
    _orig_del_vpce(self, vpce_ids)
    for i in vpce_ids or []:
        self.vpc_end_points.pop(i, None)


_orig_del_vpce, EC2Backend.delete_vpc_endpoints = EC2Backend.delete_vpc_endpoints, delete_vpces


def modify(self, policy_doc, add_subnets, remove_subnets, add_route_tables, remove_route_tables, add_security_groups, remove_security_groups):
    be = self.ec2_backend
    before = list(self.subnet_ids or [])
    _orig_modify(self, policy_doc, add_subnets, remove_subnets, add_route_tables, remove_route_tables, add_security_groups, remove_security_groups)
    for rt in add_route_tables or []:
        be.create_route(rt, None, gateway_id=self.id, destination_prefix_list_id=self.destination_prefix_list_id)
    for rt in remove_route_tables or []:
        be.delete_route(rt, self.destination_prefix_list_id)
    if (self.vpc_endpoint_type or "").lower() == "interface" and before != list(self.subnet_ids or []):
        keep = []
        for e in self.network_interface_ids:
            keep += [e] if be.enis[e].subnet.id in self.subnet_ids else []
            if e not in keep: be.enis.pop(e)
        have = {be.enis[e].subnet.id for e in keep}
        self.network_interface_ids = keep + [make_eni(be, be.get_subnet(s), self).id for s in self.subnet_ids if s not in have]


_orig_modify, V.VPCEndPoint.modify = V.VPCEndPoint.modify, modify


# ------------------------------------------------------------ Route 53
class R53Err(Route53ClientError):
    def __init__(self, code, message, status=400):
        super().__init__(code, message)
        self.status_code = status


AUTH = {}     # zone id -> set of (vpc, region)


def norm(n):
    return n.rstrip(".").lower()


def find_vpc(vpc_id, region):
    for a, regions in accounts():
        if region in regions and vpc_id in regions[region].vpcs:
            return a
    raise R53Err("InvalidVPCId", f"The VPC: {vpc_id} in region {region} that you provided is not authorized to make the association or does not exist.")


def all_zones():
    for a in list(Z.route53_backends):
        for part in Z.route53_backends[a]:
            yield from ((a, z) for z in Z.route53_backends[a][part].zones.values())


def conflict(name, vpc_id, but=None):
    for _, regions in accounts():
        for be in list(regions.values()):
            for e in be.vpc_end_points.values():
                if e.vpc_id == vpc_id and e.private_dns_enabled and (e.vpc_endpoint_type or "").lower() == "interface" and norm(name) in apexes(e.service_name, be.region_name):
                    raise R53Err("ConflictingDomainExists", f"The VPC {vpc_id} holds {e.id}, whose private DNS already serves {norm(name)}")
    for _, z in all_zones():
        if z is not but and z.private_zone and norm(z.name) == norm(name) and any(v["vpc_id"] == vpc_id for v in z.vpcs):
            raise R53Err("ConflictingDomainExists", f"The VPC {vpc_id} in region is already associated with another hosted zone that has an overlapping name space: {z.name}")


def create_zone(self, name, private_zone, caller_reference=None, vpcid=None, vpcregion=None, comment=None, delegation_set_id=None):
    if strict.on("quotas") and len(self.zones) >= 500:
        raise R53Err("TooManyHostedZones", "Limits Exceeded: MaxHostedZones")
    if private_zone:
        find_vpc(vpcid, vpcregion)
        conflict(name, vpcid)
    z = _orig_zone(self, name, private_zone, caller_reference, vpcid, vpcregion, comment, delegation_set_id)
    z.account_id = self.account_id
    return z


_orig_zone, Z.Route53Backend.create_hosted_zone = Z.Route53Backend.create_hosted_zone, create_zone


def associate_vpc(self, zone_id, vpcid, vpcregion):
    zid = zone_id.replace("/hostedzone/", "")
    hit = next(((a, z) for a, z in all_zones() if z.resource_id == zid), None)
    vowner = find_vpc(vpcid, vpcregion)
    if hit is None:
        raise Z.NoSuchHostedZone(zid)
    owner, zone = hit
    if vowner != self.account_id or owner != self.account_id:
        # cross-account: the VPC's owner makes the call, and the zone's owner must have authorised it
        if vowner != self.account_id or (vpcid, vpcregion) not in AUTH.get(zid, set()):
            raise R53Err("NotAuthorizedException", f"The VPC: {vpcid} has not authorized to associate with your hosted zone.", 401)
    if not zone.private_zone:
        raise Z.PublicZoneVPCAssociation()
    conflict(zone.name, vpcid)
    zone.add_vpc(vpcid, vpcregion)
    return zone


Z.Route53Backend.associate_vpc_with_hosted_zone = associate_vpc


def disassociate_vpc(self, zone_id, vpcid):
    zid = zone_id.replace("/hostedzone/", "")
    hit = next(((a, z) for a, z in all_zones() if z.resource_id == zid), None)
    if hit is None:
        raise Z.NoSuchHostedZone(zid)
    zone = hit[1]
    if not any(v["vpc_id"] == vpcid for v in zone.vpcs):
        raise R53Err("VPCAssociationNotFound", f"The VPC {vpcid} and hosted zone {zid} are not associated.", 404)
    if len(zone.vpcs) <= 1:
        raise Z.LastVPCAssociation()
    zone.delete_vpc(vpcid)
    return zone


Z.Route53Backend.disassociate_vpc_from_hosted_zone = disassociate_vpc


def zones_by_vpc(self, vpc_id):
    return [{"HostedZoneId": z.resource_id, "Name": z.name, "Owner": {"OwningAccount": a}} for a, z in all_zones()
            if z.private_zone and any(v["vpc_id"] == vpc_id for v in z.vpcs)]


Z.Route53Backend.list_hosted_zones_by_vpc = zones_by_vpc


def _vpc_params(self):
    return self._get_param("HostedZoneId"), (self._get_param("VPC.VPCId"), self._get_param("VPC.VPCRegion"))


def create_auth(self):
    zid, v = _vpc_params(self)
    self.backend.get_hosted_zone(zid)
    find_vpc(*v)
    AUTH.setdefault(zid, set()).add(v)
    return ZR.ActionResult({"HostedZoneId": zid, "VPC": {"VPCId": v[0], "VPCRegion": v[1]}})


def delete_auth(self):
    zid, v = _vpc_params(self)
    if v not in AUTH.get(zid, set()):
        raise R53Err("VPCAssociationAuthorizationNotFound", "The VPC association authorization was not found.", 404)
    AUTH[zid].discard(v)
    return ZR.ActionResult({})


def list_auth(self):
    zid = self._get_param("HostedZoneId")
    self.backend.get_hosted_zone(zid)
    return ZR.ActionResult({"HostedZoneId": zid, "VPCs": [{"VPCId": v, "VPCRegion": r} for v, r in sorted(AUTH.get(zid, set()))]})


ZR.Route53.create_vpc_association_authorization = create_auth
ZR.Route53.delete_vpc_association_authorization = delete_auth
ZR.Route53.list_vpc_association_authorizations = list_auth
for p in ("authorizevpcassociation", "deauthorizevpcassociation"):
    ZU.url_paths[r"{0}/(?P<api_version>[\d_-]+)/hostedzone/(?P<zone_id>[^/]+)/%s/?$" % p] = ZR.Route53.dispatch


# ------------------------------------------------------------ CloudTrail: the CDK CLI asks it to explain a failed deployment
from moto.cloudtrail.responses import CloudTrailResponse
import json as _json
CloudTrailResponse.lookup_events = lambda self: _json.dumps({"Events": []})


# ------------------------------------------------------------ STS: who may act as the roles of the bootstrap
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend


def assume_role(self, region_name, role_session_name, role_arn, policy, duration, external_id):
    """moto lets everybody assume any role. Other roles than the bootstrap's stay so: tests begin with one that nobody made."""
    if strict.on("roles") and ":role/cdk-" in role_arn:
        from moto.iam.models import iam_backends
        role = next((r for r in iam_backends[role_arn.split(":")[4]]["aws"].roles.values() if r.arn == role_arn), None)
        caller = f"arn:aws:iam::{self.account_id}:root"
        trust = role and (json.loads(role.assume_role_policy_document) if isinstance(role.assume_role_policy_document, str) else role.assume_role_policy_document)
        if not role or not organization.trusts(trust, caller):
            raise STSClientError("AccessDenied", f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
    return _orig_assume(self, region_name, role_session_name, role_arn, policy, duration, external_id)


_orig_assume, STSBackend.assume_role = STSBackend.assume_role, assume_role


# ------------------------------------------------------------ attachments of other kinds than VPCs
def create_vpn(self, vpn_id, transit_gateway_id, tags=None):
    """A VPN is in the gateway's default tables; moto says so of it, and the tables do not know."""
    att = _orig_create_vpn(self, vpn_id, transit_gateway_id, tags)
    att.transit_gateway_route_table = None
    defaults(self, self.transit_gateways[transit_gateway_id], att)
    return att


_orig_create_vpn, EC2Backend.create_transit_gateway_vpn_attachment = EC2Backend.create_transit_gateway_vpn_attachment, create_vpn


def create_peering(self, transit_gateway_id, peer_transit_gateway_id, peer_region, peer_account_id, tags):
    """The resource of a peering attachment is the peer's gateway."""
    out = _orig_create_peering(self, transit_gateway_id, peer_transit_gateway_id, peer_region, peer_account_id, tags)
    out.resource_owner_id, out.transit_gateway_route_table = peer_account_id, None
    return out


_orig_create_peering, EC2Backend.create_transit_gateway_peering_attachment = EC2Backend.create_transit_gateway_peering_attachment, create_peering


# ------------------------------------------------------------ a load balancer's ARN says its kind
from moto.elbv2.models import ELBv2Backend


def create_balancer(self, *args, loadbalancer_type=None, tags=None, **kw):
    """moto calls every one app/ (Service Authorization Reference, "Elastic Load Balancing V2": net/, gwy/)."""
    b = _orig_create_balancer(self, *args, loadbalancer_type=loadbalancer_type, tags=[], **kw)
    kind = {"network": "net", "gateway": "gwy"}.get(loadbalancer_type, "app")
    arn = b.arn.replace(":loadbalancer/app/", f":loadbalancer/{kind}/", 1)
    self.load_balancers[arn] = self.load_balancers.pop(b.arn)
    b.arn = arn
    self.tagging_service.tag_resource(arn, tags or [])
    return b


_orig_create_balancer, ELBv2Backend.create_load_balancer = ELBv2Backend.create_load_balancer, create_balancer
