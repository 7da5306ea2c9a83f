package rollout

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"sharedhub/internal/node"
)

// CLI is the CDK's command line.
type CLI struct {
	// Program is the CLI's path. Required.
	Program string
	// Assembly is the folder to deploy. Required.
	Assembly string
	// Concurrency is how many stacks are deployed at a time. Required.
	Concurrency int
	// Flags are further ones. Default: none.
	Flags []string
	// Say gets each line of the CLI's output. Required.
	Say func(line string)
}

// What the CLI prints of each stack's end (aws-cdk, lib/cli/cdk-toolkit.ts), and of a request that AWS's rate limits refused.
var (
	deployed  = regexp.MustCompile(`^\s*✅\s+(\S+)`)
	failed    = regexp.MustCompile(`^\s*❌\s+(\S+) failed`)
	throttled = regexp.MustCompile(`Rate exceeded|Throttling|TooManyRequests|RequestLimitExceeded|PriorRequestNotComplete`)
)

// Throttled is true of the reason of a failure that a later attempt may not have.
func Throttled(reason string) bool { return throttled.MatchString(reason) }

// linger is how long the CLI has to end by itself when the program is told to stop. CloudFormation goes on with the stacks
// that it is at.
const linger = 5 * time.Second

// Deploy deploys stacks which wait for none but deployed ones.
func (c CLI) Deploy(ctx context.Context, stacks []string) Attempt {
	args := slices.Concat([]string{"deploy"}, stacks, []string{"--exclusively", "--app", c.Assembly,
		"--concurrency", fmt.Sprint(c.Concurrency), "--require-approval", "never", "--ci", "--no-color", "--progress", "events"}, c.Flags)
	cmd := exec.CommandContext(ctx, c.Program, args...)
	node.InOwnGroup(cmd)
	cmd.Cancel, cmd.WaitDelay = func() error { node.KillGroup(cmd); return nil }, linger
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	said := make(chan Attempt)
	go func() { said <- c.read(r, stacks) }()
	err := cmd.Run()
	w.Close()
	at := <-said
	if err != nil {
		at.Err = err
		if errors.As(err, new(*exec.ExitError)) {
			at.Err = fmt.Errorf("the CDK CLI ended with %w%s", err, after(": ", at.last))
		}
	}
	return at
}

// after puts a separator before a text; nothing before none.
func after(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

// read passes the lines on and notes what they say of the stacks. The reason of a failure is the line's rest and what follows
// until the next stack.
func (c CLI) read(r io.Reader, stacks []string) Attempt {
	at := Attempt{Failed: map[string]string{}}
	var of string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		c.Say(line)
		if m := failed.FindStringSubmatch(line); m != nil && slices.Contains(stacks, m[1]) {
			of = m[1]
			line = strings.TrimPrefix(strings.TrimPrefix(line[strings.Index(line, "failed"):], "failed to deploy"), "failed:")
		} else if m := deployed.FindStringSubmatch(line); m != nil && slices.Contains(stacks, m[1]) {
			of = ""
			at.Deployed = append(at.Deployed, m[1])
		}
		if of != "" {
			at.Failed[of] = strings.TrimSpace(at.Failed[of] + " " + strings.TrimSpace(line))
		} else if text := strings.TrimSpace(line); text != "" {
			at.last = text
		}
	}
	_, _ = io.Copy(io.Discard, r) // a line without an end must not stop the CLI
	return at
}
