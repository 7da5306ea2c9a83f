package file

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/addressing"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// word is for names that become part of logical ids, which hold letters and digits only: no digit may follow a dash, or a-1
// and a1 would be one.
var word = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$`)

func checkAccount(f *File, s *string) {
	if !account.MatchString(*s) {
		f.Errorf(Value, s, "write the 12 digits in quotes, zeros in front included", "%q is not an account number", *s)
	}
}

// CheckVPCRange is false when the range cannot be a VPC's.
func CheckVPCRange(f *File, p *netip.Prefix, public bool) bool {
	if p.Bits() < addressing.MinBits || p.Bits() > addressing.MaxBits {
		f.Errorf(Range, p, fmt.Sprintf("use /%d to /%d", addressing.MinBits, addressing.MaxBits), "a VPC cannot have a /%d", p.Bits())
		return false
	}
	return checkPrivate(f, p, public)
}

func checkPrivate(f *File, p *netip.Prefix, public bool) bool {
	if public || ranges.In(*p, ranges.Private) {
		return true
	}
	f.Errorf(Range, p, "use a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10, "+
		"or write allowPublicRanges: true in the hub's file", "%s is a public range", p)
	return false
}

// reservedTags are set by the program itself.
var reservedTags = []string{"Name", "hub", "segment", "spoke"}

func checkTags(f *File, tags *Map[string]) {
	for i, t := range *tags {
		key := &(*tags)[i].Key
		switch {
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			f.Errorf(Value, key, "use another prefix", "tag %q: aws: is AWS's own prefix", t.Key)
		case slices.Contains(reservedTags, t.Key):
			f.Errorf(Value, key, "use another name", "tag %q is set by the program", t.Key)
		case len(t.Key) == 0 || len(t.Key) > 128 || len(t.Value) > 256:
			f.Errorf(Value, key, "a key has 1 to 128 characters, a value at most 256", "tag %q is too long", t.Key)
		}
	}
	if len(*tags) > 40 {
		f.Errorf(Quota, tags, "AWS allows 50 a resource, and some are the program's", "%d tags are too many", len(*tags))
	}
}

// oneOf checks a value that the file need not have.
func oneOf(f *File, value *string, allowed ...string) {
	if *value != "" && !slices.Contains(allowed, *value) {
		f.Errorf(Value, value, diag.DidYouMean(*value, allowed), "%q is not one of %s", *value, strings.Join(allowed, ", "))
	}
}

// DidYouMeanOr asks whether one of the candidates is meant, or says something else where none is near.
func DidYouMeanOr(wrong string, candidates []string, otherwise string) string {
	return cmp.Or(diag.DidYouMean(wrong, candidates), otherwise)
}

func nameFix(limit int) string {
	return fmt.Sprintf("use lower-case words of letters and digits, each beginning with a letter, joined by single dashes, "+
		"%d characters at most", limit)
}
