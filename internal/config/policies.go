package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// maxPolicyFile bounds a policy's file, white space included, before it is parsed.
var maxPolicyFile = 4 * perimeter.MaxSize

type policyFile struct {
	doc perimeter.Document
	err error // the file cannot be read
}

// policy is an endpoint's policy: its own, else that of all endpoints, else organization where the hub has one.
func (r *resolver) policy(h *hubFile, svc *catalog.Service, in *file.Endpoint) Policy {
	at := &h.in.Endpoints.Policy
	if in.Policy != "" {
		at = &in.Policy
	}
	name := *at
	if name == "" {
		name = string(PolicyFullAccess)
		if h.hub.Organization.ID != "" {
			name = string(PolicyOrganization)
		}
	}
	if svc.Policy == catalog.No {
		if in.Policy != "" && name != string(PolicyFullAccess) {
			h.Errorf(file.Policy, at, "take the policy out: everything may pass this endpoint, and IAM alone decides",
				"service %s takes no endpoint policy", svc.Name)
		}
		return Policy{Kind: PolicyImpossible}
	}
	switch {
	case name == string(PolicyFullAccess):
		return Policy{Kind: PolicyFullAccess, Document: perimeter.FullAccess()}
	case name == string(PolicyOrganization):
		if h.hub.Organization.ID == "" {
			once(h.File, at, "write organization: o-… in the hub's file, or policy: full-access",
				"policy organization needs the hub's organization")
			return Policy{}
		}
		return Policy{Kind: PolicyOrganization, Document: perimeter.Organization(h.hub.Organization.ID, svc)}
	case strings.HasSuffix(name, ".json"):
		return Policy{Kind: PolicyFile, File: name, Document: r.policyFile(h, at, name)}
	}
	words := []string{string(PolicyFullAccess), string(PolicyOrganization)}
	fix := file.DidYouMeanOr(name, words, "write full-access, organization, or the path of a .json file")
	once(h.File, at, fix, diag.Sprintf("%q is not a policy", name))
	return Policy{}
}

// once reports a mistake that every service would repeat.
func once(f *file.File, at *string, fix, summary string) {
	if !f.Reported(at, summary) {
		f.Errorf(file.Policy, at, fix, "%s", summary)
	}
}

// policyFile reads a policy once. That it cannot be read is a mistake of each place that names it; what is wrong in it is
// reported once, where it stands.
func (r *resolver) policyFile(h *hubFile, at *string, name string) perimeter.Document {
	p, ok := r.policies[name]
	if !ok {
		var b []byte
		b, p.err = file.ReadLimited(r.root, name)
		if len(b) > maxPolicyFile {
			p.err = fmt.Errorf("the file has %d bytes; a policy has at most %d characters without white space", len(b), perimeter.MaxSize)
		}
		if p.err == nil {
			in := file.Text(filepath.Join(r.cfg.Dir, filepath.FromSlash(name)), b, r.diags)
			var problems []perimeter.Problem
			if in.PlainJSON(b, file.Policy) {
				p.doc, problems = perimeter.Parse(b)
			}
			for _, w := range problems {
				in.ErrorAt(file.Policy, w.Line, "correct the policy; EC2 refuses it as it is", "%s", w.Text).
					See = []diag.Related{{Where: h.Pos(at), Text: "policy: " + name}}
			}
		}
		r.policies[name] = p
	}
	if p.err != nil {
		once(h.File, at, "the path begins at the configuration's folder: policies/s3.json",
			diag.Sprintf("policy file %s: %s", name, file.Plain(p.err)))
	}
	return p.doc
}
