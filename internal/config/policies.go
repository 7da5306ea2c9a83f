package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

// maxPolicyFile bounds a policy's file, white space included, before it is parsed.
var maxPolicyFile = 4 * perimeter.MaxSize

// policyFile is a file as it reads for a hub's endpoints in a region.
type policyFile struct {
	doc     perimeter.Document
	text    []byte // filled in
	allowed perimeter.Allowed
	err     error // the file cannot be read
	// idle are the services at whose endpoints it allows nothing, since all it allows are actions of others.
	idle []string
}

type policyPlace struct{ name, hub, region string }

// noPolicy is another word for full-access: no document is sent for either.
const noPolicy = "none"

// policy is an endpoint's policy: its own, else that of all endpoints, else organization where the hub has one.
func (r *resolver) policy(h *hubFile, svc *catalog.Service, in *file.Endpoint) Policy {
	at := &h.in.Endpoints.Policy
	if in.Policy != "" {
		at = &in.Policy
	}
	if svc.Policy == catalog.No {
		if in.Policy != "" && in.Policy != string(PolicyFullAccess) && in.Policy != noPolicy {
			h.Errorf(file.Policy, at, "take the policy out: everything may pass this endpoint, and IAM alone decides",
				"service %s takes no endpoint policy", svc.Name)
		}
		if name := *at; name == string(PolicyOrganization) || name == "" && h.hub.Organization.ID != "" {
			h.unbounded(svc, in)
		}
		return Policy{Kind: PolicyImpossible}
	}
	policy := r.namedPolicy(h, svc, at)
	if svc.Policy == catalog.Unknown && policy.Kind != PolicyFullAccess && policy.Kind != "" {
		h.Warnf(file.Policy, in, "run "+h.refresh(svc.Region)+", or write "+entryOf(svc, in)+" for an endpoint without one",
			"whether service %s takes an endpoint policy is not known: where it takes none, EC2 refuses the endpoint, and the stack rolls back",
			svc.Name)
	}
	if policy.Kind == PolicyOrganization {
		h.refusals(svc, in)
	}
	return policy
}

// entryOf is how to write a service's entry with no policy.
func entryOf(svc *catalog.Service, in *file.Endpoint) string {
	if in.Region != "" {
		return "{name: " + in.Name + ", region: " + in.Region + ", policy: none}"
	}
	return "{name: " + svc.Name + ", policy: none}"
}

// unbounded warns of a service that neither an endpoint's policy nor one of the organization's keeps to the organization.
func (h *hubFile) unbounded(svc *catalog.Service, in *file.Endpoint) {
	if actions := awsfacts.WithoutResourceOrganization(svc.Name); len(actions) > 0 {
		h.Warnf(file.Policy, in, "leave the service out unless your workloads need it",
			"service %s takes no endpoint policy, and %s carry no aws:ResourceOrgID: nothing keeps them to the organization", svc.Name, few(actions,
				"actions"))
	}
}

// namedPolicy is the policy that the file names for a service's endpoint; "" is organization where the hub has one.
func (r *resolver) namedPolicy(h *hubFile, svc *catalog.Service, at *string) Policy {
	name := *at
	if name == "" {
		name = string(PolicyFullAccess)
		if h.hub.Organization.ID != "" {
			name = string(PolicyOrganization)
		}
	}
	if name == noPolicy {
		name = string(PolicyFullAccess)
	}
	switch {
	case name == string(PolicyFullAccess):
		// EC2 gives an endpoint without a policy one that lets everything pass. Some services refuse any document, also that one:
		// "only supports the full-access endpoint policy" (github.com/awslabs/landing-zone-accelerator-on-aws/issues/224).
		return Policy{Kind: PolicyFullAccess}
	case name == string(PolicyOrganization):
		if h.hub.Organization.ID == "" && h.Failed(&h.in.Organization) {
			return Policy{} // said
		}
		if h.hub.Organization.ID == "" {
			once(h.File, at, "write organization: o-… in the hub's file, or policy: full-access",
				"policy organization needs the hub's organization")
			return Policy{}
		}
		return Policy{Kind: PolicyOrganization, Document: perimeter.Organization(h.hub.Organization.ID, svc)}
	case strings.HasSuffix(name, ".json"):
		return Policy{Kind: PolicyFile, File: name, Document: r.policyFile(h, at, name, svc)}
	}
	words := []string{string(PolicyFullAccess), string(PolicyOrganization), noPolicy}
	fix := file.DidYouMeanOr(name, append(words, r.policyFiles(name)...), "write full-access, organization, none, or the path of a .json file")
	once(h.File, at, fix, diag.Sprintf("%q is not a policy", name))
	return Policy{}
}

// refusals warns of requests that the policy organization refuses whoever asks, because they do not say whose the resource is.
func (h *hubFile) refusals(svc *catalog.Service, in *file.Endpoint) {
	actions := awsfacts.WithoutResourceOrganization(svc.Name)
	if len(actions) == 0 {
		return
	}
	h.Warnf(file.Policy, in, "give the service a policy file that admits those that your workloads need (IAM guide, aws:ResourceOrgID)",
		"policy organization refuses %s at the endpoint of %s: their requests carry no aws:ResourceOrgID", few(actions, "actions"), svc.Name)
}

// gatewayPolicies are the policies of the spokes' gateway endpoints: those that the file names for them, else that of the hub's
// own endpoint of the service, else that of all endpoints. A spoke then has one perimeter, whichever way it takes.
func (r *resolver) gatewayPolicies(h *hubFile) {
	hub, named := h.hub, &h.in.Endpoints.GatewayPolicies
	hub.GatewayPolicies = map[string]GatewayPolicy{}
	for service, at := range map[string]*string{"s3": &named.S3, "dynamodb": &named.Dynamo} {
		svc, ok := hub.Catalog.Lookup(service)
		if !ok {
			continue
		}
		var within Policy
		i := slices.IndexFunc(hub.Endpoints, func(e *Endpoint) bool { return e.Catalog.Name == service })
		if i >= 0 && hub.Endpoints[i].Policy.Kind != PolicyImpossible && hub.Endpoints[i].Policy.Kind != "" {
			within = hub.Endpoints[i].Policy
		} else {
			within = r.namedPolicy(h, svc, &h.in.Endpoints.Policy)
		}
		policy := within
		if *at != "" {
			policy = r.namedPolicy(h, svc, at)
			h.gatewayPrincipals(service, at, policy)
		}
		hub.GatewayPolicies[service] = GatewayPolicy{policy, within}
	}
}

// gatewayPrincipals warns of principals that a gateway endpoint takes for less than they say (PrivateLink guide, "Principals for
// gateway endpoints").
func (h *hubFile) gatewayPrincipals(service string, at *string, policy Policy) {
	statements, _ := policy.Document["Statement"].([]any)
	for i, s := range statements {
		m, _ := s.(map[string]any)
		kinds, _ := m["Principal"].(map[string]any)
		if who := kinds["AWS"]; who != nil && who != "*" {
			h.Warnf(file.Policy, at, `write "Principal": "*", and the principals as a condition on aws:PrincipalArn`,
				"statement %d of %s names AWS principals: at the gateway endpoint for %s an account stands for its root user alone",
				i+1, policy, service)
		}
	}
}

// once reports a mistake that every service would repeat.
func once(f *file.File, at *string, fix, summary string) {
	if !f.Reported(at, summary) {
		f.Errorf(file.Policy, at, fix, "%s", summary)
	}
}

// policyFile reads a policy once for a place. That it cannot be read is a mistake of each place that names it; what is wrong in
// it is reported once, where it stands.
func (r *resolver) policyFile(h *hubFile, at *string, name string, svc *catalog.Service) perimeter.Document {
	key := policyPlace{name, h.hub.Name, svc.Region}
	p, ok := r.policies[key]
	if !ok {
		p = &policyFile{}
		var b []byte
		b, p.err = file.ReadLimited(r.root, name)
		if len(b) > maxPolicyFile {
			p.err = fmt.Errorf("the file has %d bytes; a policy has at most %d characters without white space", len(b), perimeter.MaxSize)
		}
		if p.err == nil {
			p.doc, p.text = r.readPolicy(h, at, name, b, r.place(h, svc.Region))
			p.allowed = perimeter.AllowedBy(p.text)
		}
		r.policies[key] = p
	}
	if p.err != nil {
		once(h.File, at, r.policyFix(name),
			diag.Sprintf("policy file %s: %s", name, safefile.Plain(p.err)))
	}
	if p.doc != nil && !slices.Contains(p.idle, svc.Name) && p.allowed.Elsewhere(svc) {
		p.idle = append(p.idle, svc.Name)
	}
	return p.doc
}

// idlePolicies warns of policy files that allow nothing at some of the hub's endpoints.
func (r *resolver) idlePolicies(h *hubFile) {
	for place, p := range r.policies {
		if place.hub != h.hub.Name || len(p.idle) == 0 {
			continue
		}
		slices.Sort(p.idle)
		in := file.Text(filepath.Join(r.cfg.named, filepath.FromSlash(place.name)), p.text, r.diags)
		in.WarnAt(file.Policy, p.allowed.Line, "name actions of each service that the policy is for, or give the others a policy of their own",
			"the policy allows actions of %s alone, so it lets nothing pass at the %s of %s", few(p.allowed.Of, "services"), endpointsOf(p.idle),
			few(p.idle, "services"))
	}
}

// endpointsOf says endpoint of one service, endpoints of more.
func endpointsOf(services []string) string {
	if len(services) == 1 {
		return "endpoint"
	}
	return "endpoints"
}

// readPolicy fills in what the policy says for values of its place, and reports what is wrong with it, and what is most likely
// not meant.
func (r *resolver) readPolicy(h *hubFile, at *string, name string, b []byte, place perimeter.Place) (perimeter.Document, []byte) {
	in := file.Text(filepath.Join(r.cfg.named, filepath.FromSlash(name)), b, r.diags)
	if !in.PlainJSON(b, file.Policy) {
		return nil, nil
	}
	known := (place.Organization == "" || file.IsOrganization(place.Organization)) && !h.Failed(&h.in.Organization)
	var problems []perimeter.Problem
	if known { // else it is said where the hub's file has the organization
		b, problems = perimeter.Fill(b, place)
	}
	doc, wrong := perimeter.Parse(b)
	if problems = append(problems, wrong...); len(problems) == 0 && known {
		problems = perimeter.Judge(b, place)
	}
	for _, w := range problems {
		once := policyProblem{in.Path, w}
		if r.said[once] {
			continue // for another hub
		}
		r.said[once] = true
		report := in.ErrorAt
		if w.Warning {
			report = in.WarnAt
		}
		report(file.Policy, w.Line, cmp.Or(w.Fix, "correct the policy; EC2 refuses it as it is"), "%s", w.Text).
			See = []diag.Related{{Where: h.Pos(at), Text: "policy: " + name}}
	}
	return doc, b
}

type policyProblem struct {
	path string
	perimeter.Problem
}

// place is what a policy of the hub's endpoints in a region is written for.
func (r *resolver) place(h *hubFile, region string) perimeter.Place {
	o := h.hub.Organization
	return perimeter.Place{Organization: o.ID, Account: h.hub.Account, Region: region, Partition: awsfacts.MustPartition(region).Name,
		Accounts: r.accounts(), Now: time.Now()}
}

// accounts are all that the configuration names.
func (r *resolver) accounts() []string {
	var out []string
	for _, h := range slices.Concat(r.hubs, r.partHubs) {
		out = append(append(out, h.in.Account, h.in.Organization.ManagementAccount), h.in.Accounts...)
		for _, segment := range h.in.Segments {
			out = append(out, segment.Value.Accounts...)
		}
	}
	for _, s := range slices.Concat(r.spokes, r.partSpokes) {
		out = append(out, s.in.Account)
	}
	return out
}

// policyFix says which file is meant by a path that leads to none, or where it was looked for.
func (r *resolver) policyFix(name string) string {
	near := r.policyFiles(name)
	if i := slices.IndexFunc(near, func(path string) bool { return filepath.Base(path) == filepath.Base(name) }); i >= 0 {
		return "did you mean " + near[i] + "?"
	}
	return file.DidYouMeanOr(name, near, "the path begins at the configuration's folder, so this is "+filepath.Join(r.cfg.named, name))
}

// policyFiles are the files in the folder of a path, and in policies/.
func (r *resolver) policyFiles(name string) (out []string) {
	for _, folder := range []string{filepath.Dir(name), "policies"} {
		entries, err := file.ReadFolder(r.root, folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			out = append(out, filepath.Join(folder, e.Name()))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
