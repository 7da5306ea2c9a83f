package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"sharedhub/internal/safefile"
)

// Action is what a deployment does to a resource.
type Action string

const (
	Added    Action = "added"
	InPlace  Action = "changed"
	Replaced Action = "replaced"
	Deleted  Action = "deleted"
	// Kept is a resource that leaves its stack and stays in AWS, by its DeletionPolicy.
	Kept Action = "kept"
)

// Resource is a resource that a change concerns.
type Resource struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Action Action `json:"action"`
	// Properties that differ.
	Properties []string `json:"properties,omitempty"`
	// Reason says why it is replaced.
	Reason string `json:"reason,omitempty"`
	// HoldsState is true where its loss takes something along, and for a type that nobody has decided about.
	HoldsState bool `json:"holdsState"`
}

// loses is true where what it holds goes.
func (r Resource) loses() bool { return r.HoldsState && (r.Action == Replaced || r.Action == Deleted) }

// resource is one of a template.
type resource struct {
	Type                string         `json:"Type"`
	Properties          map[string]any `json:"Properties"`
	DeletionPolicy      any            `json:"DeletionPolicy"`
	UpdateReplacePolicy any            `json:"UpdateReplacePolicy"`
}

// Template is what a stack's template says.
type Template struct {
	Resources map[string]resource `json:"Resources"`
	Outputs   map[string]any      `json:"Outputs"`
}

// largest template that is read: CloudFormation takes 1 MB.
const largest = 16 << 20

// ReadTemplate reads one template of an assembly's folder.
func ReadTemplate(dir, file string) (*Template, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", dir, safefile.Plain(err))
	}
	defer root.Close()
	b, err := safefile.Read(root, file, largest)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, file), safefile.Reason(err))
	}
	var t Template
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("%s: not a template: %w", filepath.Join(dir, file), err)
	}
	return &t, nil
}

// Diff says what becomes of each resource of a stack, sorted by id, and which outputs differ. Before or after may be nil, for a stack
// that is not there.
func Diff(before, after *Template) (resources []Resource, outputs []string) {
	empty := &Template{}
	if before == nil {
		before = empty
	}
	if after == nil {
		after = empty
	}
	found := map[string]*Resource{}
	for id, now := range after.Resources {
		old, was := before.Resources[id]
		switch {
		case !was:
			found[id] = &Resource{ID: id, Type: now.Type, Action: Added}
		default:
			if r := change(id, old, now); r != nil {
				found[id] = r
			}
		}
	}
	for id, old := range before.Resources {
		if _, stays := after.Resources[id]; !stays {
			r := &Resource{ID: id, Type: old.Type, Action: Deleted}
			if retains(old.DeletionPolicy) {
				r.Action = Kept
			}
			found[id] = r
		}
	}
	follow(found, after)
	for _, id := range slices.Sorted(maps.Keys(found)) {
		r := found[id]
		holds, known := HoldsState(r.Type)
		r.HoldsState = holds || !known
		resources = append(resources, *r)
	}
	for _, name := range slices.Sorted(maps.Keys(before.Outputs)) {
		if now, ok := after.Outputs[name]; !ok || !reflect.DeepEqual(now, before.Outputs[name]) {
			outputs = append(outputs, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after.Outputs)) {
		if _, was := before.Outputs[name]; !was {
			outputs = append(outputs, name)
		}
	}
	slices.Sort(outputs)
	return resources, outputs
}

// change is what becomes of a resource that stays; nil for nothing. CloudFormation updates nothing for what a resource waits for.
func change(id string, old, now resource) *Resource {
	r := &Resource{ID: id, Type: now.Type, Action: InPlace}
	if old.Type != now.Type {
		r.Action, r.Reason = Replaced, fmt.Sprintf("it was of type %s", old.Type)
		return r
	}
	for _, p := range slices.Sorted(maps.Keys(old.Properties)) {
		if !reflect.DeepEqual(old.Properties[p], now.Properties[p]) {
			r.Properties = append(r.Properties, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(now.Properties)) {
		if _, was := old.Properties[p]; !was {
			r.Properties = append(r.Properties, p)
		}
	}
	policies := !reflect.DeepEqual(old.DeletionPolicy, now.DeletionPolicy) ||
		!reflect.DeepEqual(old.UpdateReplacePolicy, now.UpdateReplacePolicy)
	if len(r.Properties) == 0 && !policies {
		return nil
	}
	_, known := CreateOnly(now.Type)
	var why []string
	for _, p := range r.Properties {
		if Fixed(now.Type, p, old.Properties[p], now.Properties[p]) {
			why = append(why, p)
		}
	}
	switch {
	case len(why) > 0:
		r.Action, r.Reason = Replaced, strings.Join(why, ", ")+" can only be set at creation"
	case !known && len(r.Properties) > 0:
		r.Action, r.Reason = Replaced, "the program does not know what an update of this type can change, so it may be replaced"
	}
	return r
}

// follow finds what is replaced with what it refers to: a replaced resource has another id.
func follow(found map[string]*Resource, after *Template) {
	for again := true; again; {
		again = false
		for _, id := range slices.Sorted(maps.Keys(after.Resources)) {
			now, r := after.Resources[id], found[id]
			if r != nil && r.Action != InPlace {
				continue
			}
			for _, p := range slices.Sorted(maps.Keys(now.Properties)) {
				target := ""
				for _, ref := range references(now.Properties[p], nil) {
					if of := found[ref]; of != nil && of.Action == Replaced && ref != id {
						target = ref
					}
				}
				if target == "" {
					continue
				}
				if r == nil {
					r = &Resource{ID: id, Type: now.Type, Action: InPlace}
					found[id], again = r, true
				}
				if !slices.Contains(r.Properties, p) {
					r.Properties = append(r.Properties, p)
				}
				if slices.Contains(references(fixedParts(now.Type, p, now.Properties[p]), nil), target) {
					r.Action, again = Replaced, true
					r.Reason = fmt.Sprintf("%s refers to %s, which is replaced", p, target)
					break
				}
			}
		}
	}
}

// references are the logical ids that a value names.
func references(v any, out []string) []string {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["Ref"].(string); ok && len(v) == 1 {
			return append(out, ref)
		}
		if get, ok := v["Fn::GetAtt"].([]any); ok && len(get) > 0 {
			if id, ok := get[0].(string); ok {
				return append(out, id)
			}
		}
		for _, e := range v {
			out = references(e, out)
		}
	case []any:
		for _, e := range v {
			out = references(e, out)
		}
	}
	return out
}

// retains is true for policies that keep a resource when its stack lets go of it.
func retains(policy any) bool {
	return policy == "Retain" || policy == "RetainExceptOnCreate" || policy == "Snapshot"
}
