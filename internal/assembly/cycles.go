package assembly

import (
	"maps"
	"slices"
	"strings"
)

// checkCycles refuses resources that wait for each other, as CloudFormation does.
func checkCycles(s *Stack, all map[string]any) {
	const open, closed = 1, 2
	state := map[string]int{}
	var visit func(id string)
	visit = func(id string) {
		if state[id] == closed {
			return
		}
		if state[id] == open {
			fail(s, "Resources."+id, "the resources depend on each other in a circle")
		}
		state[id] = open
		for _, d := range dependencies(all[id]) {
			if _, ok := all[d]; ok {
				visit(d)
			}
		}
		state[id] = closed
	}
	for _, id := range keys(all) {
		visit(id)
	}
}

// dependencies are the names a resource refers to, sorted.
func dependencies(v any) []string {
	found := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				switch k {
				case "Ref":
					if id, ok := e.(string); ok {
						found[id] = true
					}
				case "Fn::GetAtt":
					if id, ok := e.(string); ok {
						id, _, _ = strings.Cut(id, ".")
						found[id] = true
					} else if l, ok := e.([]any); ok && len(l) > 0 {
						if id, ok := l[0].(string); ok {
							found[id] = true
						}
					}
				case "DependsOn":
					for _, id := range asList(e) {
						if id, ok := id.(string); ok {
							found[id] = true
						}
					}
				case "Fn::Sub":
					text, _ := e.(string)
					if l, ok := e.([]any); ok && len(l) > 0 {
						text, _ = l[0].(string)
					}
					for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
						id, _, _ := strings.Cut(m[1], ".")
						found[id] = true
					}
					walk(e)
				default:
					walk(e)
				}
			}
		}
	}
	walk(v)
	return slices.Sorted(maps.Keys(found))
}

func asList(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}
