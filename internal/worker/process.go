// Package worker runs an engine in a process of its own, this program started again. jsii gives no hold on the Node.js that it
// starts, and answers what goes wrong with panics, in other goroutines too. A process group can be ended, and its temporary
// folder removed, whatever they do.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"sharedhub/internal/cached"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/node"
	"sharedhub/internal/safefile"
)

// Process is the cli.Engine that runs another one in a process.
type Process struct {
	warn     io.Writer
	patience Patience
	mutex    sync.Mutex
	end      func() // what runs
}

// New takes where warnings go.
func New(warn io.Writer) *Process { return &Process{warn: warn, patience: Usual} }

var _ cli.Engine = (*Process)(nil)

// SetPatience is for tests, which have less.
func (p *Process) SetPatience(patience Patience) { p.patience = patience }

// Patience is how long Node.js may take without a sign of life: to start, for a stack, to write the assembly, and to end.
type Patience struct{ Start, Stack, Write, End time.Duration }

// Usual is long enough for a machine that unpacks the CDK for the first time beside other work. Its end waits ten seconds at most for
// what later runs need (internal/app/direct.cjs).
var Usual = Patience{3 * time.Minute, 3 * time.Minute, 15 * time.Minute, 20 * time.Second}

// workerEnv is set for the process that does the work.
const workerEnv = "SHAREDHUB_WORKER"

// job is what the process is told, on its standard input.
type job struct {
	Config   string
	Hubs     []string
	Plan     string // its digest: the process reads the files again
	Options  cli.SynthOptions
	Answer   string // the file to write the answer to
	Patience Patience
}

type answer struct{ Error string }

// Synth writes the cloud assembly of a configuration to a folder.
func (p *Process) Synth(ctx context.Context, cfg *config.Config, opt cli.SynthOptions) error {
	if err := node.Check(ctx, p.warn); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "sharedhub-*")
	if err != nil {
		return safefile.NoTemp(err)
	}
	j := job{Config: cfg.Dir, Options: opt, Answer: filepath.Join(temp, "answer.json"), Patience: p.patience}
	for _, h := range cfg.Hubs {
		j.Hubs = append(j.Hubs, h.Name)
	}
	if j.Plan, err = cached.PlanDigest(cfg.Hubs); err != nil {
		return err
	}
	said, err := p.work(ctx, temp, j)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	text, readErr := os.ReadFile(j.Answer)
	var a answer
	if readErr != nil || json.Unmarshal(text, &a) != nil {
		return died(said, err)
	}
	if a.Error != "" {
		if err := node.Ended(said); err != nil {
			return err
		}
	}
	p.print(said, opt)
	if a.Error != "" {
		return errors.New(a.Error)
	}
	return nil
}

// work runs the process to its end, and returns what it said besides. Afterwards nothing of it runs.
func (p *Process) work(ctx context.Context, temp string, j job) (said string, err error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	out := &node.Limited{Left: 1 << 20}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), workerEnv+"=1", cached.CompiledVariable+"="+cached.Compiled(), "TMPDIR="+temp, "TMP="+temp, "TEMP="+temp)
	if !cacheUsable() {
		cmd.Env = append(cmd.Env, "HOME="+temp, "LOCALAPPDATA="+temp, "JSII_RUNTIME_PACKAGE_CACHE_ROOT="+filepath.Join(temp, "cache"))
	}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, out, time.Second
	node.InOwnGroup(cmd)
	stdin, err := cmd.StdinPipe() // open until this process ends, whichever way: then the other one ends too
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	remove := func() { os.RemoveAll(temp) }
	p.mutex.Lock()
	err = cmd.Start()
	p.end = remove
	if err == nil {
		p.end = sync.OnceFunc(func() { node.KillGroup(cmd); remove() })
	}
	p.mutex.Unlock()
	if err != nil {
		return "", err
	}
	defer context.AfterFunc(ctx, p.Close)()
	_, _ = stdin.Write(append(text, '\n'))
	err = cmd.Wait()
	node.KillGroup(cmd) // what it left behind
	return out.String(), err
}

// Close ends what runs and removes its temporary folder.
func (p *Process) Close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.end != nil {
		p.end()
	}
}

// print hands on what the CDK said, such as the report of a validation. It names the folder that the assembly is meant for.
func (p *Process) print(said string, opt cli.SynthOptions) {
	names := []string{opt.Out, opt.Final}
	if here, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(here, opt.Out); err == nil {
			names = append(names, rel, opt.Final)
		}
	}
	for line := range strings.Lines(strings.NewReplacer(names...).Replace(said)) {
		diag.Fprintf(p.warn, "%s\n", strings.TrimRight(line, "\r\n"))
	}
}

// died says why the process ended without an answer: it was ended, or ran out of memory.
func died(said string, err error) error {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "fatal error: ") || strings.HasPrefix(l, "panic: ") })
	switch {
	case i >= 0:
		return node.Fault(lines[i])
	case err != nil:
		return fmt.Errorf("the process that writes the templates ended early (%w); it may have run out of memory", err)
	}
	return errors.New("the process that writes the templates ended without an answer; it may have run out of disk space in " + os.TempDir())
}

// cacheUsable is false where jsii cannot keep the CDK's classes between runs, such as in a home folder that is missing, full or
// read-only: it then unpacks them into the temporary folder each time. It would fail otherwise, or try for ever, as Node.js does
// where it is to make a folder below /proc.
func cacheUsable() bool {
	root := os.Getenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT")
	switch home := os.Getenv("HOME"); { // as jsii looks for it, in kernel/lib/tar-cache/default-cache-root.ts
	case root != "":
	case runtime.GOOS == "windows":
		root = filepath.Join(os.Getenv("LOCALAPPDATA"), "AWS", "jsii", "package-cache")
	case home == "":
		return false
	case runtime.GOOS == "darwin":
		root = filepath.Join(home, "Library", "Caches", "com.amazonaws.jsii", "package-cache")
	default:
		root = filepath.Join(home, ".cache", "aws", "jsii", "package-cache")
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return false
	}
	probe, err := os.CreateTemp(root, ".probe-*")
	if err != nil {
		return false
	}
	_, err = probe.Write(make([]byte, 1<<16))
	return errors.Join(err, probe.Close(), os.Remove(probe.Name())) == nil
}
