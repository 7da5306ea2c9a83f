"""API-level corrections to moto 5.2.1 where its EC2 / Route 53 / RAM behaviour differs from AWS in ways a hub-and-spoke test must see."""
import ipaddress, json, os
import organization
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
def shared_with(arn, account, region):
    for a in list(ram_backends):
        if region not in ram_backends[a]:
            continue
        for s in ram_backends[a][region].resource_shares:
            if s.status == "ACTIVE" and arn in s.resource_arns and any(organization.principal_matches(p, account) for p in s.principals):
                return True
    return False


def _shares(self, resource_owner):
    if resource_owner == "OTHER-ACCOUNTS":
        out = []
        for a in list(ram_backends):
            if a != self.account_id and self.region_name in ram_backends[a]:
                out += [s.describe() for s in ram_backends[a][self.region_name].resource_shares
                        if s.status == "ACTIVE" and any(organization.principal_matches(p, self.account_id) for p in s.principals)]
        return {"resourceShares": out}
    return _orig_shares(self, resource_owner)


_orig_shares, RAMBackend.get_resource_shares = RAMBackend.get_resource_shares, _shares


def add_principals(self, principals):
    from moto.ram.exceptions import InvalidParameterException, UnknownResourceException
    import re
    for p in principals:
        if m := re.fullmatch(r"arn:aws[\w-]*:organizations::\d{12}:(organization|ou)/(o-\w+)(/ou-[\w-]+)?", p):
            if m[2] != organization.ID or not organization.member(self.owning_account_id):
                raise UnknownResourceException(f"Organization {m[2]} could not be found.")
        elif re.fullmatch(r"\d{12}", p):
            if not self.allow_external_principals and not organization.member(p):
                raise InvalidParameterException(f"The resource share is limited to the organization, and {p} is outside it.")
        else:
            raise InvalidParameterException(f"Principal ID {p} is malformed. Verify the ID and try again.")
    self.principals += principals


from moto.ram.models import ResourceShare
ResourceShare.add_principals = add_principals
ResourceShare.SHAREABLE_RESOURCES = list(ResourceShare.SHAREABLE_RESOURCES) + ["profile"]


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


def associate(self, transit_gateway_attachment_id, transit_gateway_route_table_id):
    need_rt(self, transit_gateway_route_table_id)
    if transit_gateway_attachment_id not in self.transit_gateway_attachments:
        raise Ec2Err("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {transit_gateway_attachment_id} was deleted or does not exist.")
    for rt in self.transit_gateways_route_tables.values():
        if transit_gateway_attachment_id in rt.route_table_associations:
            raise Ec2Err("Resource.AlreadyAssociated", f"Transit Gateway Attachment {transit_gateway_attachment_id} is already associated to a route table.")
    out = _orig_assoc(self, transit_gateway_attachment_id, transit_gateway_route_table_id)
    self.transit_gateway_attachments[transit_gateway_attachment_id].transit_gateway_route_table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    return out


_orig_assoc, EC2Backend.associate_transit_gateway_route_table = EC2Backend.associate_transit_gateway_route_table, associate


def disassociate(self, tgw_attach_id, tgw_rt_id):
    out = _orig_disassoc(self, tgw_attach_id, tgw_rt_id)
    self.transit_gateway_attachments[tgw_attach_id].transit_gateway_route_table = None
    return out


_orig_disassoc, EC2Backend.disassociate_transit_gateway_route_table = EC2Backend.disassociate_transit_gateway_route_table, disassociate


def enable_prop(self, transit_gateway_attachment_id, transit_gateway_route_table_id):
    rt = need_rt(self, transit_gateway_route_table_id)
    if transit_gateway_attachment_id not in self.transit_gateway_attachments:
        raise Ec2Err("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {transit_gateway_attachment_id} was deleted or does not exist.")
    if any(p.transitGatewayAttachmentId == transit_gateway_attachment_id for p in rt.route_table_propagation):
        raise Ec2Err("TransitGatewayRouteTablePropagation.Duplicate", "Propagation already exists.")
    self.set_route_table_propagation(transit_gateway_attachment_id, transit_gateway_route_table_id)
    return TR.TransitGatewayRelations(self, transit_gateway_attachment_id, transit_gateway_route_table_id, "enabled")


def disable_prop(self, transit_gateway_attachment_id, transit_gateway_route_table_id):
    need_rt(self, transit_gateway_route_table_id)
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
    if not blackhole and transit_gateway_attachment_id not in self.transit_gateway_attachments:
        raise Ec2Err("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {transit_gateway_attachment_id} was deleted or does not exist.")
    r = {"destinationCidrBlock": destination_cidr_block, "state": "blackhole" if blackhole else "active", "type": "static"}
    if not blackhole:
        r["transitGatewayAttachments"] = [att_ref(self.transit_gateway_attachments[transit_gateway_attachment_id])]
    rt.routes[destination_cidr_block] = r
    return r


EC2Backend.create_transit_gateway_route = create_route


def search_routes(self, transit_gateway_route_table_id, filters, max_results=None):
    rt = need_rt(self, transit_gateway_route_table_id)
    out = list(rt.routes.values())
    for p in rt.route_table_propagation:
        a = self.transit_gateway_attachments[p.transitGatewayAttachmentId]
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


def check_private_dns(be, vpc_id, service_name, me=None):
    """AWS refuses private DNS while a zone of the same name is on the VPC, and S3's without a gateway endpoint."""
    names = apexes(service_name, be.region_name)
    for _, z in all_zones():
        if z.private_zone and norm(z.name) in names and any(v["vpc_id"] == vpc_id for v in z.vpcs):
            raise Ec2Err("InvalidParameter", f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {norm(z.name)} in the VPC {vpc_id}")
    for e in be.vpc_end_points.values():
        if e is not me and e.vpc_id == vpc_id and e.private_dns_enabled and (e.vpc_endpoint_type or "").lower() == "interface" and e.service_name == service_name:
            raise Ec2Err("InvalidParameter", f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service_name} in the VPC {vpc_id}")


def check_service(service_name, region, subnets):
    if ".vpce-svc-" in service_name:
        return
    seen = OBSERVED.get(region, {}).get(service_name)
    if seen is None and service_name.replace(f".{region}", ".{region}") not in KNOWN and service_name not in KNOWN:
        raise Ec2Err("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
    for s in subnets:
        if seen and s.availability_zone not in seen["availabilityZones"]:
            raise Ec2Err("InvalidParameter", f"The VPC endpoint service {service_name} does not support the availability zone of the subnet: {s.id}.")


VPCE_ZONE = {"us-east-1": "Z7HUB22UULQXV", "us-east-2": "ZC8PG0KIFKBRI", "us-west-2": "Z1YSA3EXCYUU9Z", "eu-west-1": "Z38GZ743OKFT7T"}


def create_vpce(self, vpc_id, service_name, endpoint_type, policy_document, route_table_ids, subnet_ids=None, network_interface_ids=None, dns_entries=None,
                client_token=None, security_group_ids=None, tags=None, private_dns_enabled=None):
    iface = (endpoint_type or "").lower() == "interface"
    check_service(service_name, self.region_name, [self.get_subnet(s) for s in subnet_ids or []] if iface else [])
    if iface:
        subs = [self.get_subnet(s) for s in subnet_ids or []]
        if len({s.availability_zone for s in subs}) != len(subs):
            raise Ec2Err("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")
        if private_dns_enabled:
            check_private_dns(self, vpc_id, service_name)
    ep = _orig_vpce(self, vpc_id, service_name, endpoint_type, policy_document, route_table_ids, subnet_ids, network_interface_ids, dns_entries,
                    client_token, security_group_ids, tags, private_dns_enabled)
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
