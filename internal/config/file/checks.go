package file

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sharedhub/constructs/addressing"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
)

// word is for names that become part of logical ids, which hold letters and digits only: no digit may follow a dash, or a-1
// and a1 would be one.
var word = lazy(`^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$`)

// IsAccount is true for an account's number.
func IsAccount(s string) bool { return account.MatchString(s) }

func checkAccount(f *File, s *string) {
	if !IsAccount(*s) {
		f.Errorf(Value, s, "write the 12 digits in quotes, zeros in front included", "%q is not an account number", *s)
	}
}

// CheckVPCRange is false when the range cannot be a VPC's.
func CheckVPCRange(f *File, p *netip.Prefix, public bool) bool {
	if !p.IsValid() {
		return false // said
	}
	if p.Bits() < addressing.MinBits || p.Bits() > addressing.MaxBits {
		f.Errorf(Range, p, fmt.Sprintf("use /%d to /%d", addressing.MinBits, addressing.MaxBits), "a VPC cannot have a /%d", p.Bits())
		return false
	}
	return checkPrivate(f, p, public)
}

// noHosts are ranges that no host of a network has: this network, loopback, link-local with the instances' metadata, and multicast
// (RFC 6890, RFC 5771).
var noHosts = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("224.0.0.0/4")}

func checkPrivate(f *File, p *netip.Prefix, public bool) bool {
	if i := slices.IndexFunc(noHosts, p.Overlaps); i >= 0 && p.Bits() > 0 {
		f.Errorf(Range, p, "use a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
			"%s has addresses of %s, which no host of a network may have", p, noHosts[i])
		return false
	}
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
	if len(*tags) > MaxTags {
		f.Errorf(Quota, tags, tagsFix, "%d tags are too many", len(*tags))
		return
	}
	seen := map[string]*string{}
	for _, r := range reservedTags {
		seen[TagKey(r)] = nil
	}
	for i, t := range *tags {
		key := &(*tags)[i].Key
		first, taken := seen[TagKey(t.Key)]
		switch {
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			f.Errorf(Value, key, "use another prefix", "tag %q: aws: is AWS's own prefix", t.Key)
		case strings.HasPrefix(strings.ToLower(t.Value), "aws:"):
			f.Errorf(Value, &(*tags)[i].Value, "use another value", "tag %q: aws: is AWS's own prefix", t.Key)
		case taken && first == nil:
			f.Errorf(Value, key, "use another name", "tag %q is set by the program", t.Key)
		case taken:
			f.Errorf(Value, key, "keep one of them", "tags %q and %q are one to IAM, which knows no case", *first, t.Key).
				See = []diag.Related{{Where: f.Pos(first), Text: "first given here"}}
		case strings.TrimSpace(t.Key) == "":
			f.Errorf(Value, key, tagLengths, "a tag has no key")
		case strings.TrimSpace(t.Key) != t.Key:
			f.Errorf(Value, key, "take the spaces out", "tag %q begins or ends with a space, and reads like another", t.Key)
		case utf8.RuneCountInString(t.Key) > 128 || utf8.RuneCountInString(t.Value) > 256:
			f.Errorf(Value, key, tagLengths, "tag %q is too long", t.Key)
		case !tagText(t.Key):
			f.Errorf(Value, key, tagCharacters, "tag %q: AWS does not take all its characters", t.Key)
		case !tagText(t.Value):
			f.Errorf(Value, &(*tags)[i].Value, tagCharacters, "tag %q: AWS does not take all characters of %q", t.Key, t.Value)
		}
		if !taken {
			seen[TagKey(t.Key)] = key
		}
	}
}

// MaxTags is how many tags the files may give a resource: AWS takes 50, and the program sets its own.
var MaxTags = awsTags - len(reservedTags)

const awsTags = 50

var (
	tagsFix = fmt.Sprintf("keep %d: AWS takes %d, and %s are the program's", MaxTags, awsTags, strings.Join(reservedTags, ", "))
)

// tagText is true where AWS takes all characters (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html).
func tagText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r)
	}) < 0
}

const (
	tagLengths    = "a key has 1 to 128 characters, a value at most 256"
	tagCharacters = "use letters, digits, spaces and _.:/=+-@"
)

// TagKey is equal for keys that IAM takes for one, because they differ in case only.
func TagKey(key string) string { return strings.ToLower(strings.ToUpper(key)) }

// MergeTags checks a spoke's tags together with its hub's, which each of the spoke's resources has too.
func MergeTags(spoke *File, tags *Map[string], hub *File, hubTags *Map[string]) {
	of := map[string]*string{}
	for i := range *hubTags {
		of[TagKey((*hubTags)[i].Key)] = &(*hubTags)[i].Key
	}
	all := len(of)
	for i := range *tags {
		key := &(*tags)[i].Key
		switch first := of[TagKey(*key)]; {
		case first == nil:
			all++
		case *first != *key:
			spoke.Errorf(Value, key, "write it as the hub does, or use another name",
				"tags %q and the hub's %q are one to IAM, which knows no case", *key, *first).
				See = []diag.Related{{Where: hub.Pos(first), Text: "the hub's"}}
		}
	}
	if all > MaxTags && len(*tags) <= MaxTags && len(*hubTags) <= MaxTags {
		spoke.Errorf(Quota, tags, tagsFix, "%d tags with the hub's %d are too many", all, len(*hubTags)).
			See = []diag.Related{{Where: hub.Pos(hubTags), Text: "the hub's"}}
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
