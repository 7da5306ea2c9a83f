package assembly

import "strings"

// split cuts text at a separator; a symbol in it stays whole. A symbol alone becomes the list that it was joined of or, where it
// is one id, a list of that; else a symbolic list. The CDK hands a list to another stack as "||"-joined text, which that splits.
func (r *resolver) split(sep, t string) any {
	inner, ok := alone(t)
	if !ok {
		return split(sep, t)
	}
	if list, ok := strings.CutSuffix(inner, "|join("+sep+")"); ok {
		if _, lacks := r.lacks(list, sep); lacks {
			return symbolOpen + list + symbolClose
		}
	}
	if list, lacks := r.lacks(inner, sep); lacks && !list {
		return []any{t}
	}
	return derived(t, "|split("+sep+")")
}

// join is the text of a symbolic list.
func (r *resolver) join(sep, list string) string {
	if inner, ok := alone(list); ok {
		if text, ok := strings.CutSuffix(inner, "|split("+sep+")"); ok {
			return symbolOpen + text + symbolClose
		}
	}
	return derived(list, "|join("+sep+")")
}

// alone is what stands in a symbol with no text around it.
func alone(t string) (inner string, ok bool) {
	inner, ok = strings.CutSuffix(t, symbolClose)
	return strings.TrimPrefix(inner, symbolOpen), ok && strings.HasPrefix(t, symbolOpen) && strings.Count(t, symbolOpen) == 1
}

// lacks says of the inside of a symbol that no text that it can stand for, and no element of such a list, holds a separator, and
// whether it may be a list.
func (r *resolver) lacks(inner, sep string) (list, lacks bool) {
	for _, op := range []string{"|join(", "|base64", "|map", "|cidr"} {
		if strings.Contains(inner, op) {
			return true, false
		}
	}
	what := inner
	if i := strings.IndexAny(inner, "|["); i >= 0 {
		what = inner[:i]
	}
	if strings.HasPrefix(what, "zones:") {
		return !strings.HasSuffix(inner, "]"), outsideNames(sep)
	}
	at := max(strings.LastIndex(what, "/"), 0)
	s := r.ids[what[:at]]
	if s == nil {
		return true, false
	}
	id, attribute, _ := strings.Cut(strings.TrimPrefix(what[at:], "/"), ".")
	if p, ok := section(s, "Parameters")[id].(map[string]any); ok {
		typ, _ := p["Type"].(string)
		list = listType(typ)
		return list && !strings.HasSuffix(inner, "]"),
			strings.Contains(typ, "AWS::EC2::") && outsideNames(sep) || list && strings.Contains(sep, ",")
	}
	res, _ := section(s, "Resources")[id].(map[string]any)
	typ, _ := res["Type"].(string)
	list = strings.HasSuffix(attribute, "s") && !strings.HasSuffix(inner, "]") // DnsEntries, NameServers
	return list || strings.HasSuffix(inner, ")"), idAttributes[typ] != "" && outsideNames(sep)
}

// outsideNames is true for a separator that no id, ARN, address or DNS name holds, nor an endpoint's DNS entry. AWS gives the
// types that have an id nothing else as attributes; text that a user writes is a property, and is known.
func outsideNames(sep string) bool {
	return strings.ContainsFunc(sep, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(`-._:/*\`, c))
	})
}

// listType is true for a parameter whose value is a list, written with commas.
func listType(typ string) bool {
	typ = strings.TrimPrefix(typ, "AWS::SSM::Parameter::Value<")
	return strings.HasPrefix(typ, "List<") || strings.HasPrefix(typ, "CommaDelimitedList")
}
