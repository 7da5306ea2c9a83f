package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"sharedhub/internal/diag"
)

// Stopped is why a context ended: the program was told to stop.
type Stopped struct{ Signal syscall.Signal }

func (s Stopped) Error() string {
	return "stopped by " + map[syscall.Signal]string{syscall.SIGINT: "SIGINT", syscall.SIGTERM: "SIGTERM", syscall.SIGHUP: "SIGHUP"}[s.Signal]
}

// UntilSignal is a context that ends with the signals that ask a program to stop. A second one ends the program at once.
func UntilSignal(parent context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(parent)
	signals := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signals = append(signals, syscall.SIGHUP)
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, signals...)
	go func() {
		s, _ := (<-told).(syscall.Signal)
		cancel(Stopped{s})
		signal.Stop(told)
	}()
	return ctx
}

// grace is how long a command that is told to stop has to end by itself. What it would do after that, it does not need to: its
// output is put in place in one step, and its temporary folders are removed by cleanUp.
const grace = 500 * time.Millisecond

// untilStopped runs a command, but not much longer than until its context ends. Its exit code is then that of a program which
// the signal ended.
func (p *program) untilStopped(ctx context.Context, command func() int) int {
	ended := make(chan int, 1)
	go func() {
		defer p.bug(ended)
		ended <- command()
	}()
	var why Stopped
	select {
	case code := <-ended:
		if code != 0 && errors.As(context.Cause(ctx), &why) {
			return 128 + int(why.Signal)
		}
		return code
	case <-ctx.Done():
	}
	stopped := errors.As(context.Cause(ctx), &why)
	select {
	case code := <-ended:
		if code == 0 || !stopped {
			return code
		}
	case <-time.After(grace):
		diag.Fprintf(p.stderr, "error: %s\n", context.Cause(ctx))
		if !stopped {
			return 1
		}
	}
	return 128 + int(why.Signal)
}

// bug makes one sentence of a panic, which names the line of ours that it comes from.
func (p *program) bug(ended chan<- int) {
	r := recover()
	if r == nil {
		return
	}
	where := "an unknown place"
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			where = fmt.Sprintf("%s, line %d", f.Function, f.Line)
			break
		}
		if !more {
			break
		}
	}
	what := diag.Clip(fmt.Sprint(r))
	diag.Fprintf(p.stderr, "error: a mistake in sharedhub, at %s: %s; please report it, with the configuration\n", where, what)
	ended <- 1
}

// cleanups are what is to be done at the end, however a command ends.
type cleanups struct {
	mutex sync.Mutex
	todo  map[int]func()
	n     int
}

// atEnd has something done at the program's end, or before that by the function that is returned. It is done once.
func (p *program) atEnd(do func()) (now func()) {
	p.temporary.mutex.Lock()
	defer p.temporary.mutex.Unlock()
	if p.temporary.todo == nil {
		p.temporary.todo = map[int]func(){}
	}
	p.temporary.n++
	n := p.temporary.n
	p.temporary.todo[n] = do
	return func() { p.temporary.take(n)() }
}

// take is what is to be done, and nothing when it is asked for again.
func (c *cleanups) take(n int) func() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if do := c.todo[n]; do != nil {
		delete(c.todo, n)
		return do
	}
	return func() {}
}

// cleanUp ends the engine, which may still be writing, and removes what is temporary.
func (p *program) cleanUp() {
	p.engine.Close()
	for n := range p.temporary.n {
		p.temporary.take(n + 1)()
	}
}
