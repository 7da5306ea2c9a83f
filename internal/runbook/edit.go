package runbook

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// Edit is what happens to one file: From is "" for a new one, To is "" for one that goes.
type Edit struct {
	From, To string
	hunks    []hunk
}

// hunk is lines that stand in a file once, and what they become.
type hunk struct{ was, is []string }

const none = "/dev/null"

// parse reads a unified diff without line numbers. A hunk ends where a removed line follows an added one.
func parse(diff string) ([]Edit, error) {
	var out []Edit
	var added bool // the line before was
	for line := range strings.Lines(diff) {
		line = strings.TrimRight(line, "\n")
		if from, ok := strings.CutPrefix(line, "--- "); ok {
			out, added = append(out, Edit{From: from}), false
			continue
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("expected --- FILE, found %q", line)
		}
		e := &out[len(out)-1]
		if to, ok := strings.CutPrefix(line, "+++ "); ok {
			e.To = to
			continue
		}
		if len(e.hunks) == 0 || added && strings.HasPrefix(line, "-") {
			e.hunks = append(e.hunks, hunk{})
		}
		h := &e.hunks[len(e.hunks)-1]
		if line == "" {
			return nil, fmt.Errorf("expected a line that begins with a space, - or +, found an empty one")
		}
		added = false
		switch sign, text := line[0], line[1:]; sign {
		case ' ':
			h.was, h.is = append(h.was, text), append(h.is, text)
		case '-':
			h.was = append(h.was, text)
		case '+':
			h.is, added = append(h.is, text), true
		default:
			return nil, fmt.Errorf("expected a line that begins with a space, - or +, found %q", line)
		}
	}
	for i := range out {
		if e := &out[i]; e.From == none {
			e.From = ""
		} else if e.To == none {
			e.To = ""
		} else if e.From != e.To {
			return nil, fmt.Errorf("expected %s to keep its name, found +++ %s", e.From, e.To)
		}
	}
	return out, nil
}

// Apply is the files after a step's edits.
func (s Step) Apply(before Files) (Files, error) {
	after := maps.Clone(before)
	for _, e := range s.Edits {
		text, there := after[e.From]
		switch {
		case e.From == "":
			if _, taken := after[e.To]; taken || len(e.hunks) != 1 || len(e.hunks[0].was) > 0 {
				return nil, fmt.Errorf("step %s: expected a new file of added lines, found %s", s.Name, e.To)
			}
			after[e.To] = lines(e.hunks[0].is)
		case !there:
			return nil, fmt.Errorf("step %s: expected a file %s, found none", s.Name, e.From)
		case e.To == "":
			delete(after, e.From)
		default:
			for _, h := range e.hunks {
				was := "\n" + lines(h.was)
				if n := strings.Count("\n"+text, was); n != 1 {
					return nil, fmt.Errorf("step %s: expected these lines once in %s, found them %d times:%s", s.Name, e.From, n, was)
				}
				text = strings.Replace("\n"+text, was, "\n"+lines(h.is), 1)[1:]
			}
			after[e.From] = text
		}
	}
	return after, nil
}

func lines(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return strings.Join(list, "\n") + "\n"
}

// Replace is a book with other names and ranges in its files and steps: for several networks in the same accounts.
func (b *Book) Replace(r *strings.Replacer) *Book {
	out := &Book{Text: b.Text, Start: Files{}}
	for name, text := range b.Start {
		out.Start[r.Replace(name)] = r.Replace(text)
	}
	for _, o := range b.Operations {
		steps := make([]Step, len(o.Steps))
		for i, s := range o.Steps {
			steps[i] = s.replace(r)
		}
		o.Steps = steps
		out.Operations = append(out.Operations, o)
	}
	return out
}

func (s Step) replace(r *strings.Replacer) Step {
	all := func(list []string) []string {
		out := make([]string, len(list))
		for i, l := range list {
			out[i] = r.Replace(l)
		}
		return out
	}
	edits := make([]Edit, len(s.Edits))
	for i, e := range s.Edits {
		edits[i] = Edit{From: r.Replace(e.From), To: r.Replace(e.To)}
		for _, h := range e.hunks {
			edits[i].hunks = append(edits[i].hunks, hunk{all(h.was), all(h.is)})
		}
	}
	commands := make([]Command, len(s.Commands))
	for i, c := range s.Commands {
		commands[i] = Command{r.Replace(c.Line), r.Replace(c.Account)}
	}
	s.Edits, s.Commands, s.Allow = edits, commands, all(s.Allow)
	s.Refused, s.RefusedByAWS = r.Replace(s.Refused), r.Replace(s.RefusedByAWS)
	return s
}

// Write writes the files into a folder.
func (f Files) Write(dir string) error {
	for name, text := range f {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
