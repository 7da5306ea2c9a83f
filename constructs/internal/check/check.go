// Package check collects what is wrong with a construct's props, so that its constructor reports every mistake at once.
package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
)

// Props are the props of one construct under examination.
type Props struct {
	constructor, id string
	scope           constructs.Construct
	wrong           []string
}

// Error is what a constructor panics with, as CDK constructors do: each mistake names the prop, its value and what is allowed.
type Error struct {
	// Place is the constructor and the construct's path in the tree.
	Place    string
	Mistakes []string
}

func (e *Error) Error() string { return e.Place + ": " + strings.Join(e.Mistakes, "; ") }

// New begins; a scope, id or props that is missing ends it at once.
func New[P any](constructor string, scope constructs.Construct, id string, props *P) *Props {
	c := &Props{constructor: constructor, id: id, scope: scope}
	if scope == nil {
		c.Errorf("scope", "nil, expected a construct such as a stack")
	}
	if id == "" {
		c.Errorf("id", `"", expected a name that is unique in the scope`)
	}
	if props == nil {
		c.Errorf("props", "nil, expected a %T", props)
	}
	c.Done()
	return c
}

// Errorf notes a mistake in a prop.
func (c *Props) Errorf(prop, format string, args ...any) {
	c.wrong = append(c.wrong, prop+": "+fmt.Sprintf(format, args...))
}

// Done panics with an *Error if anything was wrong.
func (c *Props) Done() {
	if len(c.wrong) == 0 {
		return
	}
	path := c.id
	if c.scope != nil {
		path = strings.Trim(*c.scope.Node().Path()+"/"+c.id, "/")
	}
	panic(&Error{fmt.Sprintf("%s(%q)", c.constructor, path), c.wrong})
}

// token is true for a string that the CDK resolves later only.
func token(s string) bool { return strings.Contains(s, "${Token[") }

// Text is a string that must be there; it may be a token.
func (c *Props) Text(prop, value string) {
	if value == "" {
		c.Errorf(prop, "is empty, and is required")
	}
}

// Known is a string that must be there, and known while the template is made.
func (c *Props) Known(prop, value string) {
	c.Text(prop, value)
	c.noToken(prop, value)
}

func (c *Props) noToken(prop, value string) bool {
	if token(value) {
		c.Errorf(prop, "is a CDK token, expected a value that is known at synthesis")
	}
	return !token(value)
}

// Unique strings are there, known, and each there once.
func (c *Props) Unique(prop string, n int, value func(i int) (field, text string)) {
	var seen []string
	for i := range n {
		field, text := value(i)
		at := fmt.Sprintf("%s[%d]%s", prop, i, field)
		c.Known(at, text)
		if text != "" && slices.Contains(seen, text) {
			c.Errorf(at, "%q is there twice, expected a unique one", text)
		}
		seen = append(seen, text)
	}
}

// ID is an AWS id or ARN that must be there. It may be a token; a literal begins with one of the prefixes, if any are given.
func (c *Props) ID(prop string, value *string, prefixes ...string) {
	if value == nil || *value == "" {
		c.Errorf(prop, "is nil or empty, and is required")
		return
	}
	c.Optional(prop, *value, prefixes...)
}

// Optional is like ID for a string that may be empty.
func (c *Props) Optional(prop, value string, prefixes ...string) {
	fits := func(p string) bool { return strings.HasPrefix(value, p) }
	if value != "" && !token(value) && len(prefixes) > 0 && !slices.ContainsFunc(prefixes, fits) {
		c.Errorf(prop, "%q, expected an id that begins with %s", value, strings.Join(prefixes, " or "))
	}
}

// IDs are at least one ID.
func (c *Props) IDs(prop string, values []*string, prefixes ...string) {
	if len(values) == 0 {
		c.Errorf(prop, "is empty, expected at least one")
	}
	for i, v := range values {
		c.ID(fmt.Sprintf("%s[%d]", prop, i), v, prefixes...)
	}
}

// CIDR is an IPv4 range without host bits and with a prefix length in the bounds; the zero Prefix when it is not.
func (c *Props) CIDR(prop, value string, least, most int) netip.Prefix {
	if !c.noToken(prop, value) {
		return netip.Prefix{}
	}
	p, err := netip.ParsePrefix(value)
	switch {
	case err != nil || !p.Addr().Is4():
		c.Errorf(prop, `%q is no IPv4 range, expected one such as "10.0.0.0/16"`, value)
	case p != p.Masked():
		c.Errorf(prop, "%s has bits set after the prefix, expected %s", value, p.Masked())
	case p.Bits() < least || p.Bits() > most:
		c.Errorf(prop, "%s has the prefix length /%d, expected /%d to /%d", value, p.Bits(), least, most)
	default:
		return p
	}
	return netip.Prefix{}
}
