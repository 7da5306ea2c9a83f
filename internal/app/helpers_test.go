package app

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"sharedhub/internal/assembly"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

var update = flag.Bool("update", false, "write the snapshots anew; look at what changed before you commit them")

// engine is the one CDK runtime that all tests share.
var engine *Engine

// The tests run in the root folder, as users do, so that messages name config and examples/… as the README does.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	cdkJSON, err := os.ReadFile("cdk.json")
	if err != nil {
		panic(err)
	}
	engine = New(cdkJSON)
	code := m.Run()
	engine.Close()
	os.Exit(code)
}

// testdata is this package's, as seen from the root folder.
const testdata = "internal/app/testdata"

// open is the engine without its end: the next command line needs the runtime too.
type open struct{ *Engine }

func (open) Close() {}

// run is one command line.
func run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = cli.Run(t.Context(), args, &out, &err, open{engine})
	return code, out.String(), err.String()
}

// write synthesises a configuration that is loaded already.
func write(t testing.TB, cfg *config.Config, out string) {
	t.Helper()
	if err := engine.Synth(t.Context(), cfg, cli.SynthOptions{Out: out}); err != nil {
		t.Fatal(err)
	}
	understood(t, out)
}

// understood fails where the proof would pass over a part of our own templates.
func understood(t testing.TB, out string) {
	t.Helper()
	a, err := assembly.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	net := topology.Link(a.Records())
	for _, u := range net.Unknown {
		t.Errorf("%s, an %s: expected a record that carries %v, or a row in the registry that says why not", u.Source, u.Type, u.Properties)
	}
	for _, u := range net.Undecided {
		t.Errorf("%s %s: expected nothing undecided, found that %s", u.Source, u.Path, u.Reason)
	}
}

// template is a stack's template as JSON values.
type template map[string]any

func (t template) resources() map[string]any { return t["Resources"].(map[string]any) }

// synth runs the program on a configuration and returns its templates by stack.
func synth(t testing.TB, dir string, args ...string) map[string]template {
	t.Helper()
	out := t.TempDir()
	if code, _, stderr := run(t, append([]string{"synth", "--config", dir, "--out", out}, args...)...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	understood(t, out)
	return templates(t, out)
}

func templates(t testing.TB, dir string) map[string]template {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates in %s: %v", dir, err)
	}
	out := map[string]template{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var tpl template
		if err := json.Unmarshal(b, &tpl); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".template.json")] = tpl
	}
	return out
}

// configurations are the user's example and all the numbered ones.
func configurations(t testing.TB) []string {
	t.Helper()
	examples, err := filepath.Glob("examples/[0-9]*")
	if err != nil || len(examples) < 5 {
		t.Fatalf("examples: %v %v", examples, err)
	}
	return append(examples, "config")
}

// copyConfig copies a configuration, changing files by their name below it.
func copyConfig(t testing.TB, from string, change func(name, text string) string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "config")
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		name, _ := filepath.Rel(from, path)
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(change(filepath.ToSlash(name), string(b))), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// generate writes a configuration of n spokes in as many accounts as said, with 40 services.
func generate(t testing.TB, n, accounts int) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"hubs", "spokes"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	services := "ssm, ssmmessages, ec2messages, ecr.api, ecr.dkr, s3, ecs, ecs-agent, ecs-telemetry, logs, monitoring, sts, kms, secretsmanager, lambda, sqs, sns, events, kinesis-streams, " +
		"athena, autoscaling, backup, cloudformation, codebuild, codedeploy, config, ec2, elasticfilesystem, elasticloadbalancing, execute-api, glue, guardduty-data, kinesis-firehose, rds, rds-data, " +
		"sagemaker.api, servicecatalog, states, xray, textract"
	hub := "account: \"111111111111\"\nregion: us-east-1\norganization: {id: o-a1b2c3d4e5, managementAccount: \"111111111111\"}\nvpc: {cidr: 10.0.0.0/20}\npools: {prod: [10.64.0.0/10]}\nsegments: {prod: {}}\nendpoints: {services: [" + services + "]}\n"
	if err := os.WriteFile(filepath.Join(dir, "hubs/use1.yaml"), []byte(hub), 0o644); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		spoke := fmt.Sprintf("hub: use1\naccount: \"%012d\"\nsegment: prod\ncidr: 10.%d.%d.0/22\n", 200000000000+i%accounts, 64+i/64, i%64*4)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("spokes/s%d.yaml", i)), []byte(spoke), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// goodConfiguration writes a case to a folder. A case that speaks of the standard hub gets the first example's.
func goodConfiguration(t *testing.T, file string) string {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	if strings.Contains(string(a.Comment), "standard hub") {
		hub, err := os.ReadFile("examples/01-one-spoke/hubs/lab.yaml")
		if err != nil {
			t.Fatal(err)
		}
		files["hubs/use1.yaml"] = strings.NewReplacer("{apps: [10.16", "{prod: [10.16", "{apps: {}}", "{prod: {}}").Replace(string(hub))
	}
	for _, f := range a.Files {
		files[f.Name] = string(f.Data)
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lint runs cfn-lint over the templates of all assemblies in a folder.
func lint(t *testing.T, dir string) {
	t.Helper()
	tool, err := exec.LookPath("cfn-lint")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("cfn-lint is missing; .ci/run installs it")
		}
		t.Skip("cfn-lint is missing: the templates are not linted here; pip install cfn-lint")
	}
	found, err := filepath.Glob(filepath.Join(dir, "*/*.template.json"))
	if err != nil || len(found) < 20 {
		t.Fatalf("%d templates: %v", len(found), err)
	}
	if said, err := exec.Command(tool, append([]string{"--"}, found...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
