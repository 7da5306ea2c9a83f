package assembly

import (
	"slices"
	"strings"
)

// checkCycles refuses resources that wait for each other, as CloudFormation does, and says which names each refers to.
func checkCycles(s *Stack, all map[string]any) map[string][]string {
	const open, closed = 1, 2
	state := make(map[string]int, len(all))
	waits := make(map[string][]string, len(all))
	var visit func(id string)
	visit = func(id string) {
		if state[id] == closed {
			return
		}
		if state[id] == open {
			fail(s, "Resources."+id, "the resources depend on each other in a circle")
		}
		state[id] = open
		waits[id] = dependencies(all[id])
		for _, d := range waits[id] {
			if _, ok := all[d]; ok {
				visit(d)
			}
		}
		state[id] = closed
	}
	for _, id := range keys(all) {
		visit(id)
	}
	return waits
}

// dependencies are the names a resource refers to, sorted.
func dependencies(v any) []string {
	var found []string
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
						found = append(found, id)
					}
				case "Fn::GetAtt":
					if id, ok := e.(string); ok {
						id, _, _ = strings.Cut(id, ".")
						found = append(found, id)
					} else if l, ok := e.([]any); ok && len(l) > 0 {
						if id, ok := l[0].(string); ok {
							found = append(found, id)
						}
					}
				case "DependsOn":
					for _, id := range asList(e) {
						if id, ok := id.(string); ok {
							found = append(found, id)
						}
					}
				case "Fn::Sub":
					text, _ := e.(string)
					if l, ok := e.([]any); ok && len(l) > 0 {
						text, _ = l[0].(string)
					}
					for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
						id, _, _ := strings.Cut(m[1], ".")
						found = append(found, id)
					}
					walk(e)
				default:
					walk(e)
				}
			}
		}
	}
	walk(v)
	slices.Sort(found)
	return slices.Compact(found)
}

func asList(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}
