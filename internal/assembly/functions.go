package assembly

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

func (r *resolver) sub(s *Stack, arg any, path string) any {
	text, vars := "", map[string]any{}
	switch a := arg.(type) {
	case string:
		text = a
	case []any:
		if len(a) == 2 {
			text, _ = a[0].(string)
			vars, _ = a[1].(map[string]any)
		}
	default:
		fail(s, path, "takes text, not %s", show(arg))
	}
	size := len(text)
	return placeholder.ReplaceAllStringFunc(text, func(m string) (value string) {
		defer func() {
			size += len(value)
			limit(s, path, size)
		}()
		name := m[2 : len(m)-1]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			return "${" + literal + "}"
		}
		if v, ok := vars[name]; ok {
			return r.text(s, v, path)
		}
		if id, attr, ok := strings.Cut(name, "."); ok {
			return toText(s, r.getAtt(s, []any{id, attr}, path), path)
		}
		return toText(s, r.ref(s, name, path), path)
	})
}

func (r *resolver) findInMap(s *Stack, args []any, path string) any {
	var m any = section(s, "Mappings")
	for _, a := range args[:min(3, len(args))] {
		key := r.text(s, a, path)
		if Symbolic(key) {
			return derived(key, "|map")
		}
		level, _ := m.(map[string]any)
		next, ok := level[key]
		if !ok {
			if len(args) == 4 {
				if d, ok := args[3].(map[string]any); ok && d["DefaultValue"] != nil {
					return r.value(s, d["DefaultValue"], path)
				}
			}
			fail(s, path, "there is no %q in the mapping", key)
		}
		m = next
	}
	return m
}

func (r *resolver) cidr(s *Stack, args []any, path string) any {
	block, err := netip.ParsePrefix(r.text(s, args[0], path))
	if err != nil {
		if t := r.text(s, args[0], path); Symbolic(t) {
			return derived(t, "|cidr")
		}
		fail(s, path, "%s is not a range", show(args[0]))
	}
	count, err := strconv.Atoi(r.text(s, args[1], path))
	bits := 0
	if len(args) > 2 {
		bits, _ = strconv.Atoi(r.text(s, args[2], path))
	}
	length := block.Addr().BitLen() - bits
	if err != nil || count < 1 || count > 256 || length < block.Bits() || length > block.Addr().BitLen() || !block.Addr().Is4() {
		fail(s, path, "cannot cut %s into %s ranges of %d bits", block, show(args[1]), bits)
	}
	var out []any
	at := block.Masked().Addr()
	for range count {
		if !block.Contains(at) {
			fail(s, path, "%s does not hold %d ranges of %d bits", block, count, bits)
		}
		out = append(out, netip.PrefixFrom(at, length).String())
		a := at.As4()
		n := uint64(a[0])<<24 | uint64(a[1])<<16 | uint64(a[2])<<8 | uint64(a[3])
		if n += 1 << (32 - length); n > 1<<32-1 {
			at = netip.Addr{}
			continue
		}
		at = netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
	}
	return out
}

// text is a value as text.
func (r *resolver) text(s *Stack, v any, path string) string {
	return toText(s, r.value(s, v, path), path)
}

func toText(s *Stack, v any, path string) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case nil:
		return ""
	}
	fail(s, path, "%s stands where text is meant", show(v))
	return ""
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil || len(b) > 80 {
		return fmt.Sprintf("%.80s…", b)
	}
	return string(b)
}
