package config

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// Files of spokes come from many teams, the hub's file from its owners: what loosens what the hub says is for the hub's file to
// allow.

// rights refuses what the file of a spoke may not choose, and takes over what it may.
func (h *hubFile) rights(s *spokeFile, segment *Segment) {
	in, spoke := &s.in, s.spoke
	if len(segment.Accounts) > 0 && file.IsAccount(spoke.Account) && !slices.Contains(segment.Accounts, spoke.Account) {
		key, at := "segments."+segment.Name+".accounts", &h.in.Segments.Get(segment.Name).Accounts
		if len(*at) == 0 {
			key, at = "accounts", &h.in.Accounts
		}
		h.refuse(s, &in.Account, at, fmt.Sprintf("those that may are %s; the hub's owners add one to %s in %s",
			few(segment.Accounts, "accounts"), key, h.where()), "account %s may not join segment %s", spoke.Account, segment.Name)
	}
	outside := slices.ContainsFunc(spoke.Ranges(), func(r netip.Prefix) bool { return !ranges.In(r, segment.Pools) })
	if in.OutsidePool && outside && !segment.may("outsidePool") {
		h.refuseChoice(s, segment, &in.OutsidePool, "outsidePool", "take a range of its pools"+list(segment.Pools),
			"lie outside its pools")
	}
	if !h.hub.FlowLogs.Off() && spoke.FlowLogs != h.hub.FlowLogs && !segment.may("flowLogs") {
		h.refuseChoice(s, segment, &in.FlowLogs, "flowLogs", "take the key out, and the spoke has the hub's",
			"have other flow logs than the hub's")
	}
	spoke.Protect = segment.Protect
	if s.Given(&in.Protect) {
		spoke.Protect = in.Protect
		if segment.Protect && !in.Protect && !segment.may("protect") {
			h.refuseChoice(s, segment, &in.Protect, "protect", "take the key out", "go without protection from termination")
		}
	}
	for i := range in.Tags {
		t := &in.Tags[i]
		if value, has := h.hub.Tags[t.Key]; has && value != t.Value && !segment.may("tags") {
			h.refuseChoice(s, segment, &t.Key, "tags", fmt.Sprintf("take the tag out: the hub's is %q", diag.Clip(value)),
				diag.Sprintf("change the hub's tag %q", t.Key))
		}
	}
}

// strangers warns where a spoke's file alone decides which account is let in: there is neither an organization nor a list.
func (h *hubFile) strangers() {
	if h.hub.Organization.ID != "" || h.Failed(&h.in.Organization) {
		return
	}
	var segments, accounts []string
	for _, s := range h.hub.Spokes {
		segment := h.hub.Segment(s.Segment)
		if segment == nil || len(segment.Accounts) > 0 || !file.IsAccount(s.Account) {
			continue
		}
		if s.Account != h.hub.Account && !slices.Contains(segments, s.Segment) {
			segments = append(segments, s.Segment)
		}
		if quoted := fmt.Sprintf("%q", s.Account); !slices.Contains(accounts, quoted) {
			accounts = append(accounts, quoted)
		}
	}
	if len(segments) == 0 {
		return
	}
	slices.Sort(accounts)
	fix := fmt.Sprintf("write accounts: [%s], or organization: o-…, in %s", strings.Join(accounts, ", "), h.where())
	h.Warnf(file.Right, &h.in.Segments, fix, "hub %s has neither organization nor accounts: whoever writes a spoke's file of %s lets in "+
		"any account of AWS", h.hub.Name, few(segments, "segments"))
}

// list is ", 10.0.0.0/8" for the ranges of pools, or nothing.
func list(pools []netip.Prefix) string {
	if len(pools) == 0 {
		return ""
	}
	return ", " + few(ranges.Strings(pools), "ranges")
}

// orHubs are the accounts that a segment names, else those of its hub.
func orHubs(segment, hub []string) []string {
	if len(segment) > 0 {
		return segment
	}
	return hub
}

func (s *Segment) may(choose string) bool { return slices.Contains(s.SpokesMay, choose) }

// where is the hub's file, as its owners know it.
func (h *hubFile) where() string { return filepath.ToSlash(h.Path) }

func (h *hubFile) refuseChoice(s *spokeFile, segment *Segment, at any, right, fix, does string) {
	all := append(slices.Clone(segment.SpokesMay), right)
	h.refuse(s, at, &h.in.Segments.Get(segment.Name).SpokesMay,
		fmt.Sprintf("%s; the hub's owners allow it with segments.%s.spokesMay: [%s] in %s", fix, segment.Name, strings.Join(all, ", "),
			h.where()),
		"a spoke of segment %s may not %s", segment.Name, does)
}

// refuse reports what a spoke's file may not do, and where the hub's says so.
func (h *hubFile) refuse(s *spokeFile, at, allowed any, fix, format string, args ...any) {
	s.Errorf(file.Right, at, fix, format, args...).See = []diag.Related{{Where: h.Pos(allowed), Text: "the segment in hub " + h.hub.Name}}
}

// largestRange refuses ranges that are together larger than the segment allows.
func (h *hubFile) largestRange(s *spokeFile, segment *Segment) {
	if !possibleRange(segment.LargestRange) {
		return // none, or said
	}
	total, last := 0, &s.in.CIDR
	for i, r := range s.spoke.Ranges() {
		if r.Bits() < 0 || r.Bits() > 32 {
			return // said
		}
		total += 1 << (32 - r.Bits())
		if i > 0 {
			last = &s.in.SecondaryCIDRs[i-1]
		}
	}
	if most := 1 << (32 - segment.LargestRange); total > most {
		h.refuse(s, last, &h.in.Segments.Get(segment.Name).LargestRange,
			fmt.Sprintf("take smaller ranges; the hub's owners set segments.%s.largestRange in %s", segment.Name, h.where()),
			"%s has %d addresses, and a spoke of segment %s may have %d, a /%d", ranges.Join(s.spoke.Ranges()), total, segment.Name, most,
			segment.LargestRange)
	}
}

// keyRegion refuses a key of another region: CloudWatch Logs cannot use one (CloudWatch Logs user guide, "Encrypt log data in
// CloudWatch Logs using AWS Key Management Service").
func (h *hubFile) keyRegion(f *file.File, in *file.FlowLogs) {
	if parts := strings.Split(in.KMSKey, ":"); len(parts) == 6 && parts[3] != h.in.Region {
		f.Errorf(file.Value, &in.KMSKey, "name a key of "+h.in.Region, "the key is in %s, and the log groups are in %s", parts[3], h.in.Region)
	}
}
