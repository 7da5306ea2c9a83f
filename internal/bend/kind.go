package bend

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Kind is one kind of change.
type Kind struct {
	// Type of the resource, and How it is changed: "AWS::EC2::Route", "added: to the internet".
	Type, How string
	// Codes are those of findings that are a good reason to refuse it: one of them must be among those that are said.
	Codes []string
	// Harmless says why a proof need not refuse it; "" where it must.
	Harmless string
	// Adds is true for a kind that takes nothing away: whatever else is added, it must still be refused.
	Adds bool
	// Generic is true for a kind of change that any type is tried for, and that may fit no part of this one.
	Generic bool
	// places are where the kind can be made.
	places func(*World) []Place
}

func (k Kind) String() string { return k.Type + " " + k.How }

// Place is one place where a kind is made.
type Place struct {
	Part
	// From is the stack in which a part is added that names this place; "" where nothing is.
	From string
	// Apply makes the change; false where it cannot be made here.
	Apply func(*Edit) bool
}

func (p Place) String() string {
	if p.From != "" && p.From != p.Stack {
		return p.Stack + "/" + p.ID + " from " + p.From
	}
	return p.Stack + "/" + p.ID
}

// Places are where a kind fits in a world.
func (k Kind) Places(w *World) []Place { return k.places(w) }

// verdict is how a proof must answer: "rule, part", the codes that refuse it, or "fine: WHY".
func verdict(k *Kind, v string) {
	if why, ok := strings.CutPrefix(v, "fine: "); ok {
		k.Harmless = why
		return
	}
	k.Codes = strings.Split(strings.ReplaceAll(v, " ", ""), ",")
}

// plus is a kind that adds a part of a type for each place of a phrase, in the stack of the place and in one of somebody
// else's. The properties are JSON in which "@" is a reference to the place, "@.Name" to its attribute, "@work table" to a
// part near it, "@work table:Name" to what that one's property says, and "=Name" what the place's property says.
func plus(typ, how, at, properties, answer string) Kind {
	return plusAll(typ, how, at, `{"Bend": {"Type": "`+typ+`", "Properties": `+properties+`}}`, answer)
}

// plusAll is plus with several parts, by id.
func plusAll(typ, how, at, resources, answer string) Kind {
	var all map[string]any
	if err := json.Unmarshal([]byte(resources), &all); err != nil {
		panic(fmt.Sprintf("%s %s: %v", typ, how, err))
	}
	k := Kind{Type: typ, How: "added: " + how, Adds: true}
	verdict(&k, answer)
	k.places = func(w *World) []Place {
		var out []Place
		for _, p := range w.where(at) {
			for _, from := range []string{p.Stack, Team} {
				if from == Team && strings.Contains(resources, "DependsOn") || !w.fits(all, p) {
					continue
				}
				out = append(out, Place{p, from, func(e *Edit) bool { return e.addAll(from, p, all) }})
			}
		}
		return out
	}
	return k
}

// addAll adds parts that name a place, or none of them.
func (e *Edit) addAll(from string, at Part, all map[string]any) bool {
	if from == Team {
		e.team(at.Stack)
	}
	filled := map[string]map[string]any{}
	for id, r := range all {
		v, ok := e.fill(from, at, Clone(r))
		if !ok {
			return false
		}
		filled[id] = v.(map[string]any)
	}
	for id, r := range filled {
		e.add(from, id, r)
	}
	return true
}

var token = regexp.MustCompile(`^@([a-z0-9 -]*)(?:\.([A-Za-z.]+))?(?::([A-Za-z]+))?$`)

// fits is true where all that a value names is near the place.
func (w *World) fits(v any, at Part) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			if !w.fits(e, at) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !w.fits(e, at) {
				return false
			}
		}
	case string:
		if m := token.FindStringSubmatch(v); m != nil && m[1] != "" {
			_, ok := w.near(at, m[1])
			return ok
		}
	}
	return true
}

// fill replaces what stands for parts in a value.
func (e *Edit) fill(from string, at Part, v any) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			x, ok := e.fill(from, at, v[k])
			if !ok {
				return nil, false
			}
			v[k] = x
		}
		return v, true
	case []any:
		for i := range v {
			x, ok := e.fill(from, at, v[i])
			if !ok {
				return nil, false
			}
			v[i] = x
		}
		return v, true
	case string:
		return e.fillText(from, at, v)
	}
	return v, true
}

var property = regexp.MustCompile(`=([A-Z][A-Za-z]+)(?:/(\d+))?`)

func (e *Edit) fillText(from string, at Part, v string) (any, bool) {
	if m := token.FindStringSubmatch(v); m != nil {
		to := at
		if m[1] != "" {
			var ok bool
			if to, ok = e.world.near(at, m[1]); !ok {
				return nil, false
			}
		}
		if m[3] != "" {
			return e.copied(from, to.Stack, Clone(e.world.properties(to)[m[3]]))
		}
		return e.refer(from, to, m[2]), true
	}
	if v == "=" { // a text of its own
		return v, true
	}
	return property.ReplaceAllStringFunc(v, func(m string) string {
		parts := property.FindStringSubmatch(m)
		value := text(e.world.properties(at)[parts[1]])
		if parts[1] == "LogicalId" {
			value = at.ID
		}
		if bits, err := strconv.Atoi(parts[2]); err == nil { // a range of another length at the same address
			address, _, _ := strings.Cut(value, "/")
			return fmt.Sprintf("%s/%d", address, bits)
		}
		return value
	}), true
}

// copied is a value of one stack as another writes it. It is none where that takes a role, which lets nobody else in.
func (e *Edit) copied(from, of string, v any) (any, bool) {
	if from == of {
		return v, true
	}
	m, isObject := v.(map[string]any)
	if list, ok := v.([]any); ok {
		for i := range list {
			if list[i], ok = e.copied(from, of, list[i]); !ok {
				return nil, false
			}
		}
		return list, true
	}
	if !isObject {
		return v, true
	}
	if id := refID(v); id != "" {
		return e.refer(from, Part{of, id}, ""), true
	}
	if a, ok := m["Fn::GetAtt"].([]any); ok && len(a) == 2 {
		if p := (Part{of, text(a[0])}); e.world.resource(p)["Type"] == "AWS::SSM::Parameter" && a[1] == "Value" {
			return e.copied(from, of, Clone(e.world.properties(p)["Value"])) // what the parameter looks up
		}
		return e.refer(from, Part{of, text(a[0])}, text(a[1])), true
	}
	if read, ok := m["Fn::GetStackOutput"].(map[string]any); ok && read["RoleArn"] == nil {
		e.after(from, text(read["StackName"]))
		return v, true
	}
	for k := range m {
		var ok bool
		if m[k], ok = e.copied(from, of, m[k]); !ok {
			return nil, false
		}
	}
	return m, m["RoleArn"] == nil
}

// own leaves out the places that are in a stack of somebody else's.
func own(k Kind) Kind {
	all := k.places
	k.places = func(w *World) []Place {
		return slices.DeleteFunc(all(w), func(p Place) bool { return p.From == Team })
	}
	return k
}

// foreign leaves out the places that are in a stack of the hub's.
func foreign(k Kind) Kind {
	all := k.places
	k.places = func(w *World) []Place {
		return slices.DeleteFunc(all(w), func(p Place) bool { return p.From != Team })
	}
	return k
}

// naming leaves a kind to the worlds in which a template names an id.
func naming(id string, k Kind) Kind {
	all := k.places
	k.places = func(w *World) []Place {
		for _, tpl := range w.templates {
			if mentions(tpl, id) {
				return all(w)
			}
		}
		return nil
	}
	return k
}

// gone is a kind that takes each place of a phrase away, and leaves what waited for it.
func gone(at, answer string) Kind {
	words := strings.Fields(at)
	k := Kind{Type: nouns[words[len(words)-1]], How: "taken away: a " + at}
	verdict(&k, answer)
	k.places = func(w *World) []Place {
		var out []Place
		for _, p := range w.where(at) {
			out = append(out, Place{p, "", func(e *Edit) bool {
				all := e.section(p.Stack, "Resources")
				delete(all, p.ID)
				for _, r := range all {
					o := r.(map[string]any)
					if list, ok := o["DependsOn"].([]any); ok {
						o["DependsOn"] = slices.DeleteFunc(slices.Clone(list), func(id any) bool { return id == p.ID })
					}
				}
				return true
			}})
		}
		return out
	}
	return k
}

// set is a kind that gives a property of each place of a phrase another value: JSON with what plus has in it, or "-" to take
// it away. The path is of names with dots, and numbers for places in lists; a number beyond the end adds to the list.
func set(at, path, value, answer string) Kind {
	words := strings.Fields(at)
	k := Kind{Type: nouns[words[len(words)-1]], How: fmt.Sprintf("of a %s: %s is %s", at, path, value)}
	verdict(&k, answer)
	var v any
	if value != "-" {
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			panic(fmt.Sprintf("%s: %v", k, err))
		}
	}
	steps := strings.Split(path, ".")
	k.places = func(w *World) []Place {
		var out []Place
		for _, p := range w.where(at) {
			if !w.fits(v, p) || len(steps) > 1 && !reaches(w.properties(p), steps) {
				continue
			}
			out = append(out, Place{p, "", func(e *Edit) bool {
				filled, ok := e.fill(p.Stack, p, Clone(v))
				r := e.resource(p)
				if !ok || r == nil {
					return false
				}
				before := Clone(r["Properties"])
				r["Properties"] = put(object(r, "Properties"), steps, filled)
				return !reflect.DeepEqual(before, r["Properties"])
			}})
		}
		return out
	}
	return k
}

// reaches is true where all steps but the last are there.
func reaches(v any, steps []string) bool {
	for _, s := range steps[:len(steps)-1] {
		switch in := v.(type) {
		case map[string]any:
			v = in[s]
		case []any:
			i, err := strconv.Atoi(s)
			if err != nil || i >= len(in) {
				return false
			}
			v = in[i]
		default:
			return false
		}
	}
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// put sets a value in a JSON value; nil takes it away.
func put(in any, steps []string, v any) any {
	if len(steps) == 0 {
		return v
	}
	switch in := in.(type) {
	case map[string]any:
		if next := put(in[steps[0]], steps[1:], v); next != nil {
			in[steps[0]] = next
		} else {
			delete(in, steps[0])
		}
		return in
	case []any:
		i, err := strconv.Atoi(steps[0])
		switch {
		case err != nil:
		case i >= len(in):
			return append(in, v)
		default:
			if next := put(in[i], steps[1:], v); next != nil {
				in[i] = next
				return in
			}
			return append(in[:i:i], in[i+1:]...)
		}
	}
	return in
}
