// Package app builds the stacks of a configuration with the CDK and writes them to a cloud assembly.
package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/internal/app/stamp"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/node"
	"sharedhub/internal/worker"
)

// Engine is the cli.Engine that runs on the CDK. A process has one jsii runtime, so it needs one Engine only.
type Engine struct {
	cdkJSON  []byte
	patience worker.Patience
	within   worker.Within
	// For tests: how many stacks the last synthesis stamped; and why it did not, where it should have.
	stamped int
	unlike  error
}

// New takes the content of cdk.json, whose feature flags every synthesis uses, and who is told how long each step may take.
func New(cdkJSON []byte, patience worker.Patience, within worker.Within) *Engine {
	return &Engine{cdkJSON: cdkJSON, patience: patience, within: within}
}

var _ cli.Engine = (*Engine)(nil)

// Synth writes the cloud assembly of a configuration to a folder. The CDK's own errors are panics; they come back as
// errors.
func (e *Engine) Synth(ctx context.Context, cfg *config.Config, opt cli.SynthOptions) (err error) {
	defer func() {
		r := recover()
		switch {
		case ctx.Err() != nil: // Ctrl-C reaches the runtime's process too, and what it was asked for then panics
			err = context.Cause(ctx)
		case r != nil:
			err = node.Fault(r)
		}
	}()
	flags, err := e.context()
	if err != nil {
		return err
	}
	if opt.CPUProfile != "" {
		stop, err := cli.Profile(opt.CPUProfile)
		if err != nil {
			return err
		}
		defer stop()
	}
	e.within(e.patience.Start)
	startRuntime(opt.Validate, opt.Plain)
	e.unlike = nil
	err = e.synth(ctx, cfg, opt, flags)
	if errors.Is(err, errUnlike) && ctx.Err() == nil {
		e.unlike = err
		if err := empty(opt.Out); err != nil {
			return err
		}
		opt.Plain = true
		err = e.synth(ctx, cfg, opt, flags)
	}
	return err
}

// synth makes each stack with the CDK, or stamps those of one shape.
func (e *Engine) synth(ctx context.Context, cfg *config.Config, opt cli.SynthOptions, flags map[string]any) error {
	b := &building{engine: e, shapes: map[*group]*shape{}}
	began := time.Now()
	step := func(what string) {
		if opt.Trace {
			fmt.Fprint(os.Stderr, cli.Step(time.Since(began), "  "+what))
		}
		began = time.Now()
	}
	in := stamp.NewStandIns("")
	var hubs []*hubStacks
	for _, h := range cfg.Hubs {
		s := newHubStacks(h, opt.Only, in)
		hubs = append(hubs, s)
		if !opt.Plain && !opt.Validate { // the CDK validates what it makes itself
			b.share(h, s.spokes)
			b.share(h, s.zones)
		}
	}
	step(fmt.Sprintf("shapes found: %d groups of stacks to stamp", len(b.shapes)))
	b.app = e.newApp(opt.Out, flags, len(b.shapes) > 0)
	step("CDK started")
	for _, s := range hubs {
		if err := s.build(ctx, b); err != nil {
			return err
		}
	}
	step("constructs made")
	e.within(e.patience.Write)
	b.app.Synth(nil)
	step("templates written")
	e.stamped = 0
	if len(b.shapes) == 0 {
		return nil
	}
	defer func() { step("templates stamped") }()
	return b.stamp(opt.Out)
}

// empty removes what is in a folder.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// Close ends the CDK runtime. It must be the last thing that the program does.
func (e *Engine) Close() { closeRuntime() }

// newApp makes the CDK app with the feature flags of cdk.json, which the CDK CLI would pass, so that `go run .` and
// `cdk synth` write the same bytes. With ids, the metadata of the stacks say which path has which logical id.
func (e *Engine) newApp(out string, flags map[string]any, ids bool) awscdk.App {
	props := &awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false), TreeMetadata: jsii.Bool(false), Context: &flags,
		// What the CLI may say otherwise: stack traces and id metadata cost 15 % of the time, and metadata changes templates.
		PostCliContext: &map[string]any{
			"aws:cdk:disable-stack-trace": true, "aws:cdk:disable-logicalId-metadata": !ids, "aws:cdk:disable-creation-stack-traces": true,
			"aws:cdk:enable-path-metadata": false, "aws:cdk:enable-asset-metadata": false,
		},
	}
	if out != "" {
		props.Outdir = jsii.String(out)
	}
	return awscdk.NewApp(props)
}

// context is that of the embedded cdk.json, with that of the folder's own over it: the qualifier of a bootstrap, a permissions
// boundary, and whatever else the CDK CLI would pass. Under the CLI, which says so by this variable, it does.
func (e *Engine) context() (map[string]any, error) {
	var file struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(e.cdkJSON, &file); err != nil {
		return nil, fmt.Errorf("cdk.json: %w", err)
	}
	if os.Getenv("CDK_CONTEXT_JSON") != "" {
		return file.Context, nil
	}
	own, err := os.ReadFile("cdk.json")
	if errors.Is(err, fs.ErrNotExist) {
		return file.Context, nil
	}
	if err == nil {
		err = json.Unmarshal(own, &file) // keys that it has not stay
	}
	if err != nil {
		return nil, fmt.Errorf("cdk.json of this folder: %w", err)
	}
	return file.Context, nil
}
