// Package app builds the stacks of a configuration with the CDK and writes them to a cloud assembly.
package app

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

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
}

// New takes the content of cdk.json, whose feature flags every synthesis uses, and who is told how long each step may take.
func New(cdkJSON []byte, patience worker.Patience, within worker.Within) *Engine {
	return &Engine{cdkJSON, patience, within}
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
	e.within(e.patience.Start)
	startRuntime(opt.Validate)
	app := e.newApp(opt.Out)
	for _, h := range cfg.Hubs {
		if err := e.buildHub(ctx, app, h, opt.Only); err != nil {
			return err
		}
	}
	e.within(e.patience.Write)
	app.Synth(nil)
	return nil
}

// Close ends the CDK runtime. It must be the last thing that the program does.
func (e *Engine) Close() { closeRuntime() }

// newApp makes the CDK app with the feature flags of cdk.json, which the CDK CLI would pass, so that `go run .` and
// `cdk synth` write the same bytes.
func (e *Engine) newApp(out string) awscdk.App {
	var file struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(e.cdkJSON, &file); err != nil {
		panic(fmt.Errorf("cdk.json: %w", err))
	}
	props := &awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false), TreeMetadata: jsii.Bool(false), Context: &file.Context,
		// What the CLI may say otherwise: stack traces and id metadata cost 15 % of the time, and metadata changes templates.
		PostCliContext: &map[string]any{
			"aws:cdk:disable-stack-trace": true, "aws:cdk:disable-logicalId-metadata": true, "aws:cdk:disable-creation-stack-traces": true,
			"aws:cdk:enable-path-metadata": false, "aws:cdk:enable-asset-metadata": false,
		},
	}
	if out != "" {
		props.Outdir = jsii.String(out)
	}
	return awscdk.NewApp(props)
}
