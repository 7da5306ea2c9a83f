package assembly

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// readNested reads the templates of a stack's nested stacks, which the CDK writes beside its own: the resource's metadata
// names the file. One whose template is elsewhere stays unread.
func (a *Assembly) readNested(s *Stack, depth int) error {
	if depth > 8 {
		return nil
	}
	for _, id := range keys(section(s, "Resources")) {
		res, _ := section(s, "Resources")[id].(map[string]any)
		metadata, _ := res["Metadata"].(map[string]any)
		name, _ := metadata["aws:asset:path"].(string)
		if res["Type"] != nestedStack || !filepath.IsLocal(name) || !strings.HasSuffix(name, ".json") {
			continue
		}
		child := &Stack{ID: s.ID + "." + id, Name: s.Name + "." + id, Account: s.Account, Region: s.Region, Tags: s.Tags,
			Resources: map[string]*Resource{}, Outputs: map[string]any{}, ExecutionRole: s.ExecutionRole, DeployRole: s.DeployRole,
			LookupRole: s.LookupRole, After: s.After, File: filepath.Join(s.dir, name), dir: s.dir, assembly: a, partition: s.partition,
			parent: s, nested: id}
		if err := a.parse(child.File, &child.template); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		if s.children == nil {
			s.children = map[string]*Stack{}
		}
		s.children[id] = child
		a.Stacks = append(a.Stacks, child)
		if err := a.readNested(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

const nestedStack = "AWS::CloudFormation::Stack"

// given is what the outer stack gives a nested one for a parameter.
func (r *resolver) given(s *Stack, parameter, path string) (any, bool) {
	if s.parent == nil {
		return nil, false
	}
	res, _ := section(s.parent, "Resources")[s.nested].(map[string]any)
	props, _ := res["Properties"].(map[string]any)
	values, _ := props["Parameters"].(map[string]any)
	v, ok := values[parameter]
	if !ok {
		return nil, false
	}
	key := s.ID + "/Parameters." + parameter
	if v, ok := r.done[key]; ok {
		return v, true
	}
	defer r.enter(s, "Parameters."+parameter, path)()
	out := r.dynamic(s.parent, r.value(s.parent, v, "Resources."+s.nested+".Properties.Parameters."+parameter))
	if list, ok := out.([]any); ok {
		texts := make([]string, len(list))
		for i := range list {
			texts[i] = toText(s.parent, list[i], path)
		}
		out = strings.Join(texts, ",")
	}
	r.done[key] = out
	return out, true
}

// made is false for a nested stack that its condition leaves out, and its stack too.
func (r *resolver) made(s *Stack) bool {
	return s.parent == nil || r.made(s.parent) && !r.absent(s.parent, "Resources", s.nested)
}

// maybe is true for a nested stack, or one around it, whose condition only AWS decides.
func (r *resolver) maybe(s *Stack) bool {
	if s.parent == nil {
		return false
	}
	res, _ := section(s.parent, "Resources")[s.nested].(map[string]any)
	c, ok := res["Condition"].(string)
	return ok && r.condition(s.parent, c, "Resources."+s.nested+".Condition") == undecided || r.maybe(s.parent)
}
