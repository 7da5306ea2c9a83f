package file

import (
	"net/netip"
	"strings"

	"sharedhub/internal/diag"
)

// Kinds are the values of external.<name>.kind, as EC2 names them. Connect attachments take no static routes (Transit Gateway guide,
// "Transit gateway Connect attachments").
var Kinds = []string{"vpn", "direct-connect-gateway", "peering", "vpc"}

// checkExternal checks the attachments that exist: each once, in a segment, with ranges that nobody else of the hub's file has.
func (h *Hub) checkExternal(f *File) {
	taken := h.rangesTaken(f)
	attached := map[string]*string{}
	for i := range h.External {
		name, e := &h.External[i].Key, &h.External[i].Value
		if !word.MatchString(*name) || len(*name) > maxSegmentName {
			f.Errorf(Value, name, nameFix(maxSegmentName), "%q cannot name an attachment", *name)
		}
		if !attachmentID.MatchString(e.Attachment) {
			f.Errorf(Value, &e.Attachment, "write the id that EC2 shows, such as tgw-attach-0123456789abcdef0",
				"%q is not the id of a Transit Gateway's attachment", e.Attachment)
		} else if first := attached[e.Attachment]; first != nil {
			f.Errorf(Value, &e.Attachment, "keep one of them, with the ranges of both", "%s and %s are one attachment, %s", *first, *name,
				e.Attachment)
		} else {
			attached[e.Attachment] = name
		}
		if len(h.Segments) > 0 && h.Segments.Get(e.Segment) == nil {
			f.Errorf(Reference, &e.Segment, h.SegmentFix(e.Segment), "segment %q does not exist", e.Segment)
		}
		oneOf(f, &e.Kind, Kinds...)
		if f.Given(&e.Account) {
			checkAccount(f, &e.Account)
		}
		if f.Given(&e.CIDRs) && len(e.CIDRs) == 0 {
			f.Errorf(Value, &e.CIDRs, "write the ranges behind it, such as cidrs: [192.168.0.0/16]", "nothing lies behind %s", *name)
		}
		for j := range e.CIDRs {
			p := &e.CIDRs[j]
			if h.checkExternalRange(f, p, taken) {
				taken = append(taken, takenRange{p, "external " + *name})
			}
		}
	}
}

// takenRange is a range of the hub's file, and whose it is.
type takenRange struct {
	at  *netip.Prefix
	who string
}

// rangesTaken are those that no external attachment may have.
func (h *Hub) rangesTaken(f *File) []takenRange {
	out := []takenRange{{&h.VPC.CIDR, "the hub's VPC"}}
	for i := range h.Pools {
		for j := range h.Pools[i].Value.CIDRs {
			out = append(out, takenRange{&h.Pools[i].Value.CIDRs[j], "the pool of segment " + h.Pools[i].Key})
		}
	}
	for i := range h.Reserved {
		for j := range h.Reserved[i].Value {
			out = append(out, takenRange{&h.Reserved[i].Value[j], "the ranges reserved for " + h.Reserved[i].Key})
		}
	}
	return out
}

// checkExternalRange is false for a range that is the internet's, or somebody else's.
func (h *Hub) checkExternalRange(f *File, p *netip.Prefix, taken []takenRange) bool {
	if !p.IsValid() {
		return false // said
	}
	if p.Bits() == 0 {
		f.Errorf(Range, p, "name the ranges of your own networks behind it", "%s is every address, and a hub routes no internet", p)
		return false
	}
	if !checkPrivate(f, p, h.AllowPublicRanges) {
		return false
	}
	for _, t := range taken {
		if !t.at.IsValid() || !t.at.Overlaps(*p) {
			continue
		}
		fix := "name only what lies behind the attachment: routes are made for whole pools"
		switch {
		case strings.HasPrefix(t.who, "external "):
			fix = "take it out of one: a static route leads to one attachment, and fails over to no other (docs/EXISTING.md)"
		case strings.HasPrefix(t.who, "the ranges"):
			fix = "take it out of reserved: no spoke may have a range of external either"
		}
		f.Errorf(Range, p, fix, "%s overlaps %s of %s", p, t.at, t.who).See = []diag.Related{{Where: f.Pos(t.at), Text: t.who}}
		return false
	}
	return true
}
