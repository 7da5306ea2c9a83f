// Package node says in one sentence what is wrong with Node.js, which the CDK's classes run on, and with the machine below it.
package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// oldestNode is the oldest Node.js that the CDK runs on, supportedNode the oldest that nodejs.org still supports.
const oldestNode, supportedNode = 20, 22

// fewestFiles is how many open files Node.js needs to start beside this program. With fewer it ends with an error of JavaScript's.
const fewestFiles = 40

// checkedNode is the node that was found good enough, so that a process asks once.
var checkedNode string

var nodeVersion = regexp.MustCompile(`^v(\d+)\.`)

// Fix is what to do where there is no good Node.js.
const Fix = "install Node.js 24 from your package manager or nodejs.org, " +
	"or run: npm install --no-save node@24 and put node_modules/node/bin on your PATH"

// Try is what to do where it ends or hangs.
const Try = "try node --version, and the command again"

// slowNode is how long node --version may take.
var slowNode = 20 * time.Second

// Check says in one line what is wrong with Node.js, which the CDK's classes run on, and warns of a version past its end.
func Check(ctx context.Context, warn io.Writer) error {
	if files, limited := mostFiles(); limited && files < fewestFiles {
		return fmt.Errorf("at most %d files may be open, and the CDK needs %d; raise the limit with ulimit -n", files, fewestFiles)
	}
	name := cmp.Or(os.Getenv("JSII_NODE"), "node") // as jsii does
	node, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("the CDK needs Node.js, and there is no %s on the PATH; %s", name, Fix)
	}
	if node == checkedNode {
		return nil
	}
	b, err := askVersion(ctx, node)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("node --version failed (%w); %s", err, cmp.Or(fixOfMachine(err.Error()), Fix))
	}
	m := nodeVersion.FindSubmatch(b)
	if m == nil {
		return fmt.Errorf("node --version answers %q; %s", strings.TrimSpace(string(b)), Fix)
	}
	major, version := string(m[1]), strings.TrimSpace(string(b))
	switch n, _ := strconv.Atoi(major); {
	case n < oldestNode:
		return fmt.Errorf("node %s is too old for the CDK, which needs %d or newer; %s", version, oldestNode, Fix)
	case n < supportedNode:
		fmt.Fprintf(warn, "warning: node %s gets no security fixes any more; use 22 or 24\n", version)
	}
	// The runtime prints twelve lines of banner at every start about a version that is past its end of life or not yet
	// tested, and works all the same. Each variable lists major versions to be silent about.
	for _, what := range []string{"END_OF_LIFE", "DEPRECATED", "UNTESTED"} {
		os.Setenv("JSII_SILENCE_WARNING_"+what+"_NODE_VERSION", major)
	}
	checkedNode = node
	return nil
}

// askVersion asks node for its version, and waits neither for ever nor for what it started.
func askVersion(parent context.Context, node string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(parent, slowNode, fmt.Errorf("no answer in %s", slowNode))
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "--version")
	out := &Limited{Left: 1 << 10}
	cmd.Stdout, cmd.WaitDelay = out, 100*time.Millisecond
	InOwnGroup(cmd)
	cmd.Cancel = func() error { KillGroup(cmd); return nil }
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // it has answered, and left something running
		err = nil
		KillGroup(cmd)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return out.Bytes(), err
}

var fault = regexp.MustCompile

// machine is what the machine's faults say, in Node.js and in Go, and what to do. They are no mistakes of ours.
var machine = []struct {
	says      *regexp.Regexp
	what, fix string
}{
	{fault(`ENOSPC|EDQUOT|(?i)no space left|quota exceeded`), "the disk is full", "free space, or name other folders with --out and TMPDIR"},
	{fault(`EROFS|(?i)read-only file system`), "the disk is read-only", "name other folders with --out and TMPDIR"},
	{fault(`EACCES|EPERM|(?i)permission denied|not permitted`), "the system does not permit it", "see to the folder's permissions"},
	{fault(`ENOMEM|EAGAIN|(?i)out of memory|cannot allocate|temporarily unavailable`), "the machine is out of memory or processes",
		"end other programs, or use a larger machine"},
	{fault(`EMFILE|ENFILE|(?i)too many open files`), "too many files are open", "raise the limit with ulimit -n"},
	{fault(`EFBIG|(?i)file too large`), "a file is larger than the system permits", "raise the limit with ulimit -f"},
	{fault(`\bEIO\b|(?i)input/output error`), "the disk fails", "look at the system's log"},
	{fault(`ENOENT|(?i)no such file`), "a file is gone that was there", "try again; something else may be removing temporary files"},
	{fault(`(?i)no response received|broken pipe|file already closed|unexpected EOF`),
		"Node.js ended before its work was done", "it may have run out of memory, or somebody ended it: " + Try},
	{fault(`(?i)executable file not found|exec format error`), "Node.js cannot be started", Fix},
	{fault(`(?i)invalid character|incompatible runtime`), "Node.js does not answer as it should", Fix},
}

// Fault turns a panic of the CDK's runtime into one line: its last words hold the reason, the rest is stacks.
func Fault(r any) error {
	text := fmt.Sprint(r)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "at ") {
			if err := ofMachine(line); err != nil {
				return err
			}
			return fmt.Errorf("the CDK could not build this: %s; please report it, with the configuration", line)
		}
	}
	return errors.New("the CDK could not build this, and does not say why; please report it, with the configuration")
}

// ofMachine is the machine's fault that a line tells of, or nil.
func ofMachine(line string) error {
	for _, m := range machine {
		if m.says.MatchString(line) {
			return fmt.Errorf("%s: %s; %s", m.what, line, m.fix)
		}
	}
	return nil
}

// fixOfMachine is what to do about the fault that a line tells of, or "".
func fixOfMachine(line string) string {
	for _, m := range machine {
		if m.says.MatchString(line) {
			return m.fix
		}
	}
	return ""
}

var errorLine = regexp.MustCompile(`^(Uncaught )?\w*Error( \[\w+\])?: `)

// Ended is why Node.js ended itself, by what it printed: the line with the error, without the source and the stack around it.
// It is nil where Node.js did not.
func Ended(said string) error {
	reason, ended := "", false
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		ended = ended || strings.HasPrefix(line, "Node.js v") // the last line, by itself
		if reason == "" && errorLine.MatchString(line) {
			reason = line
		}
	}
	switch err := ofMachine(reason); {
	case !ended || reason == "":
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("the CDK's Node.js ended before its work was done: %s; %s", reason, Try)
}
