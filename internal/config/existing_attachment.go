package config

import (
	"cmp"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// oneAttachment refuses one attachment for two members: a hub's VPC, a spoke's, and those of external.
func (r *resolver) oneAttachment() {
	type use struct {
		of  *file.File
		at  *string
		who string
	}
	first := map[string]use{}
	take := func(f *file.File, at *string, who string) {
		switch was, twice := first[*at]; {
		case *at == "":
		case !twice:
			first[*at] = use{f, at, who}
		case f != was.of || at != was.at:
			f.Errorf(file.Value, at, "keep one of them", "%s is the attachment of %s too", *at, was.who).
				See = []diag.Related{{Where: was.of.Pos(was.at), Text: was.who}}
		}
	}
	for _, h := range r.hubs {
		own := map[string]bool{}
		for i := range h.in.External {
			e := &h.in.External[i]
			if !own[e.Value.Attachment] { // twice in one file is said of the file
				take(h.File, &e.Value.Attachment, "external "+e.Key)
			}
			own[e.Value.Attachment] = true
		}
		take(h.File, &h.in.VPC.Attachment, "hub "+h.hub.Name)
	}
	for _, s := range r.spokes {
		take(s.File, &s.in.VPC.Attachment, "spoke "+s.spoke.Name)
	}
}

// changeAttachment refuses to exchange a VPC's attachment while tables lead to it: CloudFormation makes the new associations and routes
// before it takes the old ones away, and a VPC has one attachment to a gateway.
func changeAttachment(f *file.File, at any, was, is *ExistingVPC, routed bool, fix string) {
	switch {
	case was.Attachment == is.Attachment:
	case was.Attachment == "":
		f.Errorf(file.Change, at, "take attachment out: the VPC stays attached by the one that the stack made",
			"the attachment that the stack made is deleted, in favour of %s, and a VPC has one to a Transit Gateway", is.Attachment)
	case routed:
		f.Errorf(file.Change, at, fix, "route tables lead to attachment %s, and %s takes its place in the same deployment", was.Attachment,
			cmp.Or(is.Attachment, "one that the stack makes"))
	case is.Attachment == "":
		f.Warnf(file.Change, at, "have its owner delete "+was.Attachment+" before you deploy",
			"the stack attaches %s, which is still attached by %s, and a VPC has one attachment to a Transit Gateway", is.ID, was.Attachment)
	}
}
