package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/config"
)

const hub = `account: "111111111111"
region: us-east-1
vpc: {cidr: 10.0.0.0/20}
pools: {prod: [10.16.0.0/12]}
segments: {prod: {}}
endpoints: {services: [ssm, email-smtp]}
`

const spoke = "hub: use1\naccount: \"222222222222\"\nsegment: prod\ncidr: 10.16.4.0/22\n"

// fake is an engine without the CDK.
type fake func(opt SynthOptions) error

func (f fake) Synth(_ context.Context, _ *config.Config, opt SynthOptions) error { return f(opt) }
func (fake) Close()                                                              {}

// stub writes what a synthesis would.
func stub(stacks ...string) fake {
	return func(opt SynthOptions) error {
		if err := os.MkdirAll(opt.Out, 0o755); err != nil {
			return err
		}
		m := map[string]any{}
		for _, s := range stacks {
			m[s] = map[string]any{"type": "aws:cloudformation:stack", "properties": map[string]any{"templateFile": s + ".template.json"}}
			t := `{"Resources": {"A": {"Type": "AWS::Route53::HostedZone"}, "B": {"Type": "AWS::EC2::VPC"}}}`
			if err := os.WriteFile(filepath.Join(opt.Out, s+".template.json"), []byte(t), 0o644); err != nil {
				return err
			}
		}
		b, _ := json.Marshal(map[string]any{"version": "54.0.0", "artifacts": m})
		return os.WriteFile(filepath.Join(opt.Out, "manifest.json"), b, 0o644)
	}
}

func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"hubs/use1.yaml": hub, "spokes/payments.yaml": spoke} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func run(engine fake, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Run(context.Background(), args, &out, &err, engine)
	return code, out.String(), err.String()
}

func TestSummary(t *testing.T) {
	dir, out := folder(t), filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := run(stub("use1-network", "use1-dns"), "synth", "--no-prove", "--config", dir, "--out", out)
	if code != 0 || stdout != "" {
		t.Fatalf("code %d, stdout %q, stderr %s", code, stdout, stderr)
	}
	for _, want := range []string{"1 hub, 1 spoke, 2 endpoints, 2 zones, 4 resources, 2 stacks → " + out, "2 resources  use1-dns", "no endpoint policy possible, so IAM alone decides: email-smtp"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not in\n%s", want, stderr)
		}
	}
}

func TestStaleFilesGo(t *testing.T) {
	dir, out := folder(t), t.TempDir()
	if code, _, stderr := run(stub("use1-network", "use1-spoke-old"), "synth", "--no-prove", "--config", dir, "--out", out); code != 0 {
		t.Fatal(stderr)
	}
	if err := os.WriteFile(filepath.Join(out, "validation-report.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run(stub("use1-network"), "synth", "--no-prove", "--config", dir, "--out", out); code != 0 {
		t.Fatal(stderr)
	}
	left, _ := filepath.Glob(out + "/*")
	if got := fmt.Sprint(left); strings.Contains(got, "old") || strings.Contains(got, "report") {
		t.Errorf("left behind: %s", got)
	}
}

func TestMistakes(t *testing.T) {
	dir := folder(t)
	broken := t.TempDir()
	occupied := t.TempDir()
	if err := os.WriteFile(filepath.Join(occupied, "letter.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no such folder", []string{"synth", "--config", filepath.Join(broken, "none")}, 1, "no such file or directory"},
		{"an empty folder", []string{"synth", "--config", broken}, 1, "there is no hub"},
		{"a file for a folder", []string{"synth", "--config", filepath.Join(dir, "hubs/use1.yaml")}, 1, "not a folder"},
		{"an occupied folder", []string{"synth", "--config", dir, "--out", occupied}, 1, "name an empty one with --out"},
		{"an unknown spoke", []string{"synth", "--config", dir, "--only", "payment"}, 1, "did you mean payments?"},
		{"an unknown command", []string{"sinth"}, 2, "unknown command"},
		{"an unknown flag", []string{"synth", "--konfig", "x"}, 2, "unknown flag"},
		{"too much", []string{"synth", "config"}, 2, `unknown command "config"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			synth := func(SynthOptions) error { t.Error("synthesised"); return nil }
			code, _, stderr := run(synth, c.args...)
			if code != c.code || !strings.Contains(stderr, c.want) {
				t.Errorf("code %d, want %d with %q:\n%s", code, c.code, c.want, stderr)
			}
			if left, _ := filepath.Glob("*"); len(left) > 0 {
				t.Errorf("wrote %v", left)
			}
		})
	}
}

func TestConfigFolder(t *testing.T) {
	t.Setenv("CDK_CONTEXT_JSON", `{"config": "examples/01-one-spoke"}`)
	if got := configDir(""); got != "examples/01-one-spoke" {
		t.Errorf("from the CDK's context: %s", got)
	}
	if got := configDir("mine"); got != "mine" {
		t.Errorf("from the flag: %s", got)
	}
	t.Setenv("CDK_CONTEXT_JSON", "")
	if got := configDir(""); got != "config" {
		t.Errorf("default: %s", got)
	}
}
