package awsfacts

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed data/actions.txt
var actionsText string

// ActionGroup is what IAM knows under one prefix of actions.
type ActionGroup struct {
	// Prefix of the actions: "s3".
	Prefix string
	// Actions by name, sorted: "AbortMultipartUpload".
	Actions []string
	// Resources are the services that the ARNs of its resources name; none where its actions take "*" alone.
	Resources []string
	// AnyResource is true where a resource may be of any service.
	AnyResource bool
}

// actionLines are the lines of the file by prefix. Few are ever taken apart.
var actionLines = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(actionsText) {
		if prefix, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok && prefix != "#" {
			out[prefix] = rest
		}
	}
	return out
})

// ActionsOf is what is known of a prefix, in any case; false for one that is not known. AWS adds actions every week, so what is not
// known may be new.
func ActionsOf(prefix string) (ActionGroup, bool) {
	prefix = strings.ToLower(prefix)
	line, ok := actionLines()[prefix]
	if !ok {
		return ActionGroup{}, false
	}
	words := strings.Fields(line)
	g := ActionGroup{Prefix: prefix, Actions: words[1:]}
	switch words[0] {
	case "*":
		g.AnyResource = true
	case "-":
	default:
		g.Resources = strings.Split(words[0], ",")
	}
	return g, true
}

// ActionPrefixes are all that are known, sorted.
func ActionPrefixes() []string { return slices.Sorted(maps.Keys(actionLines())) }
