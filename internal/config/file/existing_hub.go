package file

import (
	"net/netip"
	"slices"
)

// EndpointTier is the tier of a hub's subnets in which endpoints that are made stand.
const EndpointTier = "endpoints"

// checkVPC checks a hub's VPC that exists, by itself.
func (h *Hub) checkVPC(f *File) {
	v := &h.VPC
	lists := []struct {
		key string
		at  any
		how string
	}{{"subnets", &v.Subnets, "write subnets: {endpoints: [{id: subnet-…, …}]}"},
		{"transit", &v.Transit, "write transit: [{zone: use1-az1, cidr: …/28}], a free range in each zone"}}
	if !f.Given(&v.ID) {
		for _, l := range lists {
			if f.Given(l.at) {
				f.Errorf(Key, l.at, "write id: vpc-…, or take it out: the subnets of a VPC that is made follow from its range",
					"%s needs the id of a VPC that exists", l.key)
			}
		}
		if f.Given(&v.Attachment) {
			f.Errorf(Key, &v.Attachment, "write id: vpc-…, or take it out: a VPC that is made is attached by its stack",
				"attachment needs the id of a VPC that exists")
		}
		if f.Given(&v.Resolver) {
			f.Errorf(Key, &v.Resolver, "write id: vpc-…, or take it out: the subnets of a VPC that is made follow from its range",
				"resolver needs the id of a VPC that exists")
		}
		return
	}
	for _, l := range lists {
		if !f.Given(l.at) && !f.Failed(v) {
			f.Errorf(Key, &v.ID, l.how, "a VPC that exists needs %s", l.key)
		}
	}
	if f.Given(&v.AZs) {
		f.Errorf(Key, &v.AZs, "take zones out: its subnets have zones of their own", "zones and id exclude each other")
	}
	switch dns := &h.DNS; {
	case (f.Given(&dns.Inbound) || f.Given(&dns.Forward)) && !f.Given(&v.Resolver) && !f.Failed(v):
		f.Errorf(Key, dns, "write resolver: [{zone: use1-az1, cidr: …/28}, {zone: use1-az2, cidr: …/28}] under vpc, free ranges of it",
			"the Resolver endpoints have no subnets in a VPC that exists")
	case f.Given(&v.Resolver) && !f.Given(&dns.Inbound) && !f.Given(&dns.Forward):
		f.Errorf(Key, &v.Resolver, "write inbound or forward under dns, or take resolver out", "no Resolver endpoint stands in these subnets")
	}
	c := &existingCheck{File: f, cidrs: []netip.Prefix{v.CIDR}, cidrsAt: &v.CIDR, subnetsOf: &v.Subnets, transitOf: v.Transit,
		attachment: &v.Attachment, outside: "name subnets of this range alone, the one that is routed", ids: map[string]bool{}}
	c.id(&v.ID, vpcID, "a VPC", "vpc-0123456789abcdef0")
	c.subnets()
	c.transit()
	c.resolver(v.Resolver)
	v.checkTiers(f)
}

// resolver checks the subnets of the Resolver endpoints.
func (c *existingCheck) resolver(list []ResolverSubnet) {
	var zones []string
	for i := range list {
		n := &list[i]
		c.subnet(&n.ID, &n.CIDR, &n.AZ)
		switch {
		case n.ID == "" && n.RouteTable != "":
			c.Errorf(Key, &n.RouteTable, "write id: subnet-…, or take routeTable out: one is made with the subnet",
				"routeTable is of a subnet that exists")
		case n.ID == "":
			c.size(&n.CIDR, "Resolver endpoints need")
		case n.RouteTable == "":
			c.Errorf(Key, &n.ID, "write routeTable: rtb-…, the table that serves the subnet", "%s has no route table", n.ID)
		default:
			c.id(&n.RouteTable, routeTableID, "a route table", "rtb-0123456789abcdef0")
		}
		if slices.Contains(zones, n.AZ) {
			c.Errorf(Value, &n.AZ, "keep one of them: a Resolver endpoint has one address in each zone",
				"zone %s has two subnets for Resolver endpoints", n.AZ)
		}
		zones = append(zones, n.AZ)
		c.crosses(&n.AZ, n.CIDR)
	}
}

// checkTiers wants a tier for endpoints, and one subnet of a tier in each zone: an endpoint takes no second one there.
func (v *HubVPC) checkTiers(f *File) {
	if f.Given(&v.Subnets) && len(v.Subnets) > 0 && v.Subnets.Get(EndpointTier) == nil {
		f.Errorf(Key, &v.Subnets, "write endpoints: [{id: subnet-…, …}], one in each zone", "no subnets are for endpoints that are made")
	}
	for i := range v.Subnets {
		first := map[string]*ExistingSubnet{}
		for j := range v.Subnets[i].Value {
			n := &v.Subnets[i].Value[j]
			if was := first[n.AZ]; was != nil && n.AZ != "" {
				f.Errorf(Value, &n.AZ, "name one, or put it into another tier", "tier %s has two subnets in zone %s, %s and %s: an endpoint takes one",
					v.Subnets[i].Key, n.AZ, was.ID, n.ID)
			}
			first[n.AZ] = n
		}
	}
}
