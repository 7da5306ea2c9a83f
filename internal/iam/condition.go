package iam

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sharedhub/constructs/awsfacts"
)

// compares has a function for each operator without prefix, suffix and Not: whether a value of the request fits one of the
// policy's.
var compares = map[string]func(policy pattern, value string) Truth{
	"StringEquals": func(p pattern, v string) Truth { return p.text().match(v) },
	"StringEqualsIgnoreCase": func(p pattern, v string) Truth {
		return p.text().fold().match(strings.ToLower(v))
	},
	"StringLike":               pattern.match,
	"ArnEquals":                matchARN, // the two are the same
	"ArnLike":                  matchARN,
	"NumericEquals":            numeric(func(c int) bool { return c == 0 }),
	"NumericLessThan":          numeric(func(c int) bool { return c < 0 }),
	"NumericLessThanEquals":    numeric(func(c int) bool { return c <= 0 }),
	"NumericGreaterThan":       numeric(func(c int) bool { return c > 0 }),
	"NumericGreaterThanEquals": numeric(func(c int) bool { return c >= 0 }),
	"DateEquals":               date(func(c int) bool { return c == 0 }),
	"DateLessThan":             date(func(c int) bool { return c < 0 }),
	"DateLessThanEquals":       date(func(c int) bool { return c <= 0 }),
	"DateGreaterThan":          date(func(c int) bool { return c > 0 }),
	"DateGreaterThanEquals":    date(func(c int) bool { return c >= 0 }),
	"Bool":                     func(p pattern, v string) Truth { return p.text().fold().match(strings.ToLower(v)) },
	"BinaryEquals":             decided(binaryEquals),
	"IpAddress":                decided(inRange),
}

// text is a pattern without wildcards.
func (p pattern) text() pattern {
	out := slices.Clone(p)
	for i := range out {
		out[i].wild = false
	}
	return out
}

// decided compares two values that must both be known.
func decided(holds func(policy, value string) (bool, error)) func(pattern, string) Truth {
	return func(p pattern, v string) Truth {
		if opaque(p.String()) || opaque(v) {
			return Maybe
		}
		ok, err := holds(p.String(), v)
		if err != nil {
			return Maybe // IAM would have refused the policy
		}
		return truth(ok)
	}
}

func numeric(holds func(int) bool) func(pattern, string) Truth {
	return decided(func(policy, value string) (bool, error) {
		p, okP := new(big.Rat).SetString(bounded(policy))
		v, okV := new(big.Rat).SetString(bounded(value))
		if !okP || !okV {
			return false, fmt.Errorf("%q or %q is no number", policy, value)
		}
		return holds(v.Cmp(p)), nil
	})
}

var number = regexp.MustCompile(`^[+-]?[0-9]{1,30}(\.[0-9]{1,30})?$`)

// bounded keeps exponents out, which could be of any size.
func bounded(s string) string {
	if !number.MatchString(s) {
		return ""
	}
	return s
}

func date(holds func(int) bool) func(pattern, string) Truth {
	return decided(func(policy, value string) (bool, error) {
		p, err := instant(policy)
		if err != nil {
			return false, err
		}
		v, err := instant(value)
		return err == nil && holds(v.Compare(p)), err
	})
}

// instant is a date of ISO 8601, or seconds since 1970 (IAM guide, "Date condition operators").
func instant(s string) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > 4 {
		return time.Unix(n, 0), nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700",
		"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date", s)
}

func binaryEquals(policy, value string) (bool, error) {
	p, err := base64.StdEncoding.DecodeString(policy)
	if err != nil {
		return false, err
	}
	v, err := base64.StdEncoding.DecodeString(value)
	return err == nil && string(p) == string(v), err
}

func inRange(policy, value string) (bool, error) {
	p, err := netip.ParsePrefix(policy)
	if err != nil {
		a, err := netip.ParseAddr(policy)
		if err != nil {
			return false, err
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	v, err := netip.ParseAddr(value)
	if err == nil && p.Contains(v) != p.Contains(v.Unmap()) {
		return false, fmt.Errorf("%s is an IPv4 address in IPv6's form, which the IAM guide does not speak of", value)
	}
	return err == nil && p.Contains(v), err
}

// holds decides one test of a condition: an operator, a key in lower case, and the policy's values.
func (e *evaluation) holds(op, key string, values []string) Truth {
	o, ok := awsfacts.ParseOperator(op)
	if !ok {
		return e.unknown("IAM has no condition operator " + op)
	}
	have, known := e.request.value(key)
	if !known {
		return e.unknown("whether the request holds condition key " + key)
	}
	absent := len(have) == 0
	// An empty text counts as no value here (IAM guide, "Set operators for multivalued context keys": "a null dataset").
	null := absent || len(have) == 1 && have[0] == ""
	if o.Base == "Null" {
		if len(values) != 1 || values[0] != "true" && values[0] != "false" {
			return e.unknown("what Null of " + strings.Join(values, ", ") + " means")
		}
		return truth(null == (values[0] == "true"))
	}
	if null && o.Set == "ForAllValues" {
		return Yes
	}
	if absent {
		switch {
		case o.IfExists:
			return Yes
		case o.Set == "ForAnyValue":
			return No
		}
		return truth(o.Negated)
	}
	var results []Truth
	for _, v := range have {
		fits := No
		for _, w := range values {
			p, decided := e.expand(w)
			if decided == Yes {
				decided = compares[o.Base](p, v)
			}
			fits = max(fits, decided)
		}
		if o.Negated {
			fits = fits.not()
		}
		results = append(results, fits)
	}
	least, most := slices.Min(results), slices.Max(results)
	switch {
	case o.Set == "ForAllValues":
		return e.why(least, key)
	case o.Set == "ForAnyValue" || least == most:
		return e.why(most, key)
	}
	return e.unknown("what several values of " + key + " mean without ForAllValues or ForAnyValue")
}

func (e *evaluation) why(t Truth, key string) Truth {
	if t == Maybe {
		e.unknown("the value that a policy compares condition key " + key + " with")
	}
	return t
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// expand puts the request's values for policy variables (IAM guide, "IAM policy elements: Variables and tags"). No: there
// is nothing to put, so nothing fits. Before version 2012-10-17 a variable was text.
func (e *evaluation) expand(s string) (pattern, Truth) {
	if e.version != "2012-10-17" || !strings.Contains(s, "${") {
		return parsePattern(s), Yes
	}
	var out pattern
	at := 0
	for _, m := range variable.FindAllStringSubmatchIndex(s, -1) {
		out = append(out, parsePattern(s[at:m[0]])...)
		at = m[1]
		name, fallback, hasFallback := strings.Cut(s[m[2]:m[3]], ",")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "*" || name == "?" || name == "$" {
			out = append(out, literal(name)...)
			continue
		}
		have, known := e.request.value(name)
		switch {
		case !known:
			return nil, e.unknown("the value of policy variable " + name)
		case len(have) == 1:
			out = append(out, literal(have[0])...)
		case len(have) == 0 && hasFallback:
			out = append(out, literal(strings.Trim(strings.TrimSpace(fallback), "'"))...)
		case len(have) == 0:
			return nil, No
		default:
			return nil, e.unknown("the value of policy variable " + name + ", which has several")
		}
	}
	return append(out, parsePattern(s[at:])...), Yes
}
