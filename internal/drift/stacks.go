package drift

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/internal/diag"
	"sharedhub/internal/topology"
)

// working are the states of a stack whose last operation went through.
var working = []string{"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", ""}

// ways out of each other state, by its end (CloudFormation guide, "Stack status codes").
var waysOut = []struct{ state, way string }{
	{"ROLLBACK_COMPLETE", "its creation failed and nothing of it is left; " +
		"`cdk deploy` replaces it, after `" + diag.Program() + " unstick --yes` where it has termination protection"},
	{"CREATE_FAILED", "its creation failed: destroy it, then deploy it again"},
	{"UPDATE_ROLLBACK_FAILED", "its update failed and could not be undone: run `cdk rollback` on it, then deploy again"},
	{"ROLLBACK_FAILED", "its creation failed and could not be undone: destroy it, then deploy it again"},
	{"DELETE_FAILED", "it is half destroyed: take away what holds it, and destroy it again"},
	{"UPDATE_FAILED", "its update failed: deploy it again"},
	{"REVIEW_IN_PROGRESS", "it holds nothing but a change set that nobody carried out: deploy it"},
	{"IN_PROGRESS", "an operation is under way: wait for its end, and verify again"},
}

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
		switch {
		case !ok:
			found = append(found, ofStack(stackMissing, w, "is not deployed"))
		case !slices.Contains(working, h.Status):
			way := "look at it in CloudFormation"
			if i := slices.IndexFunc(waysOut, func(o struct{ state, way string }) bool { return strings.HasSuffix(h.Status, o.state) }); i >= 0 {
				way = waysOut[i].way
			}
			found = append(found, ofStack(stackState, w, "is in %s: %s", h.Status, way))
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
