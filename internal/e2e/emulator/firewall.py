"""DNS Firewall of Route 53 Resolver, which moto 5.2.1 lacks: domain lists, rule groups, and their associations with VPCs.

Nothing is blocked, since no questions flow; what is made is listed.
"""
import json, uuid
from moto.route53resolver.exceptions import ResourceNotFoundException
from moto.route53resolver.responses import Route53ResolverResponse as R

STORE = {}      # (account, region) -> kind -> id -> description; a rule group holds "Rules", a domain list "Domains"
HIDDEN = ("Rules", "Domains")


def store(self):
    return STORE.setdefault((self.current_account, self.region), {"frg": {}, "fdl": {}, "frgassoc": {}})


def shown(d):
    return {k: v for k, v in d.items() if k not in HIDDEN}


def make(self, kind, arn, **more):
    id = f"rslvr-{kind}-{uuid.uuid4().hex[:17]}"
    d = {"Id": id, "Arn": f"arn:aws:route53resolver:{self.region}:{self.current_account}:{arn}/{id}", "Name": self._get_param("Name"),
         "CreatorRequestId": self._get_param("CreatorRequestId"), **more}
    store(self)[kind][id] = d
    return d


def answers(name):
    """An operation by moto's name for it: its answer is JSON."""
    def put(f):
        setattr(R, name, lambda self: json.dumps(f(self)))
        return f
    return put


@answers("create_firewall_domain_list")
def _(self):
    return {"FirewallDomainList": shown(make(self, "fdl", "firewall-domain-list", Status="COMPLETE", Domains=[]))}


@answers("update_firewall_domains")
def _(self):
    d = store(self)["fdl"][self._get_param("FirewallDomainListId")]
    asked = [x.rstrip(".") + "." for x in self._get_param("Domains")]
    kept = [] if self._get_param("Operation") == "REPLACE" else [x for x in d["Domains"] if x not in asked]
    d["Domains"] = kept + (asked if self._get_param("Operation") != "REMOVE" else [])
    return {"Id": d["Id"], "Name": d["Name"], "Status": "COMPLETE"}


@answers("create_firewall_rule_group")
def _(self):
    return {"FirewallRuleGroup": shown(make(self, "frg", "firewall-rule-group", OwnerId=self.current_account, ShareStatus="NOT_SHARED", Rules=[]))}


@answers("get_firewall_rule_group")
def _(self):
    if d := store(self)["frg"].get(self._get_param("FirewallRuleGroupId")):
        return {"FirewallRuleGroup": shown(d)}
    raise ResourceNotFoundException(f"[RSLVR-01803] There is no rule group {self._get_param('FirewallRuleGroupId')}")


@answers("create_firewall_rule")
def _(self):
    keys = ("FirewallRuleGroupId", "FirewallDomainListId", "Name", "Priority", "Action", "BlockResponse", "Qtype")
    rule = {k: self._get_param(k) for k in keys if self._get_param(k) is not None}
    store(self)["frg"][rule["FirewallRuleGroupId"]]["Rules"].append(rule)
    return {"FirewallRule": rule}


@answers("associate_firewall_rule_group")
def _(self):
    asked = {k: self._get_param(k) for k in ("FirewallRuleGroupId", "VpcId", "Priority")}
    return {"FirewallRuleGroupAssociation": make(self, "frgassoc", "firewall-rule-group-association", Status="COMPLETE", **asked)}


@answers("disassociate_firewall_rule_group")
def _(self):
    return {"FirewallRuleGroupAssociation": store(self)["frgassoc"].pop(self._get_param("FirewallRuleGroupAssociationId"))}


@answers("list_firewall_rule_group_associations")
def _(self):
    return {"FirewallRuleGroupAssociations": list(store(self)["frgassoc"].values())}


@answers("list_firewall_rule_groups")
def _(self):
    return {"FirewallRuleGroups": [shown(d) for d in store(self)["frg"].values()]}


@answers("list_firewall_rules")
def _(self):
    return {"FirewallRules": store(self)["frg"][self._get_param("FirewallRuleGroupId")]["Rules"]}


@answers("list_firewall_domain_lists")
def _(self):
    return {"FirewallDomainLists": [shown(d) for d in store(self)["fdl"].values()]}


@answers("list_firewall_domains")
def _(self):
    return {"Domains": store(self)["fdl"][self._get_param("FirewallDomainListId")]["Domains"]}
