// Package bend makes changes to a cloud assembly that a proof must see. A kind is a resource type and what is done to it: a
// part is added, a value bent, a part moved; the kind says how a proof must refuse it, or why it need not. Each kind is made
// at every place that it fits. Only tests use the package.
package bend

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sharedhub/internal/assembly"
)

// World is a synthesised assembly in memory.
type World struct {
	dir       string
	manifest  map[string]any
	templates map[string]map[string]any // by stack
}

// Read reads the assembly in a folder. Its stacks are named as their files.
func Read(dir string) (*World, error) {
	w := &World{dir: dir, templates: map[string]map[string]any{}}
	if err := readJSON(filepath.Join(dir, "manifest.json"), &w.manifest); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		var tpl map[string]any
		if err := readJSON(f, &tpl); err != nil {
			return nil, err
		}
		w.templates[strings.TrimSuffix(filepath.Base(f), ".template.json")] = tpl
	}
	return w, nil
}

func readJSON(file string, into any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// Team is a stack of people who have nothing to do with the hub.
const Team = "team-x"

// Edit is a copy of a world that changes are made to. What is not changed is the world's own, and read only.
type Edit struct {
	world     *World
	manifest  map[string]any
	templates map[string]map[string]any
}

// Edit begins a copy.
func (w *World) Edit() *Edit { return &Edit{world: w, templates: map[string]map[string]any{}} }

// Assembly resolves the changed assembly.
func (e *Edit) Assembly() (*assembly.Assembly, error) {
	return assembly.ReadWith(e.world.dir, func(file string, into any) error {
		name := strings.TrimSuffix(filepath.Base(file), ".template.json")
		if tpl, ok := into.(*map[string]any); ok {
			if *tpl, ok = e.templates[name]; !ok {
				if *tpl, ok = e.world.templates[name]; !ok {
					return fmt.Errorf("there is no template %s", name)
				}
			}
			return nil
		}
		m := e.manifest
		if m == nil {
			m = e.world.manifest
		}
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, into)
	})
}

// artifacts of the manifest, to be changed.
func (e *Edit) artifacts() map[string]any {
	if e.manifest == nil {
		e.manifest = Clone(e.world.manifest).(map[string]any)
	}
	return object(e.manifest, "artifacts")
}

// section of a stack's template, to be changed.
func (e *Edit) section(stack, name string) map[string]any {
	tpl := e.templates[stack]
	if tpl == nil {
		tpl, _ = Clone(e.world.templates[stack]).(map[string]any)
		if tpl == nil {
			tpl = map[string]any{}
		}
		e.templates[stack] = tpl
	}
	return object(tpl, name)
}

// resource to be changed; nil where another change has taken it away.
func (e *Edit) resource(at Part) map[string]any {
	r, _ := e.section(at.Stack, "Resources")[at.ID].(map[string]any)
	return r
}

// object is the object of a key, made where there is none.
func object(in map[string]any, key string) map[string]any {
	o, ok := in[key].(map[string]any)
	if !ok {
		o = map[string]any{}
		in[key] = o
	}
	return o
}

// add adds a resource under an id that nobody has.
func (e *Edit) add(stack, id string, r map[string]any) string {
	all := e.section(stack, "Resources")
	name := id
	for i := 2; all[name] != nil; i++ {
		name = fmt.Sprintf("%s%d", id, i)
	}
	all[name] = r
	return name
}

// team makes the team's stack, in the account and region of another.
func (e *Edit) team(of string) {
	artifacts := e.artifacts()
	if artifacts[Team] == nil {
		artifacts[Team] = map[string]any{"type": "aws:cloudformation:stack", "environment": e.world.environment(of),
			"properties": map[string]any{"templateFile": Team + ".template.json"}, "dependencies": []any{}}
	}
	e.section(Team, "Resources")
}

// refer is a reference to a part, as one stack writes it: by an output, where another stack makes the part. It is nil where
// that is in another account or region, which no output is read from without a role.
func (e *Edit) refer(from string, to Part, attribute string) any {
	ref := map[string]any{"Ref": to.ID}
	if attribute != "" {
		ref = map[string]any{"Fn::GetAtt": []any{to.ID, attribute}}
	}
	if from == to.Stack {
		return ref
	}
	name := "Bend" + to.ID + strings.ReplaceAll(attribute, ".", "")
	e.section(to.Stack, "Outputs")[name] = map[string]any{"Value": ref}
	e.after(from, to.Stack)
	_, region, _ := strings.Cut(strings.TrimPrefix(e.world.environment(to.Stack), "aws://"), "/")
	return map[string]any{"Fn::GetStackOutput": map[string]any{"StackName": to.Stack, "OutputName": name, "Region": region}}
}

// after has a stack deployed after another.
func (e *Edit) after(stack, first string) {
	artifact := object(e.artifacts(), stack)
	list, _ := artifact["dependencies"].([]any)
	if !slices.Contains(list, any(first)) {
		artifact["dependencies"] = append(list, first)
	}
}

// environment of a stack, such as "aws://111111111111/eu-west-1".
func (w *World) environment(stack string) string {
	artifacts, _ := w.manifest["artifacts"].(map[string]any)
	artifact, _ := artifacts[stack].(map[string]any)
	env, _ := artifact["environment"].(string)
	return env
}

// Part is a resource of a stack.
type Part struct{ Stack, ID string }

func (w *World) resource(p Part) map[string]any {
	all, _ := w.templates[p.Stack]["Resources"].(map[string]any)
	r, _ := all[p.ID].(map[string]any)
	return r
}

func (w *World) properties(p Part) map[string]any {
	props, _ := w.resource(p)["Properties"].(map[string]any)
	return props
}

// stacks by name, sorted.
func (w *World) stacks() []string { return slices.Sorted(maps.Keys(w.templates)) }

// parts of a type, of all stacks, in order.
func (w *World) parts(typ string) []Part {
	var out []Part
	for _, stack := range w.stacks() {
		all, _ := w.templates[stack]["Resources"].(map[string]any)
		for _, id := range slices.Sorted(maps.Keys(all)) {
			if p := (Part{stack, id}); w.resource(p)["Type"] == typ {
				out = append(out, p)
			}
		}
	}
	return out
}

// types of the world's resources, sorted.
func (w *World) types() []string {
	found := map[string]bool{}
	for _, tpl := range w.templates {
		all, _ := tpl["Resources"].(map[string]any)
		for _, r := range all {
			if typ, ok := r.(map[string]any)["Type"].(string); ok {
				found[typ] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Clone is a deep copy of a JSON value.
func Clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = Clone(e)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = Clone(e)
		}
		return l
	}
	return v
}
