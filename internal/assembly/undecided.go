package assembly

import (
	"maps"
	"slices"
	"strings"

	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// Undecided is what only AWS will decide: where in which stack, and why.
type Undecided struct {
	Stack        *Stack
	Path, Reason string
	// Touches are the ids that it names, whichever way it is decided.
	Touches []string
}

// note notes what only AWS will decide, with what it may name, and gives a symbol for it.
func (r *resolver) note(s *Stack, path, reason string, named ...any) string {
	sym := symbol(s, "undecided:"+path)
	if r.undecided[sym] == nil { // a value is read as often as it is referred to
		r.undecided[sym] = &Undecided{s, path, reason, r.named(s, named)}
	}
	return sym
}

// named are the ids in a part of a template that is not carried out. What cannot be evaluated names nothing more.
func (r *resolver) named(s *Stack, v any) []string {
	found := map[string]bool{}
	for _, id := range dependencies(v) {
		if _, ok := section(s, "Resources")[id]; ok {
			found[symbol(s, id)] = true
		}
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			for _, id := range touches(v) {
				found[id] = true
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, k := range keys(v) {
				if k == "Fn::GetStackOutput" || k == "Fn::ImportValue" || k == "Fn::GetAtt" || k == "Ref" {
					for _, id := range touches(r.attempt(s, k, v[k])) {
						found[id] = true
					}
				}
				walk(v[k])
			}
		}
	}
	walk(v)
	return slices.Sorted(maps.Keys(found))
}

// attempt carries out a function that need not make sense where it stands.
func (r *resolver) attempt(s *Stack, function string, arg any) any {
	return r.tried(func() any { return r.call(s, function, arg, function) })
}

// tried is what a function gives; nil where that fails.
func (r *resolver) tried(f func() any) (v any) {
	busy := maps.Clone(r.busy)
	defer func() {
		if e := recover(); e != nil {
			if _, ok := e.(diag.List); !ok {
				panic(e)
			}
			v, r.busy = nil, busy
		}
	}()
	return f()
}

// harmlessLoop is true for a loop that makes nothing but resources of harmless types.
func harmlessLoop(v any) bool {
	args, ok := v.([]any)
	if !ok || len(args) != 3 {
		return false
	}
	body, ok := args[2].(map[string]any)
	for id, e := range body {
		if strings.HasPrefix(id, "Fn::ForEach::") {
			ok = ok && harmlessLoop(e)
			continue
		}
		res, _ := e.(map[string]any)
		name, _ := res["Type"].(string)
		typ, known := topology.TypeOf(name)
		ok = ok && known && typ.Harmless != ""
	}
	return ok
}

// touches are the ids that the resource names, also where only AWS decides which.
func (r *Resource) touches() []string {
	out := touches(r.Properties)
	for _, u := range r.undecidedIn(r.Properties) {
		out = append(out, u.Touches...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// undecided tells that a property of the resource holds what only AWS decides, wherever that was written: in the resource
// itself or in an output that it reads.
func (r *Resource) undecided(out *topology.Records) {
	for _, property := range keys(r.Properties) {
		for _, u := range r.undecidedIn(r.Properties[property]) {
			d := &topology.Undecided{Meta: r.meta(), Path: u.Path, Reason: u.Reason, Touches: r.touches()}
			if at := "Resources." + r.LogicalID + "."; u.Stack != r.Stack || !strings.HasPrefix(u.Path, at) {
				d.Path = at + "Properties." + property
				d.Reason = "it is decided in " + u.Stack.Name + " " + u.Path + ", where " + u.Reason
			}
			out.Add(d)
		}
	}
}

// undecidedIn is what a value holds of what only AWS decides, in the order in which it stands there.
func (r *Resource) undecidedIn(v any) []*Undecided {
	if len(r.Stack.assembly.undecided) == 0 {
		return nil
	}
	var out []*Undecided
	switch v := v.(type) {
	case string:
		for rest := v; ; {
			_, after, ok := strings.Cut(rest, symbolOpen)
			if !ok {
				break
			}
			inner, more, _ := strings.Cut(after, symbolClose)
			if stack, path, ok := strings.Cut(inner, "/undecided:"); ok {
				path, _, _ = strings.Cut(path, "|")
				if u := r.Stack.assembly.undecided[symbolOpen+stack+"/undecided:"+path+symbolClose]; u != nil {
					out = append(out, u)
				}
			}
			rest = more
		}
	case []any:
		for _, e := range v {
			out = append(out, r.undecidedIn(e)...)
		}
	case map[string]any:
		for _, k := range keys(v) {
			out = append(out, r.undecidedIn(v[k])...)
		}
	}
	return out
}

// records tells what is undecided about a whole stack, or whether there is a resource. What is undecided in a property or
// an output is told of the resources that hold the value; of a harmless resource nothing is.
func (u *Undecided) records(out *topology.Records) {
	rest, ofResource := strings.CutPrefix(u.Path, "Resources.")
	id, at, _ := strings.Cut(rest, ".")
	r := u.Stack.Resources[id]
	switch {
	case strings.HasPrefix(u.Path, "Outputs."), ofResource && strings.HasPrefix(at, "Properties"):
	case r == nil:
		d := &topology.Undecided{Path: u.Path, Reason: u.Reason, Touches: slices.Clone(u.Touches),
			Meta: topology.Meta{Source: topology.Source{Stack: u.Stack.Name}, Account: u.Stack.Account, Region: u.Stack.Region,
				Partition: u.Stack.partition.Name}}
		for _, id := range keys(u.Stack.Resources) {
			d.Touches = append(d.Touches, u.Stack.Resources[id].touches()...)
		}
		slices.Sort(d.Touches)
		d.Touches = slices.Compact(d.Touches)
		out.Add(d)
	default:
		if typ, known := topology.TypeOf(r.Type); !known || typ.Harmless == "" {
			out.Add(&topology.Undecided{Meta: r.meta(), Path: u.Path, Reason: u.Reason, Touches: r.touches()})
		}
	}
}
