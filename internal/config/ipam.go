package config

import (
	"cmp"
	"slices"

	"sharedhub/internal/config/file"
	"sharedhub/internal/ranges"
)

// ipam decides which pools of AWS VPC IPAM a spoke's ranges are taken from. They follow from the range and not from the segment: a
// spoke that moves keeps its range, and AWS cannot change what a VPC was made of.
func (h *hubFile) ipam(s *spokeFile) {
	in, any := &s.in, false
	pools := make([]string, len(s.spoke.Ranges()))
	for i, r := range s.spoke.Ranges() {
		at := slices.IndexFunc(h.hub.Segments, func(seg Segment) bool { return seg.IPAM != "" && ranges.In(r, seg.Pools) })
		if at >= 0 {
			pools[i], any = h.hub.Segments[at].IPAM, true
		}
	}
	switch given := s.Given(&in.IPAM); {
	case given && !any:
		s.Warnf(file.Range, &in.IPAM, "leave the key out", "%s is in no pool with ipam", ranges.Join(s.spoke.Ranges()))
	case any && (in.IPAM || !given):
		s.spoke.IPAMPools = pools
	}
}

// changeIPAM refuses to take a range of a VPC that stands from another pool: AWS would replace the VPC.
func changeIPAM(f *file.File, old *Spoke, written *spokeFile) {
	s, at := written.spoke, any(&written.in.CIDR)
	for i, r := range s.Ranges() {
		j := slices.Index(old.Ranges(), r)
		if j < 0 {
			continue
		}
		was, is := old.ipamPool(j), s.ipamPool(i)
		if i > 0 {
			at = &written.in.SecondaryCIDRs[i-1]
		}
		switch {
		case was == is:
		case was == "":
			f.Errorf(file.Change, at, "write ipam: false: the range stays as it is, and IPAM finds it where the pool imports what stands "+
				"(auto-import)",
				"%s was not taken from an IPAM pool and is now to be from %s, which replaces what has it", r, is)
		default:
			f.Errorf(file.Change, at, "write the pool as it was: IPAM keeps the range until the spoke is taken away",
				"%s was taken from IPAM pool %s and is now to be from %s, which replaces what has it", r, was, cmp.Or(is, "none"))
		}
	}
}

func (s *Spoke) ipamPool(i int) string {
	if i < len(s.IPAMPools) {
		return s.IPAMPools[i]
	}
	return ""
}
