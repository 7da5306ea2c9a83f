package cli

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sharedhub/internal/diag"
)

// What keeps a command from its result is JSON too, where JSON is asked for: an object with diagnostics, on stdout.
func TestMistakesAsJSON(t *testing.T) {
	refuse := fake(func(SynthOptions) error { return errors.New("no disk") })
	broken := folder(t)
	change(t, filepath.Join(broken, "spokes/payments.yaml"), "segment: prod", "segment: prud")
	dangling := filepath.Join(t.TempDir(), "out")
	if err := stub("use1-network")(SynthOptions{Out: dangling}); err != nil {
		t.Fatal(err)
	}
	change(t, filepath.Join(dangling, "use1-network.template.json"), `"AWS::EC2::VPC"`, `"AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Nothing"}}`)
	for _, c := range []struct {
		name   string
		args   []string
		engine fake
		want   diag.Diagnostic
	}{
		{"synth", []string{"synth", "--config", broken}, refuse, diag.Diagnostic{Where: diag.Position{File: broken + "/spokes/payments.yaml", Line: 3, Column: 10}, Summary: "prud"}},
		{"no subcommand", []string{"--config", broken}, refuse, diag.Diagnostic{Where: diag.Position{File: broken + "/spokes/payments.yaml", Line: 3, Column: 10}, Summary: "prud"}},
		{"prove", []string{"prove", "--config", broken}, refuse, diag.Diagnostic{Where: diag.Position{File: broken + "/spokes/payments.yaml", Line: 3, Column: 10}, Summary: "prud"}},
		{"verify", []string{"verify", "--config", broken}, refuse, diag.Diagnostic{Where: diag.Position{File: broken + "/spokes/payments.yaml", Line: 3, Column: 10}, Summary: "prud"}},
		{"an engine that fails", []string{"prove", "--config", folder(t)}, refuse, diag.Diagnostic{Summary: "no disk"}},
		{"an unknown hub", []string{"verify", "--config", folder(t), "--hub", "usw2"}, refuse, diag.Diagnostic{Summary: `there is no hub "usw2"`}},
		{"a template that refers to nothing", []string{"prove", "--config", folder(t), "--assembly", dangling}, refuse,
			diag.Diagnostic{Where: diag.Position{File: dangling + "/use1-network.template.json"}, Summary: `"Nothing"`}},
		{"reach", []string{"reach", "--assembly", dangling}, refuse, diag.Diagnostic{Where: diag.Position{File: dangling + "/use1-network.template.json"}, Summary: `"Nothing"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := run(c.engine, append(c.args, "--json")...)
			var got struct{ Diagnostics diag.List }
			if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 1 || len(got.Diagnostics.Errors()) != 1 {
				t.Fatalf("code %d, %v: %s%s", code, err, stdout, stderr)
			}
			if d := got.Diagnostics.Errors()[0]; d.Where != c.want.Where || !strings.Contains(d.Summary, c.want.Summary) {
				t.Errorf("%+v, want %+v", d, c.want)
			}
			if strings.Contains(stderr, "error:") {
				t.Errorf("said twice:\n%s", stderr)
			}
		})
	}
}

// The result holds what is to be said of the configuration.
func TestWarningsAreInTheResult(t *testing.T) {
	dir := folder(t)
	change(t, filepath.Join(dir, "hubs/use1.yaml"), "[ssm, email-smtp]", "[ssm]")
	code, stdout, _ := run(stub("use1-network"), "synth", "--config", dir, "--out", filepath.Join(t.TempDir(), "out"), "--json")
	var got Proof
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 1 {
		t.Fatalf("code %d, %v: %s", code, err, stdout)
	}
	if len(got.Diagnostics) == 0 || got.Diagnostics[0].Severity != diag.Warning || len(got.Findings) == 0 {
		t.Errorf("%v, %v", got.Diagnostics, got.Findings)
	}
}

// No value, file name or line of a file puts a line of its own, or a terminal sequence, into what is printed.
func TestMessagesCannotForgeMessages(t *testing.T) {
	const pwned = `\n::error::pwned`
	forged := regexp.MustCompile(`(?m)^\s*::error|##\[error|\x1b|\r|\x{9b}|\x{202e}`)
	for name, plant := range map[string]func(dir string){
		"a tag of YAML": func(dir string) { write(t, dir, "spokes/evil.yaml", `hub: !x "a`+pwned+`"`) },
		"a list given twice": func(dir string) {
			write(t, dir, "spokes/evil.yaml", spoke+`gatewayEndpoints: ["a`+pwned+`", "a`+pwned+`"]`)
		},
		"a number": func(dir string) { write(t, dir, "spokes/evil.yaml", spoke+`zones: !!int "2`+pwned+`"`) },
		"a number in a mapping": func(dir string) {
			write(t, dir, "spokes/evil.yaml", spoke+`tiers: {private: {size: !!int "2`+pwned+`"}}`)
		},
		"a carriage return":      func(dir string) { write(t, dir, "spokes/evil.yaml", spoke+`state: "bad\r  ::error::pwned"`) },
		"a terminal sequence":    func(dir string) { write(t, dir, "spokes/evil.yaml", `hub: !x "a\e[2J"`) },
		"a control of one byte":  func(dir string) { write(t, dir, "spokes/evil.yaml", `hub: "\x9b2J"`) },
		"another direction":      func(dir string) { write(t, dir, "spokes/evil.yaml", "hub: a\u202eb") },
		"the old form":           func(dir string) { write(t, dir, "spokes/evil.yaml", `hub: "##[error]pwned"`) },
		"a file's name":          func(dir string) { write(t, dir, "spokes/x\n::error::pwned.yaml", "") },
		"a sequence in its name": func(dir string) { write(t, dir, "spokes/x\x1b[2Jy.yaml", "") },
		"a folder's name":        func(dir string) { os.Mkdir(filepath.Join(dir, "spokes/x\n::error::pwned"), 0o755) },
		"a policy's version":     func(dir string) { write(t, dir, "policies/s3.json", `{"Version":"`+pwned+`","Statement":[]}`) },
		"a policy's statement": func(dir string) {
			write(t, dir, "policies/s3.json", `{"Statement":[{"Sid":"a`+pwned+`\u001b[2J","Effect":"x","Principal":"*","Action":"*","Resource":"*"}]}`)
		},
		"a policy's keys": func(dir string) { write(t, dir, "policies/s3.json", `{"a`+pwned+`":1,"a`+pwned+`":2}`) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			change(t, filepath.Join(dir, "hubs/use1.yaml"), "[ssm, email-smtp]", "[email-smtp, {name: s3, policy: policies/s3.json}]")
			write(t, dir, "policies/s3.json", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`)
			plant(dir)
			code, _, stderr := run(stub(), "synth", "--config", dir, "--out", filepath.Join(t.TempDir(), "out"))
			if code != 1 || !strings.Contains(stderr, "error:") {
				t.Fatalf("code %d:\n%s", code, stderr)
			}
			if f := forged.FindString(stderr); f != "" {
				t.Errorf("%q is in\n%s", f, stderr)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func change(t *testing.T, file, old, new string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(b), old) {
		t.Fatalf("%s: %v: no %q in it", file, err, old)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(b), old, new)), 0o644); err != nil {
		t.Fatal(err)
	}
}
