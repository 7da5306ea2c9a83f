// Package diag is the one form in which the program says what is wrong, in every layer: in a file, in a template, in the
// network that the templates make, and in the network that is live.
package diag

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a diagnostic means for the run.
type Severity string

const (
	// Error means that something is wrong; the command fails.
	Error Severity = "error"
	// Differs means that the live network is not as its stacks made it; verify fails.
	Differs Severity = "differs"
	// Warning fails nothing.
	Warning Severity = "warning"
)

var severities = []Severity{Error, Differs, Warning}

// Diagnostic is one thing to say.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     Code     `json:"code,omitzero"`
	// Subject is who it is about: "spoke payments-prod". Default: "", which leaves it to the place.
	Subject string `json:"subject,omitempty"`
	// Where it is wrong, or where the part should be that is missing. Default: nil, for nowhere in particular.
	Where Place `json:"where,omitempty"`
	// Snippet is the line of the file, and Length the characters of it to mark. Default: "", for no snippet.
	Snippet string `json:"-"`
	Length  int    `json:"-"`
	// Summary says what is wrong, with the bad value: lower case, one sentence, no full stop.
	Summary string `json:"summary"`
	// Fix says what is allowed or what to write instead. Default: "".
	Fix string `json:"fix,omitempty"`
	// See are other places that take part, such as the range that overlaps.
	See []Related `json:"see,omitempty"`
	// Cause is equal for diagnostics that one repair ends; Group makes one of them. Default: the place.
	Cause string `json:"-"`
	// Also are the diagnostics that Group folded into this one.
	Also []Also `json:"also,omitempty"`
}

// Related is another place and why it matters.
type Related struct {
	Where Place  `json:"where"`
	Text  string `json:"text"`
}

// Also is what is left of a diagnostic that was folded into another with the same cause.
type Also struct {
	Subject string `json:"subject,omitempty"`
	Where   Place  `json:"where,omitempty"`
	Summary string `json:"summary"`
}

// Place is where something is wrong: a Position, a Resource or an AccountRegion.
type Place interface {
	String() string
	place()
}

// Position is a place in a file, counted from 1; Line 0 means the file or folder as a whole.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// Resource is a part of a stack, or of an account that no stack made.
type Resource struct {
	// Stack that makes the part or holds it, and its logical id there. Default: "" where no stack does.
	Stack     string `json:"stack,omitempty"`
	LogicalID string `json:"logicalId,omitempty"`
	// ID in AWS. Default: "" where there is none yet or any more.
	ID string `json:"id,omitempty"`
	// Account and Region. Default: "", for those of the stack.
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
}

// AccountRegion is an account in a region.
type AccountRegion struct {
	Account string `json:"account"`
	Region  string `json:"region"`
}

func (Position) place()      {}
func (Resource) place()      {}
func (AccountRegion) place() {}

func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

func (r Resource) String() string {
	name := r.Stack
	if r.Stack != "" && r.LogicalID != "" {
		name += "/"
	}
	name += r.LogicalID
	if name != "" && r.ID != "" {
		name += " "
	}
	return name + r.ID
}

func (a AccountRegion) String() string { return "account " + a.Account + " in " + a.Region }

// List is everything there is to say. It is an error, so that it can travel as one; Sort it and Group it first.
type List []Diagnostic

// Error is the whole list as text.
func (l List) Error() string { return l.String() }

// From is an error as a list: the one that travels as it, or its text.
func From(err error) List {
	var l List
	if errors.As(err, &l) {
		return l
	}
	return List{{Severity: Error, Summary: err.Error()}}
}

// Errors are the diagnostics that stop the program.
func (l List) Errors() List { return l.Of(Error) }

// Of are the diagnostics of one severity.
func (l List) Of(s Severity) List {
	var out List
	for _, d := range l {
		if d.Severity == s {
			out = append(out, d)
		}
	}
	return out
}

// Sort orders mistakes in files by file and place, so that each file reads from top to bottom; all else by severity, then
// causes before what follows from them (the order in which codes are declared), then subject and text.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		p, _ := a.Where.(Position)
		q, _ := b.Where.(Position)
		return cmp.Or(strings.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column),
			cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)), cmp.Compare(a.Code.rank(), b.Code.rank()),
			strings.Compare(a.Subject, b.Subject), strings.Compare(a.Summary, b.Summary), strings.Compare(text(a.Where), text(b.Where)))
	})
}

// Group folds diagnostics of one code and cause into the first of them, so that one thing to repair is said once.
// Mistakes in files stay apart: each is at a place of its own.
func (l List) Group() List {
	type key struct {
		severity Severity
		code     Code
		cause    string
	}
	first := map[key]int{}
	var out List
	for _, d := range l {
		k := key{d.Severity, d.Code, cmp.Or(d.Cause, text(d.Where))}
		i, ok := first[k]
		if _, inFile := d.Where.(Position); inFile || k.cause == "" || !ok {
			first[k] = len(out)
			out = append(out, d)
			continue
		}
		also := Also{d.Subject, d.Where, d.Summary}
		if same := (Also{out[i].Subject, out[i].Where, out[i].Summary}); also != same && !slices.Contains(out[i].Also, also) {
			out[i].Also = append(slices.Clip(out[i].Also), also)
		}
	}
	return out
}

func text(p Place) string {
	if p == nil {
		return ""
	}
	return p.String()
}

// UnmarshalJSON reads what MarshalJSON of a Diagnostic wrote.
func (d *Diagnostic) UnmarshalJSON(b []byte) error {
	type plain Diagnostic // without this method
	into := struct {
		*plain
		Where anyPlace `json:"where"`
		See   []struct {
			Where anyPlace
			Text  string
		} `json:"see"`
		Also []struct {
			Subject, Summary string
			Where            anyPlace
		} `json:"also"`
	}{plain: (*plain)(d)}
	if err := json.Unmarshal(b, &into); err != nil {
		return err
	}
	d.Where = into.Where.Place
	for _, s := range into.See {
		d.See = append(d.See, Related{s.Where.Place, s.Text})
	}
	for _, a := range into.Also {
		d.Also = append(d.Also, Also{a.Subject, a.Where.Place, a.Summary})
	}
	return nil
}

// anyPlace reads a place of any kind: only a position has a file, only an account's region has nothing else.
type anyPlace struct{ Place }

func (p *anyPlace) UnmarshalJSON(b []byte) error {
	var all struct {
		Position
		Resource
	}
	err := json.Unmarshal(b, &all)
	switch r := all.Resource; {
	case all.File != "":
		p.Place = all.Position
	case r.Stack == "" && r.LogicalID == "" && r.ID == "" && r.Account != "":
		p.Place = AccountRegion{r.Account, r.Region}
	case r != Resource{}:
		p.Place = r
	}
	return err
}
