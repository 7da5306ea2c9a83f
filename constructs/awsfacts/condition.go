package awsfacts

import (
	"slices"
	"strings"
)

// Operator is a condition operator taken apart: "ForAnyValue:StringNotLikeIfExists" is StringLike, negated, and passes where
// the request lacks the key.
type Operator struct {
	// Set is "ForAllValues", "ForAnyValue" or "".
	Set string
	// Base is the operator without prefix, suffix and Not: "StringLike", "Null".
	Base              string
	Negated, IfExists bool
}

// operators by name, with their negations (IAM guide, "IAM JSON policy elements: Condition operators").
var operators = func() map[string]Operator {
	out := map[string]Operator{"Null": {Base: "Null"}}
	for base, negation := range map[string]string{
		"StringEquals": "StringNotEquals", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase", "StringLike": "StringNotLike",
		"NumericEquals": "NumericNotEquals", "NumericLessThan": "", "NumericLessThanEquals": "",
		"NumericGreaterThan": "", "NumericGreaterThanEquals": "",
		"DateEquals": "DateNotEquals", "DateLessThan": "", "DateLessThanEquals": "", "DateGreaterThan": "", "DateGreaterThanEquals": "",
		"Bool": "", "BinaryEquals": "", "IpAddress": "NotIpAddress", "ArnEquals": "ArnNotEquals", "ArnLike": "ArnNotLike",
	} {
		for _, suffix := range []string{"", "IfExists"} {
			out[base+suffix] = Operator{Base: base, IfExists: suffix != ""}
			if negation != "" {
				out[negation+suffix] = Operator{Base: base, Negated: true, IfExists: suffix != ""}
			}
		}
	}
	return out
}()

// ParseOperator takes an operator apart; false for one that IAM does not have. Their names have case.
func ParseOperator(name string) (Operator, bool) {
	set, rest, prefixed := strings.Cut(name, ":")
	if !prefixed {
		set, rest = "", name
	}
	o, ok := operators[rest]
	if o.Set = set; prefixed {
		ok = ok && o.Base != "Null" && (set == "ForAllValues" || set == "ForAnyValue")
	}
	return o, ok
}

// ConditionKey is a condition key in one spelling: IAM compares keys without regard to case, but for what follows the
// slash of a tag's key, which this takes as equal too.
func ConditionKey(key string) string { return strings.ToLower(key) }

// SameKeys are the keys of one operator that say the same key in several spellings, sorted.
func SameKeys[V any](tests map[string]V) []string {
	seen := map[string][]string{}
	for key := range tests {
		seen[ConditionKey(key)] = append(seen[ConditionKey(key)], key)
	}
	var out []string
	for _, spelt := range seen {
		if len(spelt) > 1 {
			out = append(out, spelt...)
		}
	}
	slices.Sort(out)
	return out
}
