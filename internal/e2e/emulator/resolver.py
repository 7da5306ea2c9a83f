"""Route 53 Resolver rules over accounts, which moto 5.2.1 lacks: a rule shared by RAM is there for others, and rules change in place.

No question is forwarded; what is made is kept and listed.
"""
import json
from datetime import datetime, timezone
import fidelity
from moto.moto_api._internal import mock_random
from moto.ram.models import ResourceShare
from moto.route53resolver.exceptions import InvalidParameterException, InvalidRequestException, ResourceInUseException, ResourceNotFoundException
from moto.route53resolver.models import PAGINATION_MODEL, ResolverRule, ResolverRuleAssociation, Route53ResolverBackend as B, route53resolver_backends
from moto.route53resolver.responses import Route53ResolverResponse as R
from moto.utilities.paginator import paginate

ResourceShare.SHAREABLE_RESOURCES = list({*ResourceShare.SHAREABLE_RESOURCES, "resolver-rule"})


def everywhere(region):
    return [regions[region] for regions in list(route53resolver_backends.values()) if region in regions]


def rules_for(self):
    """The account's own rules, and those that are shared with it."""
    return [r for b in everywhere(self.region_name) for r in b.resolver_rules.values()
            if r.account_id == self.account_id or fidelity.shared_with(r.arn, self.account_id, self.region_name)]


def rule(self, resolver_rule_id):
    r = next((r for r in rules_for(self) if r.id == resolver_rule_id), None)
    if r is None:
        raise ResourceNotFoundException(f"[RSLVR-00703] Resolver rule with ID '{resolver_rule_id}' does not exist.")
    return r


@paginate(pagination_model=PAGINATION_MODEL)
def list_resolver_rules(self, filters):
    self._add_field_name_to_filter(filters or [])
    self._validate_filters(filters or [], ResolverRule.FILTER_NAMES)
    return sorted((r for r in rules_for(self) if self._matches_all_filters(r, filters or [])), key=lambda r: r.name)


def associate(self, resolver_rule_id, name, vpc_id):
    """The VPC's account associates; a VPC follows one rule of a domain (Route 53 Resolver API reference, AssociateResolverRule)."""
    new = rule(self, resolver_rule_id)
    if vpc_id not in self.ec2_backend.vpcs:
        raise InvalidParameterException(f"The vpc ID '{vpc_id}' does not exist")
    for a in self.resolver_rule_associations.values():
        if a.vpc_id == vpc_id and rule(self, a.resolver_rule_id).domain_name == new.domain_name:
            raise InvalidRequestException(f"Cannot associate rules with same domain name with same VPC. Conflict with resolver rule '{a.resolver_rule_id}'")
    out = ResolverRuleAssociation(self.region_name, f"rslvr-rrassoc-{mock_random.get_random_hex(17)}", resolver_rule_id, vpc_id, name)
    self.resolver_rule_associations[out.id] = out
    return out


def disassociate(self, resolver_rule_id, vpc_id):
    for i, a in list(self.resolver_rule_associations.items()):
        if (a.resolver_rule_id, a.vpc_id) == (resolver_rule_id, vpc_id):
            a.status = "DELETING"
            return self.resolver_rule_associations.pop(i)
    raise ResourceNotFoundException(f"Resolver Rule Association between Resolver Rule '{resolver_rule_id}' and VPC '{vpc_id}' does not exist")


def delete(self, resolver_rule_id):
    users = [a.vpc_id for b in everywhere(self.region_name) for a in b.resolver_rule_associations.values() if a.resolver_rule_id == resolver_rule_id]
    if users:
        raise ResourceInUseException(f"[RSLVR-00802] Resolver rule {resolver_rule_id} is associated with {', '.join(users)}")
    return _orig_delete(self, resolver_rule_id)


_orig_delete, B.delete_resolver_rule = B.delete_resolver_rule, delete
B.get_resolver_rule, B.list_resolver_rules, B.associate_resolver_rule, B.disassociate_resolver_rule = rule, list_resolver_rules, associate, disassociate


def update(self):
    b, change = self.route53resolver_backend, self._get_param("Config") or {}
    r = b.resolver_rules.get(self._get_param("ResolverRuleId"))
    if r is None:      # who shares it alone may change it
        raise ResourceNotFoundException(f"Resolver rule with ID '{self._get_param('ResolverRuleId')}' does not exist.")
    r.name, r.target_ips = change.get("Name", r.name), change.get("TargetIps", r.target_ips)
    r.resolver_endpoint_id = change.get("ResolverEndpointId", r.resolver_endpoint_id)
    r.modification_time = datetime.now(timezone.utc).isoformat()
    return json.dumps({"ResolverRule": r.description()})


R.update_resolver_rule = update
