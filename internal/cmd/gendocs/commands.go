package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sharedhub/internal/cli"
	"sharedhub/internal/diag"
)

// commandsPage describes each command: what its help says.
func commandsPage() string {
	var b strings.Builder
	b.WriteString("# Commands\n\nMade from the program's help; do not edit. In the program's own repository, write `go run .` for " +
		"`sharedhub`.\n\n" +
		"Data goes to stdout, everything said to a person to stderr; `--json` prints data for programs. Exit codes: 0 done, 1 the\n" +
		"configuration, the network or the machine is not as it must be, 2 the command line is wrong. Others are in a command's help.\n" +
		"`--quiet` leaves nothing but errors.\n")
	describe(&b, cli.Commands())
	return b.String()
}

func describe(b *strings.Builder, c *cobra.Command) {
	if c.Hidden || c.Name() == "help" {
		return
	}
	if c.RunE != nil && (!c.HasSubCommands() || c.HasExample()) || !c.HasParent() {
		fmt.Fprintf(b, "\n## %s\n\n%s.\n", c.CommandPath(), installed(c.Short))
		if c.Long != "" {
			fmt.Fprintf(b, "\n%s\n", installed(c.Long))
		}
		fmt.Fprintf(b, "\n```\n%s\n```\n", c.UseLine())
		if c.Example != "" {
			fmt.Fprintf(b, "\n```sh\n%s\n```\n", unindented(installed(c.Example)))
		}
		flags(b, c)
	}
	for _, sub := range c.Commands() {
		describe(b, sub)
	}
}

func flags(b *strings.Builder, c *cobra.Command) {
	head := "\n| flag | meaning |\n| --- | --- |\n"
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || f.Name == "quiet" || f.Name == "version" {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			name += " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" {
			text += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		fmt.Fprintf(b, "%s| `%s` | %s |\n", head, name, strings.ReplaceAll(installed(text), "|", `\|`))
		head = ""
	})
}

// installed is a text of the help with the program's name as it is installed.
func installed(s string) string {
	return strings.NewReplacer("go run .", "sharedhub", "`"+diag.Program()+" ", "`sharedhub ").Replace(s)
}

func unindented(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "  ")
	}
	return strings.Join(lines, "\n")
}
