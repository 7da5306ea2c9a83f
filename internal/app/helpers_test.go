package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"sharedhub/internal/assembly"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/node"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
	"sharedhub/internal/worker"
)

var update = flag.Bool("update", false, "write the snapshots anew; look at what changed before you commit them")

// engine is the one CDK runtime that all tests share.
var engine *Engine

// scratch is a folder for what several tests read. CI names one with KEEP_ASSEMBLIES, and has cfn-lint look at what is left.
var scratch string

// callsFile has a byte for each call to the runtime.
var callsFile string

// The tests run in the root folder, as users do, so that messages name config and examples/… as the README does.
func TestMain(m *testing.M) {
	flag.Parse()
	must(os.Chdir("../.."))
	cdkJSON, err := os.ReadFile("cdk.json")
	must(err)
	temp, err := os.MkdirTemp("", "sharedhub-test-*")
	must(err)
	scratch = cmp.Or(os.Getenv("KEEP_ASSEMBLIES"), temp)
	// Tests wait for the one runtime: with more of them than cores, the cores are busy meanwhile.
	must(flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))))
	debug.SetGCPercent(400) // thousands of small networks are built and thrown away
	must(node.Check(context.Background(), os.Stderr))
	callsFile = filepath.Join(temp, "calls")
	counter, err := filepath.Abs(filepath.Join(testdata, "count.cjs"))
	must(err)
	must(os.Setenv("SHAREDHUB_TEST_CALLS", callsFile))
	must(os.Setenv("NODE_OPTIONS", fmt.Sprintf("--max-old-space-size=4069 --require %q", counter)))
	engine = New(cdkJSON, worker.Usual, func(time.Duration) {})
	code := m.Run()
	engine.Close()
	must(os.RemoveAll(temp))
	os.Exit(code)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// testdata is this package's, as seen from the root folder.
const testdata = "internal/app/testdata"

// open is the engine without its end: the next command line needs the runtime too. The runtime does one thing at a time.
type open struct{ *Engine }

var oneAtATime sync.Mutex

func (o open) Synth(ctx context.Context, cfg *config.Config, opt cli.SynthOptions) error {
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	err := o.Engine.Synth(ctx, cfg, opt)
	if !opt.Plain {
		stamps.Store(cfg.Dir, stampsOf{o.stamped, o.unlike})
	}
	return err
}

// stamps are what a synthesis of each folder stamped, or why it did not.
var stamps sync.Map

type stampsOf struct {
	stamped int
	unlike  error
}

func (open) Close() {}

// run is one command line.
func run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = cli.Run(t.Context(), args, &out, &err, open{engine}, nil)
	return code, out.String(), err.String()
}

// understood fails where the proof would pass over a part of our own templates.
func understood(t testing.TB, dir, out string) {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags)
	}
	a, err := assembly.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	net := prove.Linked(cfg, a.Records())
	for _, u := range net.Unknown {
		if typ, _ := topology.TypeOf(u.Type); typ.Record != nil && len(u.Properties) == 0 && u.Opens != "" {
			continue // a way in that a hub may have, which the proof judges
		}
		t.Errorf("%s, an %s: expected a record that carries %v, or a row in the registry that says why not", u.Source, u.Type, u.Properties)
	}
	for _, u := range net.Undecided {
		t.Errorf("%s %s: expected nothing undecided, found that %s", u.Source, u.Path, u.Reason)
	}
}

// synth runs the program on a configuration and returns its templates by stack.
func synth(t testing.TB, dir string, args ...string) map[string]template {
	t.Helper()
	out := t.TempDir()
	if code, _, stderr := run(t, append([]string{"synth", "--config", dir, "--out", out}, args...)...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	understood(t, dir, out)
	return templates(t, out)
}

// memo holds what several tests need, by name, and makes it once.
type memo struct{ made sync.Map }

func (m *memo) get(t testing.TB, name string, make func() (string, error)) string {
	t.Helper()
	once, _ := m.made.LoadOrStore(name, sync.OnceValues(make))
	v, err := once.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var assemblies, goodCases memo

// assembled is the cloud assembly of a configuration of the repository, which is synthesised once, and proved. Tests only
// read it.
func assembled(t testing.TB, dir string) string {
	t.Helper()
	return assemblies.get(t, dir, func() (string, error) {
		out := filepath.Join(scratch, "assemblies", filepath.Base(dir))
		var said bytes.Buffer
		code := cli.Run(context.Background(), []string{"synth", "--config", dir, "--out", out}, io.Discard, &said, open{engine}, nil)
		if code != 0 || !strings.Contains(said.String(), "proved in") {
			return "", fmt.Errorf("%s: exit code %d\n%s", dir, code, said.String())
		}
		understood(t, dir, out)
		return out, nil
	})
}

// changed is a copy of such an assembly, for a test that changes a template of it.
func changed(t testing.TB, dir, stack string, change func(template)) string {
	t.Helper()
	out := t.TempDir()
	must(os.CopyFS(out, os.DirFS(assembled(t, dir))))
	file := filepath.Join(out, stack+".template.json")
	b, err := os.ReadFile(file)
	must(err)
	var tpl template
	must(json.Unmarshal(b, &tpl))
	change(tpl)
	b, err = json.Marshal(tpl)
	must(err)
	must(os.WriteFile(file, b, 0o644))
	return out
}

// template is a stack's template as JSON values.
type template map[string]any

func (t template) resources() map[string]any { return t["Resources"].(map[string]any) }

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
	services := "ssm, ssmmessages, ec2messages, ecr.api, ecr.dkr, s3, ecs, ecs-agent, ecs-telemetry, logs, monitoring, sts, kms, " +
		"secretsmanager, lambda, sqs, sns, events, kinesis-streams, " +
		"athena, autoscaling, backup, cloudformation, codebuild, codedeploy, config, ec2, elasticfilesystem, elasticloadbalancing, " +
		"execute-api, glue, guardduty-data, kinesis-firehose, rds, rds-data, " +
		"sagemaker.api, servicecatalog, states, xray, textract"
	hub := "account: \"111111111111\"\nregion: us-east-1\norganization: {id: o-a1b2c3d4e5, managementAccount: \"111111111111\"}\nvpc: " +
		"{cidr: 10.0.0.0/20}\npools: {prod: [10.64.0.0/10]}\nsegments: {prod: {}}\nendpoints: {services: [" + services + "]}\n"
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

// goodConfiguration is a case of the loader as a folder. A case that speaks of the standard hub gets the first example's.
func goodConfiguration(t testing.TB, file string) string {
	t.Helper()
	return goodCases.get(t, file, func() (string, error) {
		a, err := txtar.ParseFile(file)
		if err != nil {
			return "", err
		}
		dir := filepath.Join(scratch, "good", strings.TrimSuffix(filepath.Base(file), ".txtar"))
		if strings.Contains(string(a.Comment), "standard hub") {
			hub, err := os.ReadFile("examples/01-one-spoke/hubs/lab.yaml")
			if err != nil {
				return "", err
			}
			text := strings.NewReplacer("{apps: [10.16", "{prod: [10.16", "{apps: {}}", "{prod: {}}").Replace(string(hub))
			a.Files = append([]txtar.File{{Name: "hubs/use1.yaml", Data: []byte(text)}}, a.Files...)
		}
		for _, f := range a.Files {
			path := filepath.Join(dir, f.Name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Data, 0o644)); err != nil {
				return "", err
			}
		}
		return dir, nil
	})
}
