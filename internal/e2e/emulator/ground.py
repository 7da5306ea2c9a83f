"""What an account is asked before a deployment and moto 5.2.1 does not answer, or not as AWS does.

EMULATOR_QUOTAS   JSON of quotas that an account has instead of the defaults, by name: {"VPCs per Region": 1}
EMULATOR_SCP      comma-separated actions that a service control policy of the organization denies its members
"""
import json, os
import organization
from fidelity import CATALOGUE, OBSERVED, all_zones
from moto.core.responses import ActionResult
from moto.ec2.responses.vpcs import VPCs
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse
from moto.organizations.responses import OrganizationsResponse
from moto.route53 import responses as ZR, urls as ZU
from moto.servicequotas.responses import ServiceQuotasResponse

QUOTAS = json.loads(os.environ.get("EMULATOR_QUOTAS", "{}"))
DENIED = set(filter(None, os.environ.get("EMULATOR_SCP", "").split(",")))
MANAGEMENT, SHARES = "111111111111", "AWSServiceRoleForResourceAccessManager"


# ------------------------------------------------------------ Service Quotas
def list_quotas(self):
    quotas = []
    try:
        quotas = self.backend.list_aws_default_service_quotas(str(json.loads(self.body).get("ServiceCode")))
    except Exception:        # moto knows the quotas of few services
        pass
    return json.dumps({"Quotas": [{**q, "Value": QUOTAS.get(q["QuotaName"], q["Value"])} for q in quotas]})


ServiceQuotasResponse.list_service_quotas = list_quotas


# ------------------------------------------------------------ Route 53
def account_limit(self):
    kind = self.path.rstrip("/").rsplit("/", 1)[-1]
    own = [z for account, z in all_zones() if account == self.current_account]
    return ActionResult({"Limit": {"Type": kind, "Value": QUOTAS.get("Hosted zones", 500)}, "Count": len(own)})


ZR.Route53.get_account_limit = account_limit
ZU.url_paths[r"{0}/(?P<api_version>[\d_-]+)/accountlimit/(?P<kind>[^/]+)/?$"] = ZR.Route53.dispatch


# ------------------------------------------------------------ IAM's policy simulator
def simulate(self):
    """Administrators may do everything, unless the organization denies it; other policies as they say. No conditions."""
    arn, actions = self._get_param("PolicySourceArn"), self._get_param("ActionNames", [])
    role = next((r for r in self.backend.roles.values() if r.arn == arn), None)
    read = lambda d: json.loads(d) if isinstance(d, str) else d
    documents = [read(d) for d in role.policies.values()] if role else []
    for p in role.managed_policies.values() if role else []:
        documents += [read(v.document) for v in p.versions if v.is_default]
    account = arn.split(":")[4]
    results = []
    for a in actions:
        denied = organization.member(account) and a in DENIED
        result = {"EvalActionName": a, "EvalDecision": "allowed" if organization.allows(documents, a, "*") and not denied else "implicitDeny"}
        if organization.member(account):
            result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": not denied}
        results.append(result)
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


IamResponse.simulate_principal_policy = simulate


# ------------------------------------------------------------ Organizations
def describe_organization(self):
    if not organization.member(self.current_account):
        from moto.organizations.exceptions import AWSOrganizationsNotInUseException
        raise AWSOrganizationsNotInUseException()
    if self.current_account == MANAGEMENT and organization.SHARING:      # what EnableSharingWithAwsOrganization makes
        roles = iam_backends[MANAGEMENT]["aws"]
        if not any(r.name == SHARES for r in roles.roles.values()):
            roles.create_role(SHARES, "{}", "/aws-service-role/ram.amazonaws.com/", None, "", [], None, "ram.amazonaws.com")
    return json.dumps({"Organization": {"Id": organization.ID, "MasterAccountId": MANAGEMENT, "FeatureSet": "ALL",
                                        "Arn": f"arn:aws:organizations::{MANAGEMENT}:organization/{organization.ID}"}})


OrganizationsResponse.describe_organization = describe_organization


# ------------------------------------------------------------ PrivateLink
def services(self):
    """AWS's own services as it listed them in 2023, and those that are only documented, in all zones and with policies."""
    known = dict(OBSERVED.get(self.region, {}))
    zones = [z.name for z in self.ec2_backend.describe_availability_zones()]
    for name in CATALOGUE:
        known.setdefault(name.replace("{region}", self.region), {"privateDnsNames": [], "availabilityZones": zones, "policySupported": True})
    names = {v for f in self._get_param("Filters", []) if f["Name"] == "service-name" for v in f["Values"]}
    names |= set(self._get_param("ServiceNames", []))
    details = [{"ServiceName": n, "ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZones": s["availabilityZones"], "Owner": "amazon",
                "VpcEndpointPolicySupported": s["policySupported"], "PrivateDnsNames": [{"PrivateDnsName": d} for d in s["privateDnsNames"]]}
               for n, s in sorted(known.items()) if not names or n in names]
    return ActionResult({"ServiceNames": [d["ServiceName"] for d in details], "ServiceDetails": details})


VPCs.describe_vpc_endpoint_services = services
