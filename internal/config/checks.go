package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/addressing"
	"sharedhub/internal/diag"
)

func checkAccount(f *File, path, s string) {
	if !account.MatchString(s) {
		f.errorf(path, "write the 12 digits in quotes, zeros in front included", "%q is not an account number", s)
	}
}

// privateRanges are RFC 1918 and RFC 6598 (carrier-grade NAT, which VPCs may use).
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}

// checkRange is false when the range cannot be a VPC's.
func checkRange(f *File, path string, p netip.Prefix, public bool) bool {
	if !p.IsValid() {
		return false
	}
	if p.Bits() < addressing.MinBits || p.Bits() > addressing.MaxBits {
		f.errorf(path, fmt.Sprintf("use /%d to /%d", addressing.MinBits, addressing.MaxBits), "a VPC cannot have a /%d", p.Bits())
		return false
	}
	return checkPrivate(f, path, p, public)
}

func checkPrivate(f *File, path string, p netip.Prefix, public bool) bool {
	private := slices.ContainsFunc(privateRanges, func(r netip.Prefix) bool { return within(p, r) })
	if !private && !public {
		f.errorf(path, "use a range of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10, or write allowPublicRanges: true in the hub's file", "%s is a public range", p)
		return false
	}
	return true
}

func checkFlowLogs(f *File, l *FlowLogs) {
	const path = "flowLogs"
	switch l.To {
	case "", "none":
	case "cloudwatch":
		if l.RetentionDays == 0 {
			l.RetentionDays = 30
		}
		if !slices.Contains(retentionDays, l.RetentionDays) {
			f.errorf(path+".retentionDays", strings.ReplaceAll(strings.Trim(fmt.Sprint("use one of ", retentionDays), "]"), "[", ""), "CloudWatch Logs cannot keep logs for %d days", l.RetentionDays)
		}
		if l.Bucket != "" {
			f.errorf(path+".bucket", "write to: s3, or take bucket out", "a bucket does not go with to: cloudwatch")
		}
	case "s3":
		if l.Bucket == "" {
			f.errorf(path, "write bucket: arn:aws:s3:::my-flow-logs", "flow logs to s3 need a bucket")
		} else if !bucketARN.MatchString(l.Bucket) {
			f.errorf(path+".bucket", "write the bucket's ARN, such as arn:aws:s3:::my-flow-logs", "%q is not a bucket's ARN", l.Bucket)
		}
		if l.RetentionDays != 0 {
			f.errorf(path+".retentionDays", "take it out: the bucket's lifecycle rules decide", "retentionDays does not go with to: s3")
		}
	default:
		oneOf(f, path+".to", l.To, "cloudwatch", "s3", "none")
	}
}

// reservedTags are set by the program itself.
var reservedTags = []string{"Name", "hub", "segment", "spoke"}

func checkTags(f *File, tags Map[string]) {
	for _, t := range tags {
		at := keyPath("tags", t.Key)
		switch {
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			f.errorf(at, "use another prefix", "tag %q: aws: is AWS's own prefix", t.Key)
		case slices.Contains(reservedTags, t.Key):
			f.errorf(at, "use another name", "tag %q is set by the program", t.Key)
		case len(t.Key) == 0 || len(t.Key) > 128 || len(t.Value) > 256:
			f.errorf(at, "a key has 1 to 128 characters, a value at most 256", "tag %.20q is too long", t.Key)
		}
	}
	if len(tags) > 40 {
		f.errorf("tags", "AWS allows 50 a resource, and some are the program's", "%d tags are too many", len(tags))
	}
}

func oneOf(f *File, path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		f.errorf(path, didYouMeanOr(value, allowed, "write "+strings.Join(allowed, " or ")), "%q is not possible here", value)
	}
}

func didYouMeanOr(word string, candidates []string, otherwise string) string {
	return cmp.Or(diag.DidYouMean(word, candidates), otherwise)
}

func nameFix(limit int) string {
	return fmt.Sprintf("use lower-case words of letters and digits, each beginning with a letter, joined by single dashes, %d characters at most", limit)
}

func slots(zones []AZ) []int {
	out := make([]int, len(zones))
	for i, z := range zones {
		out[i] = z.Slot
	}
	return out
}

// families are the ranges of which a VPC may have one, and a VPC outside them none (VPC guide, "IPv4 CIDR block
// association restrictions").
var families = []netip.Prefix{privateRanges[0], privateRanges[1], privateRanges[2], netip.MustParsePrefix("198.19.0.0/16")}

// mixes says which further range a VPC may have, where a wanted one is refused; "" where it is not (the same page).
func mixes(primary, secondary netip.Prefix) string {
	family := func(p netip.Prefix) int {
		return slices.IndexFunc(families, func(r netip.Prefix) bool { return within(p, r) })
	}
	first, second := family(primary), family(secondary)
	low, lowest := netip.MustParsePrefix("10.0.0.0/15"), netip.MustParsePrefix("10.0.0.0/16")
	switch {
	case first >= 0 && second >= 0 && first != second:
		return fmt.Sprintf("take one of %s, or of 100.64.0.0/10", families[first])
	case first < 0 && second >= 0:
		return fmt.Sprintf("take one outside %s", list(families))
	case within(primary, low) && within(secondary, lowest):
		return fmt.Sprintf("take one outside %s, which AWS refuses to VPCs of %s", lowest, low)
	}
	return ""
}

func within(inner, outer netip.Prefix) bool {
	return outer.IsValid() && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

func comparePrefixes(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

func sortPrefixes(p []netip.Prefix) { slices.SortFunc(p, comparePrefixes) }

func list(p []netip.Prefix) string {
	s := make([]string, len(p))
	for i := range p {
		s[i] = p[i].String()
	}
	return strings.Join(s, ", ")
}
