package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/testscript"

	"sharedhub/internal/config"
)

var update = flag.Bool("update", false, "write what the scripts compare with anew; look at what changed before you commit it")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sharedhub": func() {
		os.Exit(Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, fake{}, samplePages))
	}})
}

// Every command, and every kind of wrong command line: testdata/script has a file for each. A script starts in a folder with
// the configuration of testdata/config, and with a larger one and its assembly in "network". Beside testscript's own commands
// it has "code", which runs a command and expects an exit code: code 2 sharedhub frob.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true, UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			return errors.Join(os.CopyFS(filepath.Join(env.WorkDir, "config"), os.DirFS("testdata/config")),
				os.CopyFS(filepath.Join(env.WorkDir, "network"), os.DirFS("testdata/network")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": expectCode},
	})
}

// samplePages stand for the documents and examples that main embeds.
var samplePages = fstest.MapFS{
	"docs/OPERATIONS.md": {Data: []byte("# Operations\n")}, "examples/one/hubs/a.yaml": {Data: []byte("a: b\n")},
	"examples/one/spokes/b.yaml": {Data: []byte("a: b\n")}, "pipelines/github/.github/workflows/deploy.yml": {Data: []byte("a: b\n")},
	"pipelines/roles/github.yaml": {Data: []byte("a: b\n")}, "pipelines/roles/bootstrap": {Data: []byte("#!/bin/sh\necho bootstraps $1\n")},
}

func expectCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, expected %d", got, want)
	}
}

// fake is an engine without the CDK. It writes the stacks that FAKE_STACKS names, with a hosted zone and a VPC in each, or
// fails as FAKE_ERROR says. A * stands for each spoke, whose stack has its range and waits for the first stack.
type fake struct{}

func (fake) Close() {}

func (fake) Synth(_ context.Context, cfg *config.Config, opt SynthOptions) error {
	if text := os.Getenv("FAKE_ERROR"); text != "" {
		return errors.New(text)
	}
	artifacts := map[string]any{}
	ranges := map[string]string{}
	var stacks []string
	for _, s := range strings.Fields(os.Getenv("FAKE_STACKS")) {
		if !strings.Contains(s, "*") {
			stacks = append(stacks, s)
			continue
		}
		for _, spoke := range cfg.Spokes {
			if len(opt.Only) == 0 || slices.Contains(opt.Only, spoke.Name) {
				name := strings.Replace(s, "*", spoke.Name, 1)
				stacks, ranges[name] = append(stacks, name), spoke.CIDR.String()
			}
		}
	}
	for _, s := range stacks {
		artifact := map[string]any{
			"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-east-1",
			"properties": map[string]any{"templateFile": s + ".template.json"},
		}
		if ranges[s] != "" {
			artifact["dependencies"] = []string{stacks[0]}
		}
		artifacts[s] = artifact
		template := `{"Resources": {"Zone": {"Type": "AWS::Route53::HostedZone"}, "Vpc": {"Type": "AWS::EC2::VPC", "Properties": ` +
			`{"CidrBlock": "` + cmp.Or(ranges[s], "10.0.0.0/20") + `"}}}}`
		if err := writeFile(filepath.Join(opt.Out, s+".template.json"), []byte(template)); err != nil {
			return err
		}
	}
	manifest, err := json.Marshal(map[string]any{"version": "54.0.0", "artifacts": artifacts})
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(opt.Out, "manifest.json"), manifest)
}

func writeFile(file string, text []byte) error {
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text, 0o644))
}
