package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"sharedhub/internal/terminal"
)

// doing shows on a terminal what takes over a second, until done.
func (p *program) doing(what string) (done func()) {
	if p.quiet || p.trace || !terminal.Is(p.stderr) || os.Getenv("TERM") == "dumb" {
		return func() {}
	}
	return show(p.stderr, what, time.Second)
}

// show writes a line each time, over the last one, and takes it away at the end.
func show(w io.Writer, what string, every time.Duration) (done func()) {
	const overLine = "\r\x1b[K"
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(every)
		defer tick.Stop()
		began, end := time.Now(), ""
		for {
			select {
			case <-stop:
				fmt.Fprint(w, end)
				return
			case <-tick.C:
				fmt.Fprintf(w, "%s%s, for %d s", overLine, what, int(time.Since(began).Seconds()))
				end = overLine
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(stop)
		<-stopped
	})
}
