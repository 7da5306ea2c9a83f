package config

import (
	"net/netip"
	"slices"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

// namesApart refuses an external attachment with the name of the hub or of a spoke: people ask for either by its name.
func (r *resolver) namesApart(h *hubFile) {
	for i := range h.in.External {
		name := &h.in.External[i].Key
		if *name == h.hub.Name {
			h.Errorf(file.Value, name, "name it something else", "external %s has the name of the hub", *name)
		}
		for _, s := range r.spokes {
			if s.spoke.Name == *name && s.spoke.Hub == h.hub {
				h.Errorf(file.Value, name, "name it something else", "external %s has the name of a spoke", *name).
					See = []diag.Related{{Where: s.Pos(&s.in), Text: "spoke " + *name}}
			}
		}
	}
}

// changeExternal refuses what CloudFormation would make before it takes away what is there: an attachment is associated with one
// table, and a table has one route to a range.
func changeExternal(f *file.File, old *Hub, written *hubFile) {
	const first = "take it out of external and deploy that first, then write it as it is to be"
	for i := range written.in.External {
		name, in := written.in.External[i].Key, &written.in.External[i].Value
		for _, was := range old.External {
			switch {
			case was.Name == name && was.Attachment != in.Attachment:
				f.Errorf(file.Change, &in.Attachment, first, "external %s was %s and becomes %s, and both would have routes to its ranges", name,
					was.Attachment, in.Attachment)
			case was.Attachment == in.Attachment && was.Name != name:
				f.Errorf(file.Change, &in.Attachment, "name it "+was.Name+" again, or "+first,
					"%s was external %s and becomes %s: AWS refuses a second association", was.Attachment, was.Name, name)
			case was.Name == name && was.Segment != in.Segment:
				f.Errorf(file.Change, &in.Segment, first,
					"external %s goes from segment %s to %s in one step, which AWS refuses: an attachment has one route table", name, was.Segment,
					in.Segment)
			case was.Name != name:
				for j, p := range in.CIDRs {
					if slices.ContainsFunc(was.CIDRs, func(o netip.Prefix) bool { return o == p }) {
						f.Errorf(file.Change, &in.CIDRs[j], "take it out of "+was.Name+" and deploy that first",
							"%s moves from external %s to %s in one step, and AWS refuses a second route", p, was.Name, name)
					}
				}
			}
		}
	}
}

// externals opens what the attachments that exist may do which they could not do before.
func (o *opens) externals() {
	for _, e := range o.hub.External {
		was := External{}
		if i := slices.IndexFunc(o.old.External, func(w External) bool { return w.Attachment == e.Attachment }); i >= 0 {
			was = o.old.External[i]
		}
		added := slices.DeleteFunc(slices.Clone(e.CIDRs), func(p netip.Prefix) bool { return slices.Contains(was.CIDRs, p) })
		for _, p := range added {
			o.add("range", "the endpoints and routes admit %s, of external %s (%s, segment %s)", p, e.Name, e.Attachment, e.Segment)
		}
		if peers := o.hub.Peers(e.Segment); len(peers) > 0 && (len(added) > 0 || was.Segment != e.Segment) {
			o.add("reach", "external %s (%s) reaches the members of %s", e.Name, e.Attachment, few(peers, "segments"))
		}
	}
}
