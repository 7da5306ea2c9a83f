// Package cli is the command line: flags, messages and exit codes. It does not start the CDK itself: an Engine does,
// which is handed in.
//
// Data goes to stdout, everything said to a person to stderr. Exit codes: 0 done, 1 the configuration, the network or
// the machine is not as it must be, 2 the command line is wrong, 3 (of verify) not everything could be looked at. Output that
// could not be written is 1 whatever the result, with a sentence on stderr, or without one where the reader of a pipe has left.
package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
	"sharedhub/internal/terminal"
)

// SynthOptions of one synthesis.
type SynthOptions struct {
	// Out is the folder to write to, Final the one that the cloud assembly is meant for, as messages name it.
	Out, Final string
	// Only names the spokes to build, with what they need. Empty means all.
	Only []string
	// Validate the templates with the CDK too.
	Validate bool
	// Trace says on stderr how long each step took; CPUProfile is the file for a CPU profile, "" for none.
	Trace      bool
	CPUProfile string
	// Plain makes every stack with the CDK, without any of the ways that are faster.
	Plain bool
	// Fresh makes the assembly anew, whatever is kept of earlier runs. Cached is called where it was taken from there.
	Fresh  bool
	Cached func() `json:"-"`
}

// Engine builds the stacks of a configuration.
type Engine interface {
	// Synth writes the cloud assembly of a configuration.
	Synth(context.Context, *config.Config, SynthOptions) error
	// Close ends what Synth started. It is called once, at the end.
	Close()
}

// Run carries out one command line and returns the exit code. When the context ends, the command stops.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer, engine Engine, pages fs.FS) int {
	p := &program{stdin: os.Stdin, stdout: &output{to: stdout}, stderr: stderr, engine: engine, pages: pages, said: diag.List{}}
	defer p.cleanUp()
	return p.untilStopped(ctx, func() int { return p.run(ctx, args) })
}

func (p *program) run(ctx context.Context, args []string) int {
	root := command(p)
	args = oneDash(root, args)
	root.SetArgs(args)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		setJSON(c, args)
		return flagError(c, err)
	})
	err := unknownTopic(root, args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	var code exit
	if err != nil && !errors.As(err, &code) {
		code = 2
		p.say(diag.From(safefile.Said(err)))
	}
	if p.json && !p.printed {
		p.printJSON(struct {
			Diagnostics diag.List `json:"diagnostics"`
		}{p.said})
	}
	if p.stdout.lost() {
		p.sayLost()
	}
	if p.stdout.err != nil {
		return 1
	}
	return int(code)
}

// setJSON sets --json as the command line says. Parsing ends at the first flag that is wrong, and --json may stand after it.
func setJSON(c *cobra.Command, args []string) {
	flag := c.Flags().Lookup("json")
	for _, arg := range args {
		name, value, given := strings.Cut(arg, "=")
		switch {
		case arg == "--" || flag == nil:
			return
		case name == "--json" && !given:
			value = "true"
			fallthrough
		case name == "--json":
			_ = flag.Value.Set(value) // a wrong value leaves it as it was
		}
	}
}

// exit is an error whose words have been said already.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

type program struct {
	stdout *output
	stderr io.Writer
	engine Engine
	pages  fs.FS // the documents and examples
	// json is true where the result is printed as JSON. What is said before it becomes a part of it, and where there is
	// no result, all of it.
	json    bool
	said    diag.List
	printed bool
	// called is the command that is carried out, and folder that of the configuration, where it is another than the one that is read
	// without --config.
	called *cobra.Command
	folder string
	// stdin, where questions are answered.
	stdin   *os.File
	answers *bufio.Reader
	// quiet leaves out what is no error.
	quiet bool
	// noCache makes every assembly anew; cached is true where the last one was not.
	noCache, cached bool
	// trace says how long each step took, the last one ending at stepped; cpuProfile is a file to write, or "".
	trace      bool
	stepped    time.Time
	cpuProfile string
	// temporary are what is to be removed at the end.
	temporary cleanups
}

func (p *program) jsonFlag(c *cobra.Command, page string) {
	c.Flags().BoolVar(&p.json, "json", false, "print the whole result as JSON, mistakes of the configuration included ("+page+")")
}

// Commands is the tree of commands, for the page that describes them.
func Commands() *cobra.Command {
	root := command(&program{})
	root.Annotations = nil
	return root
}

func command(p *program) *cobra.Command {
	root := &cobra.Command{
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: diag.Program()},
		Use:         "sharedhub", Short: "Provision shared-services hubs and their spokes",
		Long: "Without a subcommand, synthesises config/ into cdk.out, as the CDK CLI expects.\n" +
			"Pages and examples that messages name are printed by `" + diag.Program() + " docs PAGE`.",
		Args: noCommand, SilenceErrors: true, SilenceUsage: true,
	}
	root.SetOut(p.stdout) // before the completion's commands are made, which remember where to write
	root.SetErr(p.stderr)
	root.Version = thisVersion().String()
	root.SetVersionTemplate("{{.Version}}\n")
	synth := p.synthCommand()
	root.Flags().AddFlagSet(synth.Flags())
	root.RunE = synth.RunE
	root.PersistentFlags().BoolVarP(&p.quiet, "quiet", "q", false, "print errors only: no warnings, no summary")
	root.AddCommand(
		synth,
		p.catalogCommand(),
		p.checkCommand(),
		p.costCommand(),
		p.deployCommand(),
		p.digestCommand(),
		p.docsCommand(),
		p.explainCommand(),
		p.initCommand(),
		p.graphCommand(),
		p.importCommand(),
		p.permissionsCommand(),
		p.policyCommand(),
		p.planCommand(),
		p.preflightCommand(),
		p.proveCommand(),
		p.rangeCommand(),
		p.reachCommand(),
		p.reportCommand(),
		p.stacksCommand(),
		p.schemaCommand(),
		p.spokeCommand(),
		p.unstickCommand(),
		p.verifyCommand(),
		p.versionCommand(),
	)
	p.watchFlags(root)
	root.PersistentFlags().BoolVar(&p.noCache, "no-cache", false,
		"make the templates anew, though an earlier run of this program has made the same (docs/PERFORMANCE.md)")
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Args, c.RunE = noCommand, func(c *cobra.Command, _ []string) error { return c.Help() }
		for _, shell := range c.Commands() {
			shell.Args = noWords
		}
	}
	p.complete(root)
	asCalled(root)
	return root
}

// unknownTopic refuses words that name no command where help on them is asked for; cobra would print the program's own.
func unknownTopic(root *cobra.Command, args []string) error {
	help := slices.ContainsFunc(args, func(a string) bool { return a == "--help" || a == "-h" })
	if len(args) > 0 && args[0] == "help" {
		args, help = args[1:], true
	}
	if !help || len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return nil
	}
	if c, _, err := root.Find(args[:1]); err != nil || c == root {
		return noCommand(root, args[:1])
	}
	return nil
}

// fail says one sentence and ends with code 1.
func (p *program) fail(format string, args ...any) error {
	for i, a := range args {
		if err, ok := a.(error); ok {
			args[i] = safefile.Said(err)
		}
	}
	p.say(diag.From(fmt.Errorf(format, args...)))
	return exit(1)
}

// load reads the configuration, and says what is wrong with it, and what was therefore not done.
func (p *program) load(dir, undone string) (*config.Config, error) {
	cfg, diags := config.Load(dir)
	p.step("configuration read")
	p.say(diags)
	if cfg == nil {
		p.tell("%s in %s; nothing was %s\n", count(len(diags.Errors()), "error"), dir, undone)
		return nil, exit(1)
	}
	return cfg, nil
}

// mostPrinted is how much of a list is printed for people; JSON holds all.
const mostPrinted = 50

// say prints diagnostics for people, or keeps them for the JSON.
func (p *program) say(list diag.List) {
	if p.json {
		p.said = append(p.said, list...)
	} else {
		p.write(list)
	}
}

// write prints diagnostics for people.
func (p *program) write(list diag.List) {
	if p.quiet {
		list = slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool { return d.Severity == diag.Warning })
	}
	if terminal.Colours(p.stderr) {
		diag.WriteColoured(p.stderr, list, mostPrinted)
	} else {
		diag.Write(p.stderr, list, mostPrinted)
	}
}

// tell prints a line for people that is no error.
func (p *program) tell(format string, args ...any) {
	if !p.quiet {
		diag.Fprintf(p.stderr, format, args...)
	}
}

func (p *program) printJSON(v any) error {
	p.printed = true
	enc := json.NewEncoder(p.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// count is a number of things, as text.
func count(n int, word string) string { return fmt.Sprintf("%d %s", n, plural(n, word)) }

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// underCDK is true when the CDK CLI runs the program.
func underCDK() bool { return os.Getenv("CDK_OUTDIR") != "" }
