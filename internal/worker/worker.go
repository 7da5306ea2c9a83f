package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sharedhub/internal/cached"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/node"
	"sharedhub/internal/safefile"
)

// Is is true in the process that a Process started.
func Is() bool { return os.Getenv(workerEnv) != "" }

// Within is told how long the next step of an engine may take.
type Within func(time.Duration)

// Work does what the process was started for, and ends it with its group: by itself Node.js takes its time.
func Work(start func(Patience, Within) cli.Engine) {
	defer node.EndGroup()
	var j job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		fmt.Fprintf(os.Stderr, "error: %s is set by the program itself; take it out of the environment\n", workerEnv)
		os.Exit(1)
	}
	go func() { // the end of the standard input is that of whoever waits for an answer
		_, _ = io.Copy(io.Discard, os.Stdin)
		node.EndGroup()
	}()
	os.Unsetenv(workerEnv)
	within := watchdog(func(limit time.Duration) {
		j.answer(fmt.Errorf("node.js has not answered for %s: it hangs, or the machine is too busy; %s", limit, node.Try))
		node.EndGroup()
	})
	e := start(j.Patience, within)
	err := j.do(e)
	j.answer(err)
	within(j.Patience.End)
	e.Close() // what the CDK has said arrives
}

func (j *job) do(e cli.Engine) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = node.Fault(r)
		}
	}()
	changed := errors.New("the configuration was changed while it was read; try again")
	cfg, _ := config.Load(j.Config)
	if cfg == nil {
		return changed
	}
	cfg.Hubs = slices.DeleteFunc(cfg.Hubs, func(h *config.Hub) bool { return !slices.Contains(j.Hubs, h.Name) })
	if plan, err := cached.PlanDigest(cfg.Hubs); err != nil || plan != j.Plan {
		return errors.Join(err, changed)
	}
	return e.Synth(context.Background(), cfg, j.Options)
}

// answer writes the file that says how it went. The first answer stands.
func (j *job) answer(err error) {
	a := answer{}
	if err != nil {
		a.Error = err.Error()
	}
	text, _ := json.Marshal(a)
	_ = safefile.Create(filepath.Dir(j.Answer), filepath.Base(j.Answer), text)
}

// watchdog calls late where a step takes longer than was said before it.
func watchdog(late func(limit time.Duration)) Within {
	var timer *time.Timer
	return func(limit time.Duration) {
		if timer != nil {
			timer.Stop()
		}
		timer = time.AfterFunc(limit, func() { late(limit) })
	}
}
