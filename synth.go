package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/sharing"
	"sharedhub/hub"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/spokes"
)

//go:embed cdk.json
var cdkJSON []byte

// synthesise writes the cloud assembly of a configuration to a folder. The CDK's own errors are panics; they come back
// as errors.
func synthesise(cfg *config.Config, opt cli.SynthOptions) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = cli.RuntimeError(r)
		}
	}()
	startRuntime()
	app := newApp(opt.Out)
	outputs := sharing.NewOutputs()
	for _, h := range cfg.Hubs {
		if wanted(h.Spokes, opt.Only) {
			buildHub(app, h, opt.Only, outputs)
		}
	}
	app.Synth(nil)
	return nil
}

func init() { cli.CloseRuntime = jsii.Close }

// buildHub makes a hub's stacks and those of its spokes; with only, just what those spokes need.
func buildHub(app awscdk.App, h *config.Hub, only []string, outputs *sharing.Outputs) {
	built := hub.New(app, h, outputs)
	byAccount := map[string][]awscdk.Stack{}
	for _, s := range h.Spokes {
		if len(only) > 0 && !slices.Contains(only, s.Name) {
			continue
		}
		stack := spokes.New(app, s, built)
		built.Link(app, s, stack)
		byAccount[s.Account] = append(byAccount[s.Account], stack)
	}
	for _, account := range built.Accounts() {
		if len(only) == 0 || account == h.Account || len(byAccount[account]) > 0 {
			built.Zones(app, account, byAccount[account])
		}
	}
}

func wanted(spokes []*config.Spoke, only []string) bool {
	return len(only) == 0 || slices.ContainsFunc(spokes, func(s *config.Spoke) bool { return slices.Contains(only, s.Name) })
}

// newApp makes the CDK app with the feature flags of cdk.json, which the CDK CLI would pass, so that `go run .` and
// `cdk synth` write the same bytes.
func newApp(out string) awscdk.App {
	var file struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(cdkJSON, &file); err != nil {
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

// startRuntime lets the CDK's runtime see what the environment says by now. The jsii client is prepared, with a copy of
// the environment, when the program's packages are initialised; closed before its first use, it is prepared anew.
var startRuntime = sync.OnceFunc(func() {
	if os.Getenv(cli.ValidateEnv) == "" {
		os.Setenv(cli.ValidateEnv, "false") // the CDK's own template validation takes 3 to 5 seconds a run
	}
	jsii.Close()
})
