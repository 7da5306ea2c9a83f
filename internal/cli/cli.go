// Package cli is the command line: flags, messages and exit codes. It does not start the CDK itself: an Engine does,
// which is handed in.
//
// Data goes to stdout, everything said to a person to stderr. Exit codes: 0 done, 1 the configuration, the network or
// the machine is not as it must be, 2 the command line is wrong, 3 (of verify) not everything could be looked at.
package cli

import (
	"cmp"
	"context"
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
	root := command(&program{stdout, stderr, engine})
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var code exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(stderr, "error: %v\n", err)
	return 2
}

// exit is an error whose words have been said already.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

type program struct {
	stdout, stderr io.Writer
	engine         Engine
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
	root.AddCommand(synth, p.proveCommand(), p.verifyCommand(), p.reachCommand(), p.catalogCommand(), p.versionCommand())
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
	fmt.Fprintf(p.stderr, "error: "+format+"\n", args...)
	return exit(1)
}

// load reads the configuration, and says what is wrong with it.
func (p *program) load(dir string) (*config.Config, error) {
	cfg, diags := config.Load(dir)
	p.say(diags)
	if cfg == nil {
		n := len(diags.Errors())
		fmt.Fprintf(p.stderr, "%d %s in %s; nothing was written\n", n, plural(n, "error"), dir)
		return nil, exit(1)
	}
	return cfg, nil
}

func (p *program) say(diags diag.List) {
	for _, d := range diags {
		fmt.Fprintln(p.stderr, d)
	}
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
