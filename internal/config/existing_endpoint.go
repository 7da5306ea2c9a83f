package config

import (
	"fmt"
	"slices"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// ExistingEndpoint is what a hub's file declares of an endpoint that exists, beside its service, zones and policy.
type ExistingEndpoint struct {
	ID string
	// DNSName is its regional name, HostedZone the zone of that name; "" where no zone of ours leads there.
	DNSName, HostedZone string
	// Tier of the hub's subnets that it stands in.
	Tier string
}

// MadeEndpoints are those that the hub's stacks make.
func (h *Hub) MadeEndpoints() []*Endpoint {
	return slices.DeleteFunc(slices.Clone(h.Endpoints), func(e *Endpoint) bool { return e.Existing != nil })
}

// existingEndpoint is the one that an entry names; nil for none.
func (h *hubFile) existingEndpoint(svc *catalog.Service, in *file.Endpoint, azs []AZ) *ExistingEndpoint {
	e := &in.Endpoint
	if !h.Given(e) {
		return nil
	}
	needs := h.hub.HasHostedZones() && in.State != "leaving" && svc.PrivateDNS() && in.Bundle == ""
	if needs && (e.DNSName == "" || e.HostedZone == "") && !h.Failed(e) {
		h.Errorf(file.Key, e, fmt.Sprintf("write dnsName and hostedZone: the first of DnsEntries in `aws ec2 describe-vpc-endpoints "+
			"--vpc-endpoint-ids %s`", e.ID), "the hosted zones of %s lead to the name of its endpoint, and the entry lacks dnsName or hostedZone",
			svc.Name)
	}
	if e.DNSName != "" && !h.Failed(e) && in.Bundle == "" {
		h.namedFor(svc, e)
	}
	return &ExistingEndpoint{ID: e.ID, DNSName: e.DNSName, HostedZone: e.HostedZone, Tier: h.tierOf(in, azs)}
}

// namedFor refuses the name of an endpoint that is of another service or region.
func (h *hubFile) namedFor(svc *catalog.Service, e *file.ExistingEndpoint) {
	const fix = "write DnsName of the first of the DnsEntries of the endpoint of "
	shared := func(o file.Endpoint) bool {
		return o.Endpoint.ID == e.ID && o.Endpoint.DNSName == e.DNSName && o.Name != svc.Name
	}
	if slices.ContainsFunc(h.in.Endpoints.Services, shared) {
		return // that is said
	}
	if other := h.hub.Catalog.OtherThan(svc, e.DNSName); other != "" {
		h.Errorf(file.Value, &e.DNSName, fix+svc.Name, "%s is the name of an endpoint of %s, not of %s", e.DNSName, other, svc.Name)
		return
	}
	if _, region, ok := catalog.EndpointOf(e.DNSName); ok && region != h.hub.Region && region != svc.Region {
		h.Errorf(file.Value, &e.DNSName, fix+svc.Name+" in "+h.hub.Region, "%s is the name of an endpoint in %s, and the hub is in %s", e.DNSName,
			region, h.hub.Region)
	}
}

// oneEndpoint refuses one endpoint for two services.
func (r *resolver) oneEndpoint() {
	type use struct {
		of *hubFile
		in *file.Endpoint
	}
	first := map[string]use{}
	for _, h := range slices.Concat(r.hubs, r.partHubs) {
		for i := range h.in.Endpoints.Services {
			in := &h.in.Endpoints.Services[i]
			id := in.Endpoint.ID
			was, twice := first[id]
			switch {
			case id == "":
			case !twice:
				first[id] = use{h, in}
			default:
				h.Errorf(file.Value, &in.Endpoint.ID, "keep one of them: an endpoint is of one service and of one VPC", "%s is the endpoint of %s too",
					id, was.in.Name).See = []diag.Related{{Where: was.of.Pos(&was.in.Endpoint.ID), Text: "first given here"}}
			}
		}
	}
}

// changeEndpoint refuses what would take the endpoint of names away before these lead to another, or have two with private DNS.
func changeEndpoint(f *file.File, h *hubFile, was, is *Endpoint) {
	name := is.Catalog.Name
	at := h.given[name]
	const leave = "give its entry state: leaving and deploy that first, then write the entry as it is to be (docs/EXISTING.md)"
	switch {
	case was.Leaving || !was.Catalog.PrivateDNS() || was.Existing.id() == is.Existing.id():
	case was.Existing == nil:
		f.Errorf(file.Change, &at.Endpoint, leave, "the endpoint of %s is deleted, in favour of %s, while its names still lead there",
			name, is.Existing.id())
	case h.hub.HasR53Profile():
		f.Errorf(file.Change, at, leave, "the endpoint of %s goes from %s to %s: a VPC takes one endpoint with the private name", name,
			was.Existing.id(), is.Existing.id())
	}
}

// id is the endpoint's in AWS, or what stands for one that is made.
func (e *ExistingEndpoint) id() string {
	if e == nil {
		return "one made here"
	}
	return e.ID
}

// existingEndpoint says where names come to lead to an endpoint that others answer for.
func (o *opens) existingEndpoint(e *Endpoint) {
	if e.Existing == nil || e.Leaving {
		return
	}
	i := slices.IndexFunc(o.old.Endpoints, func(w *Endpoint) bool { return w.Catalog.Name == e.Catalog.Name })
	if i < 0 || o.old.Endpoints[i].Leaving {
		o.add("name", "the names of %s lead to %s, which exists: its owner decides whom it admits and what passes", e.Catalog.Name, e.Existing.ID)
	} else if was := o.old.Endpoints[i].Existing.id(); was != e.Existing.ID {
		o.add("name", "the names of %s lead to %s, which exists, before to %s", e.Catalog.Name, e.Existing.ID, was)
	}
}
