package config

import (
	"fmt"
	"net/netip"

	"sharedhub/constructs/addressing"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// usualBits is the length of the range that is suggested where no spoke of the segment says what is usual.
const usualBits = 22

// free is a range that nothing of the hub has, of a segment's pools, which is then taken for the next suggestion; "" where the
// pools are full. Of length 0, it has that of the segment's spokes.
func (r *resolver) free(h *hubFile, segment string, bits int) string {
	pools := h.in.Pools.Get(segment)
	if pools == nil || bits != 0 && !possibleRange(bits) {
		return ""
	}
	taken := append([]netip.Prefix{h.in.VPC.CIDR}, r.suggested...)
	for _, u := range h.reserved() {
		taken = append(taken, *u.at)
	}
	count := map[int]int{}
	for _, s := range r.written {
		if s.in.Hub != h.hub.Name {
			continue
		}
		taken = append(append(append(taken, s.in.CIDR), s.in.SecondaryCIDRs...), s.in.UnroutedCIDRs...)
		if s.in.Segment == segment && s.in.CIDR.IsValid() {
			count[s.in.CIDR.Bits()]++
		}
	}
	if bits == 0 {
		bits = usualBits
		for b := addressing.MinBits; b <= addressing.MaxBits; b++ {
			if count[b] > count[bits] {
				bits = b
			}
		}
	}
	p, ok := ranges.Lowest(pools.CIDRs, taken, bits)
	if !ok {
		return ""
	}
	r.suggested = append(r.suggested, p)
	return p.String()
}

// isFree is free as the end of a sentence.
func (r *resolver) isFree(h *hubFile, segment string, bits int) string {
	if p := r.free(h, segment, bits); p != "" {
		return "; " + p + " is free"
	}
	return ""
}

// missingRanges tells spokes without a range which one is free.
func (r *resolver) missingRanges() {
	for _, s := range r.written {
		for i := range *r.diags {
			d := &(*r.diags)[i]
			at, _ := d.Where.(diag.Position)
			if at.File != s.Path || d.Code != file.Key || d.Summary != `"cidr" is missing` {
				continue
			}
			h := r.hubOf(s.in.Hub)
			if h == nil || h.in.Pools.Get(s.in.Segment) == nil {
				d.Fix = "write cidr: …, a range of the segment's pools"
			} else if p := r.free(h, s.in.Segment, 0); p != "" {
				d.Fix = fmt.Sprintf("write cidr: %s, which is free in the pools of segment %s", p, s.in.Segment)
			} else {
				d.Fix = "add a range to the pools of segment " + s.in.Segment + ", which are full, and take one of it"
			}
		}
	}
}

// hubOf finds a hub by its name, one whose file could be decoded in part only included; nil where there is none.
func (r *resolver) hubOf(name string) *hubFile {
	for _, hubs := range [][]*hubFile{r.hubs, r.partHubs} {
		for _, h := range hubs {
			if h.hub.Name == name {
				return h
			}
		}
	}
	return nil
}
