package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sharedhub/internal/diag"
)

// otherWords are commands of other programs, and what does the same here; "" is the CDK CLI's.
var otherWords = map[string]string{
	"diff": "", "destroy": "", "bootstrap": "", "rollback": "",
	"validate": "check", "lint": "check", "test": "prove", "status": "verify", "drift": "verify", "build": "synth",
	"services": "catalog list", "list": "catalog list", "show": "catalog show",
	"ls": "stacks", "apply": cdkCLI + " deploy",
}

// cdkCLI is how the CDK CLI is called that the tests run.
const cdkCLI = "npx --yes aws-cdk@2.1148.1"

// noCommand refuses words after the program's name, which cobra hands over when they name no command; but a folder is that of the
// configuration.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if root.Flags().Lookup("config") != nil && (isPath(args[0]) || root.Flags().Changed("only")) {
		return folder("config")(root, args)
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	word, hint := args[0], ""
	if means, ok := otherWords[word]; ok && !root.HasParent() {
		hint = "write " + cmp.Or(means, cdkCLI+" "+word)
	}
	hint = cmp.Or(hint, diag.DidYouMean(word, names), "the commands are "+strings.Join(names, ", "))
	return fmt.Errorf("unknown command %q; %s", word, hint)
}

// isPath is true for what is no command's name: a path, or cdk's config=FOLDER.
func isPath(arg string) bool {
	_, err := os.Stat(arg)
	return err == nil || strings.ContainsAny(arg, "/\\=.")
}

// folder takes one folder without its flag: `synth config` is `synth --config config`.
func folder(flag string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		name := strings.TrimPrefix(args[0], flag+"=")
		info, err := os.Stat(name)
		switch {
		case c.Flags().Changed("only"):
			only, _ := c.Flags().GetStringSlice("only")
			return fmt.Errorf("several spokes are joined by commas: --only %s", strings.Join(append(only, args...), ","))
		case len(args) > 1:
			return fmt.Errorf("%s takes one folder, found %q", c.CommandPath(), args)
		case c.Flags().Changed(flag):
			return fmt.Errorf("%s takes nothing besides --%s, found %q", c.CommandPath(), flag, args[0])
		case err != nil || !info.IsDir():
			return fmt.Errorf("%s takes a folder, and %q is none; write --%s FOLDER", c.CommandPath(), name, flag)
		}
		return c.Flags().Set(flag, name)
	}
}

// oneDash gives long flags that were written with one dash, such as -config, their second.
func oneDash(root *cobra.Command, args []string) []string {
	long := map[string]bool{}
	var collect func(*cobra.Command)
	collect = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { long[f.Name] = true })
		for _, sub := range c.Commands() {
			collect(sub)
		}
	}
	collect(root)
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && len(name) > 1 && long[name] {
			out[i] = "-" + arg
		}
	}
	return out
}

// emptyFlag is an error for a flag that is given without a value, as by a variable of a pipeline that is not set: --spoke "" would
// otherwise mean every spoke.
func emptyFlag(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		list, isList := f.Value.(pflag.SliceValue)
		if isList && !slices.ContainsFunc(list.GetSlice(), func(v string) bool { return v != "" }) || f.Value.String() == "" {
			err = fmt.Errorf("--%s is empty: give it a value, or leave it out", f.Name)
		}
	})
	return err
}

// flagError says what is wrong with a flag, which is meant, and what it takes.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var noValue *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(c, unknown)
	case errors.As(err, &noValue):
		f := noValue.GetFlag()
		what, _ := pflag.UnquoteUsage(f)
		return fmt.Errorf("--%s needs a value: --%s %s", f.Name, f.Name, strings.ToUpper(what))
	case errors.As(err, &wrong):
		f := wrong.GetFlag()
		return fmt.Errorf("--%s: expected %s, found %q", f.Name, cmp.Or(flagTakes[f.Value.Type()], "another value"), wrong.GetValue())
	case errors.As(err, &syntax):
		return fmt.Errorf("%q is no flag; write one as --NAME or --NAME=VALUE; %s --help lists them", syntax.GetSpecifiedFlag(), c.CommandPath())
	}
	return err
}

// flagTakes is what flags take, by the type of their values.
var flagTakes = map[string]string{
	"bool": "true or false", "int": "a whole number", "stringSlice": "words joined by commas",
}

func unknownFlag(c *cobra.Command, err *pflag.NotExistError) error {
	name := err.GetSpecifiedName()
	if err.GetSpecifiedShortnames() != "" { // a letter
		return fmt.Errorf("unknown flag: -%s; %s --help lists the flags", name, c.CommandPath())
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := diag.Suggest(name, names); len(near) > 0 {
		return fmt.Errorf("unknown flag: --%s; did you mean --%s?", name, strings.Join(near, " or --"))
	}
	return fmt.Errorf("unknown flag: --%s; %s --help lists the flags", name, c.CommandPath())
}

// noWords refuses words after a command that takes flags alone.
func noWords(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes flags and no words, found %q; %[1]s --help lists the flags", c.CommandPath(), args)
	}
	return nil
}

// oneWord takes one word, such as "spoke's name".
func oneWord(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%s takes one %s, found %q", c.CommandPath(), what, args)
		}
		return nil
	}
}

// oneWordAtMost takes one word, or none.
func oneWordAtMost(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("%s takes one %s at most, found %q", c.CommandPath(), what, args)
		}
		return nil
	}
}

// asCalled lets the help name the program as it was called.
func asCalled(c *cobra.Command) {
	c.Example = strings.ReplaceAll(c.Example, "go run .", diag.Program())
	for _, sub := range c.Commands() {
		asCalled(sub)
	}
}
