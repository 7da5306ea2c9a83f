// Package runbook reads examples/operations: operations on a network in use, each a folder of steps in Markdown. A step's text holds
// what is to be done in a form that tests carry out: the lines that change, and the commands.
package runbook

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Book is all operations, in the order of the index.
type Book struct {
	// Text of the index.
	Text string
	// Start is the configuration that operations begin with.
	Start      Files
	Operations []Operation
	// Measured is how many seconds the steps of each operation took, by its name, and Circumstances when and where.
	Measured      map[string]int
	Circumstances string
}

// Operation is a folder.
type Operation struct {
	Name, Title, Text string
	Steps             []Step
}

// Step is a file of a folder.
type Step struct {
	Name, Title, Text string
	// Before is true for what an operation begins with besides the book's start; it is no step of the operation.
	Before bool
	Edits  []Edit
	// Allow is what the step announces to be replaced or deleted, as plan's --allow takes it.
	Allow []string
	// Commands to run, but for plan.
	Commands []Command
	// Refused holds what the program says of a step that it refuses, and RefusedByAWS what AWS says where it is deployed all the same.
	Refused, RefusedByAWS string
	// Interrupts is true where names are announced not to resolve for a while.
	Interrupts bool
}

// Command is a line of a shell, with the account whose credentials it takes; "" is the hub's.
type Command struct{ Line, Account string }

// Files of a configuration, by their path in it.
type Files map[string]string

// Read reads a folder such as examples/operations. Every folder must stand in the index, README.md.
func Read(folder fs.FS) (*Book, error) {
	b := &Book{Start: Files{}}
	index, err := fs.ReadFile(folder, "README.md")
	if err != nil {
		return nil, err
	}
	b.Text = string(index)
	names, err := fs.Glob(folder, "start/*/*.yaml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("expected a configuration in start/, found none: %w", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		b.Start[strings.TrimPrefix(name, "start/")] = string(text)
	}
	for _, m := range entry.FindAllStringSubmatch(b.Text, -1) {
		o, err := operation(folder, m[1])
		if err != nil {
			return nil, err
		}
		b.Operations = append(b.Operations, *o)
	}
	if err := b.measured(folder); err != nil {
		return nil, err
	}
	folders, err := fs.Glob(folder, "*/README.md")
	for _, f := range folders {
		if !slices.ContainsFunc(b.Operations, func(o Operation) bool { return o.Name == path.Dir(f) }) {
			return nil, fmt.Errorf("README.md: expected a line for %s, found none", f)
		}
	}
	return b, err
}

// MeasuredFile holds a line of circumstances, and then a line for each operation: its name and seconds.
const MeasuredFile = "measured.txt"

func (b *Book) measured(folder fs.FS) error {
	text, err := fs.ReadFile(folder, MeasuredFile)
	if err != nil {
		return err
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	b.Circumstances, b.Measured = first, map[string]int{}
	for line := range strings.Lines(rest) {
		var name string
		var seconds int
		if _, err := fmt.Sscanf(line, "%s %d", &name, &seconds); err != nil {
			return fmt.Errorf("%s: expected OPERATION SECONDS, found %q", MeasuredFile, strings.TrimSpace(line))
		}
		b.Measured[name] = seconds
	}
	for _, o := range b.Operations {
		if b.Measured[o.Name] == 0 {
			return fmt.Errorf("%s: expected a line for %s, found none: OPERATIONS=all go test ./internal/e2e -run 'Runbooks|Growth' -v says it",
				MeasuredFile, o.Name)
		}
	}
	return nil
}

// Deploys is true of a step that changes stacks.
func (s Step) Deploys() bool { return len(s.Edits) > 0 && s.Refused == "" && !s.Before }

// Deployments is how many steps of an operation change stacks.
func (o Operation) Deployments() (n int) {
	for _, s := range o.Steps {
		if s.Deploys() {
			n++
		}
	}
	return n
}

var (
	entry   = regexp.MustCompile(`(?m)^- \[[^]]+\]\(([\w-]+)/README\.md\)$`)
	block   = regexp.MustCompile("(?ms)^```(\\w+)(?: ([\\w ]+))?\n(.*?)^```\n")
	allow   = regexp.MustCompile(`--allow (\S+)`)
	account = regexp.MustCompile(`\s+# in account (\d{12})$`)
)

// number of a step's file; -1 for another file.
func number(file string) int {
	before, _, _ := strings.Cut(path.Base(file), "-")
	n, err := strconv.Atoi(before)
	if err != nil {
		return -1
	}
	return n
}

func operation(folder fs.FS, name string) (*Operation, error) {
	text, err := fs.ReadFile(folder, name+"/README.md")
	if err != nil {
		return nil, err
	}
	o := &Operation{Name: name}
	o.Title, o.Text = headed(string(text))
	files, err := fs.Glob(folder, name+"/*.md")
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(f string) bool { return number(f) < 0 })
	slices.SortFunc(files, func(a, b string) int { return number(a) - number(b) })
	for i, f := range files {
		if i > 0 && number(f) != number(files[i-1])+1 {
			return nil, fmt.Errorf("expected step %d of %s, found %s", number(files[i-1])+1, name, f)
		}
		text, err := fs.ReadFile(folder, f)
		if err != nil {
			return nil, err
		}
		s, err := step(strings.TrimSuffix(path.Base(f), ".md"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		o.Steps = append(o.Steps, *s)
	}
	return o, nil
}

// headed is a text's heading, and the rest.
func headed(text string) (title, rest string) {
	first, rest, _ := strings.Cut(text, "\n")
	return strings.TrimPrefix(first, "# "), strings.TrimSpace(rest)
}

func step(name, text string) (*Step, error) {
	s := &Step{Name: name, Before: strings.HasPrefix(name, "0-"), Interrupts: strings.Contains(text, "**Interruption:**")}
	s.Title, s.Text = headed(text)
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		switch kind, of, body := m[1], m[2], m[3]; {
		case kind == "diff":
			edits, err := parse(body)
			if err != nil {
				return nil, err
			}
			s.Edits = append(s.Edits, edits...)
		case kind == "sh":
			s.commands(body)
		case kind == "text" && of == "refused":
			s.Refused = strings.TrimSpace(body)
		case kind == "text" && of == "refused by AWS":
			s.RefusedByAWS = strings.TrimSpace(body)
		default:
			return nil, fmt.Errorf("expected blocks of diff, sh, text refused or text refused by AWS, found %q", strings.TrimSpace(kind+" "+of))
		}
	}
	if len(s.Edits) == 0 && len(s.Commands) == 0 {
		return nil, fmt.Errorf("expected lines to change or commands, found neither")
	}
	return s, nil
}

// commands reads a block of shell: a command a line, or a loop. plan's is what the step announces.
func (s *Step) commands(body string) {
	open := ""
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		if open += line; strings.HasPrefix(open, "for ") && line != "done" {
			open += "\n"
			continue
		}
		c := Command{Line: open}
		if m := account.FindStringSubmatch(open); m != nil {
			c = Command{strings.TrimSuffix(open, m[0]), m[1]}
		}
		open = ""
		if !strings.HasPrefix(c.Line, "go run . plan ") {
			s.Commands = append(s.Commands, c)
			continue
		}
		for _, m := range allow.FindAllStringSubmatch(c.Line, -1) {
			s.Allow = append(s.Allow, strings.Trim(m[1], "'"))
		}
	}
}
