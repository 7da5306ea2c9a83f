package config

import (
	"net/netip"

	"sharedhub/internal/config/file"
)

// WrittenHub is a hub's file as it is written.
type WrittenHub struct {
	Name, Path string
	// In is what the file says; nothing where it cannot be relied on.
	In *file.Hub
	// Readable is false where nothing in the file can be relied on.
	Readable bool
}

// WrittenSpoke is a spoke's file as it is written.
type WrittenSpoke struct {
	Name, Path string
	In         *file.Spoke
	Readable   bool
	// SaysProtect is true where the file has the key protect, whatever its value.
	SaysProtect bool
}

// Hubs are the hubs' files, sorted by name.
func (w *Written) Hubs() []WrittenHub {
	out := make([]WrittenHub, len(w.hubs))
	for i, f := range w.hubs {
		out[i] = WrittenHub{f.stem, f.hub.Path, &f.hub.in, f.ok}
	}
	return out
}

// Spokes are the spokes' files, sorted by name.
func (w *Written) Spokes() []WrittenSpoke {
	out := make([]WrittenSpoke, len(w.spokes))
	for i, f := range w.spokes {
		out[i] = WrittenSpoke{f.stem, f.spoke.Path, &f.spoke.in, f.ok, f.spoke.Given(&f.spoke.in.Protect)}
	}
	return out
}

// Ranges are all that the file names, those that are not routed last.
func (s WrittenSpoke) Ranges() []netip.Prefix {
	var out []netip.Prefix
	if s.In.CIDR.IsValid() {
		out = append(out, s.In.CIDR)
	}
	return append(append(out, s.In.SecondaryCIDRs...), s.In.UnroutedCIDRs...)
}

// Folder is what can be said of the folder itself: an error where there is none.
func (w *Written) Folder() error {
	if w.root == nil {
		return w.diags
	}
	return nil
}

// SpokeName says why a word cannot name a spoke; "" where it can.
func SpokeName(name string) string {
	switch {
	case !nameRule.MatchString(name):
		return "use a letter, then lower-case letters, digits and single dashes"
	case len(name) > maxSpokeName:
		return "use 30 characters at most"
	}
	return ""
}

// HubName says why a word cannot name a hub; "" where it can.
func HubName(name string) string {
	switch {
	case !nameRule.MatchString(name):
		return "use a letter, then lower-case letters, digits and single dashes"
	case len(name) > maxHubName:
		return "use 20 characters at most"
	}
	return ""
}

// SegmentName says why a word cannot name a segment; "" where it can.
func SegmentName(name string) string { return file.SegmentName(name) }

// IsOrganization is true for an organization's id.
func IsOrganization(id string) bool { return file.IsOrganization(id) }

// IsAccount is true for an account's number.
func IsAccount(s string) bool { return file.IsAccount(s) }

// IsVPC is true for the id of a VPC.
func IsVPC(id string) bool { return file.IsVPC(id) }
