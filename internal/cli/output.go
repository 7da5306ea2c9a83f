package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"sharedhub/internal/diag"
)

// output is stdout. It keeps the first error of a write and drops what follows, so that every command runs to its end and
// Run says once that the output is lost.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.to.Write(b)
	}
	return len(b), nil
}

// lost is true where a write failed and somebody still reads. A closed pipe is no loss: head has what it wants.
func (o *output) lost() bool { return o.err != nil && !errors.Is(o.err, syscall.EPIPE) }

// sayLost says why the output is lost, after the diagnostics that the JSON was to hold.
func (p *program) sayLost() {
	reason := p.stdout.err
	if path := (*fs.PathError)(nil); errors.As(reason, &path) { // its path is /dev/stdout whatever stdout is
		reason = path.Err
	}
	diag.Write(p.stderr, p.said, mostPrinted)
	diag.Write(p.stderr, diag.From(fmt.Errorf("writing the output: %w", reason)), mostPrinted)
}
