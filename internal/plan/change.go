package plan

import (
	"io"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
)

// Change is what follows from two configurations alone, without their templates: a part of a plan, and all that prove --since says.
type Change struct {
	// Steps says why the change cannot be deployed in one, and, as warnings, what others do before it.
	Steps diag.List        `json:"steps"`
	Opens []config.Opening `json:"opens"`
}

// Between compares two configurations; nil stands for one that is not there.
func Between(before, after *config.Config) Change {
	c := Change{Steps: diag.List{}, Opens: []config.Opening{}}
	if after == nil {
		return c
	}
	c.Opens = append(c.Opens, config.Opens(before, after)...)
	if before != nil {
		c.Steps = append(c.Steps, config.Change(before, after)...)
	}
	return c
}

// WriteText prints it as a plan does.
func (c Change) WriteText(w io.Writer) { (&Plan{Change: c}).writeSections(w) }

// stepLines are steps of a change, and openings what it opens or closes.
func stepLines(steps diag.List) (out []string) {
	for _, d := range steps {
		line := d.Summary
		if d.Where != nil {
			line = d.Where.String() + ": " + line
		}
		if d.Fix != "" {
			line += "; " + d.Fix
		}
		out = append(out, line)
	}
	return out
}

func openings(list []config.Opening) (out []string) {
	for _, o := range list {
		out = append(out, o.String())
	}
	return out
}
