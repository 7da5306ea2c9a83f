package assembly

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// plain is true for a value in which nothing is carried out. It is not copied, so nobody may change it.
func plain(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return !strings.Contains(v, dynamicOpen)
	case []any:
		for _, e := range v {
			if !plain(e) {
				return false
			}
		}
	case map[string]any:
		for k, e := range v {
			if k == "Ref" || strings.HasPrefix(k, "Fn::") || !plain(e) {
				return false
			}
		}
	}
	return true
}

// value carries out what is in a value. A nil result is AWS::NoValue: the property is as good as absent.
func (r *resolver) value(s *Stack, v any, path string) any {
	if plain(v) {
		return v
	}
	switch v := v.(type) {
	case []any:
		return r.list(s, v, path)
	case map[string]any:
		if len(v) == 1 {
			for k, arg := range v {
				if k == "Ref" || strings.HasPrefix(k, "Fn::") {
					return r.call(s, k, arg, path+"."+k)
				}
			}
		}
		out := make(map[string]any, len(v))
		for _, k := range keys(v) {
			e := v[k]
			if written(k) {
				out[k] = r.note(s, path+"."+k, k+" is carried out by CloudFormation", e)
				continue
			}
			if x := r.value(s, e, path+"."+k); x != nil {
				out[k] = x
			}
		}
		return out
	}
	return v
}

// list carries out what is in a list, which may stand in a template several times, such as the VPCs of each hosted zone.
func (r *resolver) list(s *Stack, v []any, path string) []any {
	if s == r.listsOf {
		if out, ok := r.lists[&v[0]]; ok {
			return out
		}
	}
	undecided := len(r.undecided)
	out := make([]any, 0, len(v))
	for i, e := range v {
		if x := r.value(s, e, path+"["+strconv.Itoa(i)+"]"); x != nil {
			out = append(out, x)
		}
	}
	if s == r.listsOf && len(r.undecided) == undecided { // what is undecided has the path of where it stands
		r.lists[&v[0]] = slices.Clip(out)
	}
	return slices.Clip(out)
}

// written is true for a function whose place CloudFormation fills with text of its own.
func written(function string) bool {
	return function == "Fn::Transform" || strings.HasPrefix(function, "Fn::ForEach::")
}

func (r *resolver) call(s *Stack, name string, arg any, path string) any {
	switch name {
	case "Ref":
		id, ok := arg.(string)
		if !ok {
			fail(s, path, "takes a name, not %s", show(arg))
		}
		return r.ref(s, id, path)
	case "Fn::GetAtt":
		return r.getAtt(s, arg, path)
	case "Fn::GetStackOutput":
		return r.getStackOutput(s, arg, path)
	case "Fn::ImportValue":
		n := r.text(s, arg, path)
		where := func(e export) (string, string) { return e.stack.Account, e.stack.Region }
		if e, ok := near(r.exports[openEnvironment(n)], s, where); ok {
			if r.absent(e.stack, "Outputs", e.output) {
				fail(s, path, "the condition of export %s, an output of stack %s, is false", n, e.stack.Name)
			}
			r.readsOutput(Reference{s, e.stack.Account, e.stack.Region, e.stack.Name, ""})
			return r.output(e.stack, e.output)
		}
		return symbolOpen + "import:" + s.Account + "/" + s.Region + "/" + n + symbolClose
	case "Fn::If":
		return r.ifElse(s, arg, path)
	case "Fn::Sub":
		return r.sub(s, arg, path)
	case "Fn::Base64":
		t := r.text(s, arg, path)
		if Symbolic(t) {
			return derived(t, "|base64")
		}
		limit(s, path, len(t)*4/3)
		return base64.StdEncoding.EncodeToString([]byte(t))
	case "Fn::GetAZs":
		region := r.text(s, arg, path)
		if region == "" || Symbolic(region) { // the stack's own, as everybody writes it
			region = s.Region
		}
		return symbolOpen + "zones:" + s.Account + "/" + Plain(region) + symbolClose
	case "Fn::ToJsonString":
		b, err := json.Marshal(r.value(s, arg, path))
		if err != nil {
			fail(s, path, "%v", err)
		}
		limit(s, path, len(b))
		return string(b)
	case "Fn::Length":
		if list, ok := r.value(s, arg, path).([]any); ok {
			return float64(len(list))
		}
		return derived(r.text(s, arg, path), "|length")
	case "Fn::Join", "Fn::Split", "Fn::Select", "Fn::FindInMap", "Fn::Cidr":
		args, ok := arg.([]any)
		if !ok || len(args) < 2 {
			fail(s, path, "takes a list of arguments, not %s", show(arg))
		}
		return r.listFunction(s, name, args, path)
	}
	if written(name) {
		return r.note(s, path, name+" is carried out by CloudFormation", arg)
	}
	fail(s, path, "unknown function %s", name)
	return nil
}

func (r *resolver) listFunction(s *Stack, name string, args []any, path string) any {
	switch name {
	case "Fn::Join":
		sep, ok := args[0].(string)
		if !ok {
			fail(s, path, "the separator is %s, not text", show(args[0]))
		}
		list, ok := r.value(s, args[1], path).([]any)
		if !ok {
			return r.join(sep, r.text(s, args[1], path))
		}
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = toText(s, e, path)
		}
		size := len(sep) * len(parts)
		for _, e := range parts {
			size += len(e)
		}
		limit(s, path, size)
		return strings.Join(parts, sep)
	case "Fn::Split":
		sep, ok := args[0].(string)
		if !ok || sep == "" {
			fail(s, path, "the separator is %s, not text", show(args[0]))
		}
		key := [2]string{sep, r.text(s, args[1], path)}
		if len(key[1]) < longText {
			return r.split(sep, key[1])
		}
		list, ok := r.splits[key]
		if !ok {
			list = r.split(sep, key[1])
			r.splits[key] = list
		}
		return list
	case "Fn::Select":
		i, err := strconv.Atoi(toText(s, r.value(s, args[0], path), path))
		if err != nil || i < 0 {
			fail(s, path, "the index is %s, not a number", show(args[0]))
		}
		switch list := r.value(s, args[1], path).(type) {
		case []any:
			if i >= len(list) {
				fail(s, path, "index %d of a list of %d", i, len(list))
			}
			return list[i]
		case string:
			if Symbolic(list) {
				return derived(list, fmt.Sprintf("[%d]", i))
			}
		}
		fail(s, path, "selects from what is not a list")
	case "Fn::FindInMap":
		return r.findInMap(s, args, path)
	case "Fn::Cidr":
		return r.cidr(s, args, path)
	}
	return nil
}

// limit fails where a text grows beyond what CloudFormation takes: outputs that join outputs double it again and again.
func limit(s *Stack, path string, size int) {
	if size > longest {
		fail(s, path, "makes a text of %d bytes, and CloudFormation takes %d in a template; do not join outputs again and again", size, longest)
	}
}

// derived is a symbol made from another: the same operation on the same symbol is the same symbol.
func derived(sym, op string) string {
	if inner, ok := alone(sym); ok {
		return symbolOpen + inner + op + symbolClose
	}
	return symbolOpen + Plain(sym) + op + symbolClose
}

// split cuts text at a separator; a symbol in it stays whole.
func split(sep, t string) []any {
	var out []any
	depth, from := 0, 0
	for i := 0; i < len(t); {
		switch rest := t[i:]; {
		case strings.HasPrefix(rest, symbolOpen):
			depth++
			i += len(symbolOpen)
		case strings.HasPrefix(rest, symbolClose):
			depth--
			i += len(symbolClose)
		case depth == 0 && strings.HasPrefix(rest, sep):
			out = append(out, t[from:i])
			i += len(sep)
			from = i
		default:
			i++
		}
	}
	return append(out, t[from:])
}

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
	if v != nil && !isScalar(v) {
		fail(s, path, "%s stands where text is meant", show(v))
	}
	return scalar(v)
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil || len(b) > 80 {
		return fmt.Sprintf("%.80s…", b)
	}
	return string(b)
}
