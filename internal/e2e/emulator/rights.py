"""What IAM allows, in the accounts that EMULATOR_IAM names.

EMULATOR_IAM   comma-separated accounts in which the policies of users and roles are evaluated (default: none)

moto's own evaluation (INITIAL_NO_AUTH_ACTION_COUNT) cannot be used here: it knows no ":root" in a trust policy, takes every statement with
a condition as a refusal, and knows the resource of S3, SQS, IAM and STS only (moto 5.2.1, iam/access_control.py).

Evaluated: identity policies, permissions boundaries and trust policies of users, of sessions of roles, and of the role that a stack
is deployed with; actions; the resources of STS, IAM, SSM, S3 and CloudFormation, "*" of all others; the condition operators and keys below.
A user without any policy may do everything, and who acts as a role that nobody made: the tests' administrators. Resource policies are not evaluated.
"""
import fnmatch, functools, json, os
import handlers, organization
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.iam.models import iam_backends
from moto.s3.exceptions import S3AccessDeniedError
from moto.sts.models import sts_backends
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend

ACCOUNTS = set(filter(None, os.environ.get("EMULATOR_IAM", "").split(",")))
DEPLOYS = "x-emulator-stack-role"      # header of the calls that CloudFormation makes with a stack's role


class Unknown(Exception):
    pass


def listed(x):
    return x if isinstance(x, list) else [x]


@functools.lru_cache(maxsize=100_000)
def like(pattern, value):
    return fnmatch.fnmatchcase(value, pattern)


def holds(conditions, context):
    for operator, tests in (conditions or {}).items():
        name, missing_is_fine = operator.removesuffix("IfExists"), operator.endswith("IfExists")
        if name not in ("StringEquals", "StringNotEquals", "StringLike", "ArnLike", "ArnEquals", "Bool", "Null"):
            raise Unknown(f"condition operator {operator} is not modelled by this emulator")
        for key, wanted in tests.items():
            have = context.get(key.lower())
            if name == "Null":
                ok = (have is None) == (str(listed(wanted)[0]).lower() == "true")
            elif have is None:
                ok = missing_is_fine or name == "StringNotEquals"
            else:
                ok = any(like(str(w), have) if name in ("StringLike", "ArnLike", "ArnEquals") else str(w) == have for w in listed(wanted))
                ok = not ok if name == "StringNotEquals" else ok
            if not ok:
                return False
    return True


def decides(document, action, resource, context):
    """True: allowed, False: denied, None: neither."""
    allowed = None
    for s in listed(document["Statement"]):
        acts = any(like(a.lower(), action.lower()) for a in listed(s.get("Action", s.get("NotAction"))))
        on = any(like(r, resource) for r in listed(s.get("Resource", s.get("NotResource", "*"))))
        if acts == ("NotAction" in s) or on == ("NotResource" in s) or not holds(s.get("Condition"), context):
            continue
        if s["Effect"] == "Deny":
            return False
        allowed = True
    return allowed


@functools.lru_cache(maxsize=1000)
def parsed(text):
    return json.loads(text)


def read(d):
    return parsed(d) if isinstance(d, str) else d


def version(policy):
    return read(next(v.document for v in policy.versions if v.is_default))


def trusts(document, account, external_id):
    """Does a role let an account in? Principals are accounts here, as in the roles of cdk bootstrap and of the program."""
    context = {"aws:principalaccount": account, "aws:principalorgid": organization.ID if organization.member(account) else None,
               "aws:principalarn": f"arn:aws:iam::{account}:root", "sts:externalid": external_id}
    found = None
    for s in listed(document["Statement"]):
        principals = s.get("Principal", {})
        names = ["*"] if principals == "*" else listed(principals.get("AWS", []))
        if "sts:AssumeRole" in listed(s["Action"]) and {"*", account, f"arn:aws:iam::{account}:root"} & set(names) and holds(s.get("Condition"), context):
            if s["Effect"] == "Deny":
                return False
            found = True
    return found is True


class Principal:
    def __init__(self, arn, documents, boundary=None):
        self.arn, self.documents, self.boundary = arn, documents, boundary

    def may(self, action, resource, context=None):
        if not self.documents:
            return True
        context = {"aws:principalarn": self.arn, **(context or {})}
        found = [decides(d, action, resource, context) for d in self.documents]
        return True in found and False not in found and (self.boundary is None or decides(self.boundary, action, resource, context) is True)


def role(arn):
    """The role of an ARN, as a principal; None for one that nobody made, as whom the tests begin."""
    account = arn.split(":")[4]
    r = next((r for r in iam_backends[account]["aws"].roles.values() if r.arn == arn), None)
    if r is None:
        return None
    documents = [read(d) for d in r.policies.values()] + [version(p) for p in r.managed_policies.values()]
    limit = iam_backends[account]["aws"].managed_policies.get(r.permissions_boundary_arn)
    return Principal(arn, documents or [{"Statement": []}], version(limit) if limit else None)


def caller(key, account):
    """Who has an access key."""
    for s in sts_backends[account]["aws"].assumed_roles:
        if s.access_key_id == key:
            return role(s.role_arn)
    for u in iam_backends[account]["aws"].users.values():
        if any(k.access_key_id == key for k in u.access_keys):
            return Principal(u.arn, [read(d) for d in u.policies.values()] + [version(p) for p in u.managed_policies.values()])
    return None


def first(request, *names):
    for n in names:
        v = request._get_param(n)
        if v:
            return v
    return None


def asked(request, service, action, resource):
    """What an action is asked of: pairs of resource and context."""
    account, region = request.current_account, request.region
    if service == "sts":
        target = first(request, "RoleArn")
        return [(target or "*", {"aws:resourceaccount": target.split(":")[4] if target else account})]
    if service == "s3":
        return [(resource, {"aws:resourceaccount": account, "s3:resourceaccount": account})]
    if service == "iam":
        name = first(request, "RoleName")
        context = {"iam:awsservicename": first(request, "AWSServiceName"), "iam:permissionsboundary": first(request, "PermissionsBoundary")}
        if name and context["iam:permissionsboundary"] is None:        # of the role that is changed
            r = next((r for r in iam_backends[account]["aws"].roles.values() if r.name == name), None)
            context["iam:permissionsboundary"] = r and r.permissions_boundary_arn
        return [(f"arn:aws:iam::{account}:role/{name}" if name else "*", {k: v for k, v in context.items() if v})]
    if service == "ssm":
        names = request._get_param("Names") or [first(request, "Name", "ResourceId") or "*"]
        return [(f"arn:aws:ssm:{region}:{account}:parameter/{n.lstrip('/')}", {}) for n in names]
    if service == "cloudformation":
        name = first(request, "StackName")
        return [(name if name and name.startswith("arn:") else f"arn:aws:cloudformation:{region}:{account}:stack/{name}/x" if name else "*", {})]
    return [("*", {})]


def passes(request, service, action):
    """Roles that an action hands on: iam:PassRole."""
    if service == "cloudformation" and first(request, "RoleARN"):
        return [(first(request, "RoleARN"), "cloudformation.amazonaws.com")]
    if action == "CreateFlowLogs" and first(request, "DeliverLogsPermissionArn"):
        return [(first(request, "DeliverLogsPermissionArn"), "vpc-flow-logs.amazonaws.com")]
    return []


def authorize(self, iam_request_cls, resource="*"):
    if not ACCOUNTS or self.current_account not in ACCOUNTS:
        return
    service = _scope(self.headers.get("Authorization", ""))
    deploys = self.headers.get(DEPLOYS)
    who = role(deploys) if deploys else caller(self.access_key, self.current_account)
    action = self._get_action()
    action = action[0] if isinstance(action, list) else action
    if who is None or not who.documents or (service, action) == ("sts", "GetCallerIdentity"):
        return
    try:
        wanted = [(f"{service}:{action}", r, c) for r, c in asked(self, service, action, resource)]
        wanted += [("iam:PassRole", r, {"iam:passedtoservice": to}) for r, to in passes(self, service, action)]
        for name, on, context in wanted:
            if not who.may(name, on, context):
                raise Unknown(f"{name} on resource: {on}")
    except Unknown as e:
        if service == "s3":
            raise S3AccessDeniedError()
        if "json" in self.headers.get("Content-Type", ""):
            raise JsonRESTError("AccessDeniedException", f"User: {who.arn} is not authorized to perform: {e}")
        raise AccessDeniedError(who.arn, str(e))


def _scope(authorization):
    # Credential=KEY/DATE/REGION/SERVICE/aws4_request
    parts = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    return parts[3] if len(parts) > 3 else ""


def assume_role(self, region_name, role_session_name, role_arn, policy, duration, external_id):
    """In these accounts a role lets in whom it trusts, and one that nobody made only administrators."""
    account = role_arn.split(":")[4]
    r = next((r for r in iam_backends[account]["aws"].roles.values() if r.arn == role_arn), None) if account in ACCOUNTS else None
    try:
        let = r is None or trusts(read(r.assume_role_policy_document), self.account_id, external_id)
    except Unknown as e:
        raise STSClientError("AccessDenied", str(e))
    if not let:
        raise STSClientError("AccessDenied", f"account {self.account_id} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
    return _assume(self, region_name, role_session_name, role_arn, policy, duration, external_id)


if ACCOUNTS:
    ActionAuthenticatorMixin._authenticate_and_authorize_action = authorize
    _assume, STSBackend.assume_role = STSBackend.assume_role, assume_role
    handlers.signed_as = DEPLOYS
