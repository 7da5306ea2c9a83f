package drift

import (
	"fmt"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

func key(s topology.Stack) string { return s.Account + " " + s.Region + " " + s.Name }

func ofStack(code diag.Code, s topology.Stack, format string, args ...any) diag.Diagnostic {
	return diag.Diagnostic{Severity: code.Severity(), Code: code, Where: diag.Resource{Stack: s.Name, Account: s.Account, Region: s.Region},
		Summary: "stack " + s.Name + " " + fmt.Sprintf(format, args...), Fix: toStack(code.Fix(), s.Name)}
}

// compareStacks returns, beside the differences, the stacks of which nothing is there, and the live stack of each name.
func (c *comparison) compareStacks() (found diag.List, absent map[string]bool, live map[string]topology.Stack) {
	byKey, known, hubs := map[string]topology.Stack{}, map[string]bool{}, map[string]bool{}
	absent, live = map[string]bool{}, map[string]topology.Stack{}
	for _, h := range c.have.Stacks {
		byKey[key(h)] = h
	}
	for _, w := range c.want.Stacks {
		hubs[w.Hub], known[key(w)] = true, true
		if !c.seen(w.Account) {
			continue
		}
		h, ok := byKey[key(w)]
		if ok {
			live[w.Name] = h
		}
		absent[w.Name] = !ok || h.Status == "ROLLBACK_COMPLETE" || h.Status == "REVIEW_IN_PROGRESS"
		if !ok {
			found = append(found, ofStack(stackMissing, w, "is not deployed"))
		} else if s, trouble := awsfacts.StackStateOf(h.Status); trouble {
			unstick := diag.Command(append([]string{"unstick", "--yes"}, c.options...)...)
			found = append(found, ofStack(stackState, w, "is in %s: %s: %s", h.Status, s.Means, s.Way(w.Name, unstick)))
		}
	}
	for _, h := range c.have.Stacks {
		if h.Hub != "" && hubs[h.Hub] && strings.HasPrefix(h.Name, h.Hub+"-") && !known[key(h)] && c.seen(h.Account) {
			found = append(found, ofStack(stackExtra, h, "is deployed but no longer in the configuration"))
		}
	}
	return found, absent, live
}

// stale looks, for stacks with something missing or changed, whether what they read changed after them: outputs are read
// when the reading stack is deployed, and CloudFormation does not follow.
func (c *comparison) stale(found diag.List, live map[string]topology.Stack) diag.List {
	broken := map[string]bool{}
	for _, d := range found {
		broken[stackOf(d)] = true
	}
	var out diag.List
	for _, r := range c.want.Reads {
		reader, reads := live[r.Consumer]
		read, isRead := live[r.Stack]
		if broken[r.Consumer] && reads && isRead && read.Changed.After(reader.Changed) {
			out = append(out, ofStack(staleReference, reader, "reads outputs of %s, which changed after it was deployed", r.Stack))
		}
	}
	return out
}
