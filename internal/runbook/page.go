package runbook

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Where the page stands, as seen from an operation's folder, and from the index.
const fromOperation, fromIndex = "../../../docs/", "../../docs/"

var folderLink = regexp.MustCompile(`\]\((?:\.\./)?([\w-]+)/README\.md\)`)

// pointer is the index's paragraph that leads to the page.
const pointer = "[docs/RUNBOOKS.md](../../docs/RUNBOOKS.md) has them all on one page.\n\n"

// Page is docs/RUNBOOKS.md: the index, then each operation with its steps and what plan says of each.
func (b *Book) Page(folder fs.FS) (string, error) {
	titles := map[string]string{}
	for _, o := range b.Operations {
		titles[o.Name] = o.Title
	}
	var out strings.Builder
	title, text := headed(b.Text)
	fmt.Fprintf(&out, "# %s\n\nMade from `examples/operations`; do not edit.\n\n%s\n", title,
		linked(strings.Replace(text, pointer, "", 1), titles))
	out.WriteString(b.times())
	for _, o := range b.Operations {
		fmt.Fprintf(&out, "\n## %s\n\n%s\n", o.Title, linked(o.Text, titles))
		plans, err := o.Plans(folder)
		if err != nil {
			return "", err
		}
		number := 0 // of the steps to take: what is refused is none
		for _, s := range o.Steps {
			var heading string
			switch {
			case s.Before:
				heading = "Before"
			case s.Refused != "":
				heading = "Refused"
			default:
				number++
				heading = fmt.Sprint("Step ", number)
			}
			heading += ": " + strings.ToLower(s.Title[:1]) + s.Title[1:]
			fmt.Fprintf(&out, "\n### %s\n\n%s\n", heading, linked(s.shown(), titles))
			if plan := plans[s.Name]; plan != "" {
				fmt.Fprintf(&out, "\nWhat `plan` says:\n\n```\n%s```\n", plan)
			}
		}
	}
	return out.String(), nil
}

// times is the table of the operations, with how long each took.
func (b *Book) times() string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n## How long they take\n\n%s\n\n| operation | deployments | seconds |\n| --- | --- | --- |\n", b.Circumstances)
	for _, o := range b.Operations {
		fmt.Fprintf(&out, "| [%s](#%s) | %d | %d |\n", o.Title, anchor(o.Title), o.Deployments(), b.Measured[o.Name])
	}
	return out.String()
}

// shown is a step's text with the refusal as a sentence.
func (s Step) shown() string {
	return strings.NewReplacer("```text refused by AWS\n", "Where it is deployed all the same, AWS refuses it:\n\n```\n",
		"```text refused\n", "`plan` refuses it:\n\n```\n").Replace(s.Text)
}

// linked is a text whose links lead from the page.
func linked(text string, titles map[string]string) string {
	text = folderLink.ReplaceAllStringFunc(text, func(m string) string {
		name := folderLink.FindStringSubmatch(m)[1]
		return "](#" + anchor(titles[name]) + ")"
	})
	text = strings.NewReplacer(fromOperation, "", fromIndex, "").Replace(text)
	return strings.ReplaceAll(text, "](start/", "](../examples/operations/start/")
}

// anchor is a heading's, as GitHub has it.
func anchor(title string) string {
	kept := strings.Map(func(r rune) rune {
		if r == '\'' || r == ',' || r == ':' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(title))
	return strings.ReplaceAll(kept, " ", "-")
}

// PlanFile is the file of an operation's folder that holds what plan says of each step.
const PlanFile = "plan.txt"

// Plans are the summaries of an operation's steps, by the step's name.
func (o Operation) Plans(folder fs.FS) (map[string]string, error) {
	b, err := fs.ReadFile(folder, o.Name+"/"+PlanFile)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for part := range strings.SplitSeq(string(b), "== ") {
		name, said, _ := strings.Cut(part, "\n")
		out[name] = strings.TrimSpace(said) + "\n"
	}
	delete(out, "")
	return out, nil
}
