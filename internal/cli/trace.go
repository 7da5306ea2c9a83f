package cli

import (
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/safefile"
)

// watchFlags let a user see where the time goes.
func (p *program) watchFlags(root *cobra.Command) {
	root.PersistentFlags().BoolVar(&p.trace, "trace", false, "say how long each step took")
	root.PersistentFlags().StringVar(&p.cpuProfile, "cpuprofile", "",
		"write a Go CPU profile to this `file`, and that of the process that makes the templates to file.engine")
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		p.stepped = time.Now()
		if err := emptyFlag(c); err != nil {
			return err
		}
		p.called, p.folder = c, namedFolder(c)
		if p.cpuProfile == "" {
			return nil
		}
		stop, err := Profile(p.cpuProfile)
		if err != nil {
			return p.fail("%w", err)
		}
		p.atEnd(stop)
		return nil
	}
}

// Profile begins a CPU profile. stop ends it.
func Profile(file string) (stop func(), err error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, fmt.Errorf("--cpuprofile: %w; name a file that can be written", safefile.Reason(err))
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// step ends a step of the work.
func (p *program) step(what string) {
	now := time.Now()
	if p.trace {
		fmt.Fprint(p.stderr, Step(now.Sub(p.stepped), what))
	}
	p.stepped = now
}

// Step is a line of --trace.
func Step(took time.Duration, what string) string {
	return fmt.Sprintf("%7s ms  %s\n", fmt.Sprint(took.Milliseconds()), what)
}
