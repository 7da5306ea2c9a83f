// Package cli is the command line: flags, messages and exit codes. It does not start the CDK itself: an Engine does,
// which is handed in.
//
// Data goes to stdout, everything said to a person to stderr. Exit codes: 0 done, 1 the configuration, the network or
// the machine is not as it must be, 2 the command line is wrong, 3 (of verify) not everything could be looked at. Output that
// could not be written is 1 whatever the result, with a sentence on stderr, or without one where the reader of a pipe has left.
package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
)

// SynthOptions of one synthesis.
type SynthOptions struct {
	// Out is the folder of the cloud assembly.
	Out string
	// Only names the spokes to build, with what they need. Empty means all.
	Only []string
	// Validate the templates with the CDK too.
	Validate bool
}

// Engine builds the stacks of a configuration.
type Engine interface {
	// Synth writes the cloud assembly of a configuration.
	Synth(context.Context, *config.Config, SynthOptions) error
	// Close ends what Synth started. It is called once, at the end.
	Close()
}

// Run carries out one command line and returns the exit code. When the context ends, the command stops.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer, engine Engine) int {
	defer engine.Close()
	p := &program{stdout: &output{to: stdout}, stderr: stderr, engine: engine, said: diag.List{}}
	root := command(p)
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		setJSON(c, args)
		return err
	})
	err := root.ExecuteContext(ctx)
	var code exit
	if err != nil && !errors.As(err, &code) {
		code = 2
		p.say(diag.From(err))
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
	// json is true where the result is printed as JSON. What is said before it becomes a part of it, and where there is
	// no result, all of it.
	json    bool
	said    diag.List
	printed bool
}

func (p *program) jsonFlag(c *cobra.Command, page string) {
	c.Flags().BoolVar(&p.json, "json", false, "print the whole result as JSON, mistakes of the configuration included ("+page+")")
}

func command(p *program) *cobra.Command {
	root := &cobra.Command{
		Use: "sharedhub", Short: "Provision shared-services hubs and their spokes",
		Long: "Without a subcommand, synthesises config/ into cdk.out, as the CDK CLI expects.",
		Args: noCommand, SilenceErrors: true, SilenceUsage: true,
	}
	root.Version = thisVersion().String()
	root.SetVersionTemplate("{{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	synth := p.synthCommand()
	root.Flags().AddFlagSet(synth.Flags())
	root.RunE = synth.RunE
	root.AddCommand(synth, p.proveCommand(), p.verifyCommand(), p.unstickCommand(), p.reachCommand(), p.explainCommand(), p.catalogCommand(),
		p.versionCommand())
	return root
}

// noCommand refuses words after the program's name, which cobra hands over when they name no command.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := cmp.Or(diag.DidYouMean(args[0], names), "the commands are "+strings.Join(names, ", "))
	return fmt.Errorf("unknown command %q; %s", args[0], hint)
}

// fail says one sentence and ends with code 1.
func (p *program) fail(format string, args ...any) error {
	p.say(diag.From(fmt.Errorf(format, args...)))
	return exit(1)
}

// load reads the configuration, and says what is wrong with it, and what was therefore not done.
func (p *program) load(dir, undone string) (*config.Config, error) {
	cfg, diags := config.Load(dir)
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
		diag.Write(p.stderr, list, mostPrinted)
	}
}

// tell prints a line for people.
func (p *program) tell(format string, args ...any) { diag.Fprintf(p.stderr, format, args...) }

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
