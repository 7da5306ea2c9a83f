package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sharedhub/internal/diag"
)

// in runs a command line in a folder of its own with the configuration of testdata/config, after a change of its files.
func in(t *testing.T, change func(), args ...string) (code int, stdout, stderr string) {
	t.Helper()
	configuration := os.DirFS("testdata/config")
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "config"), configuration); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	change()
	var out, err bytes.Buffer
	code = Run(context.Background(), args, &out, &err, fake{}, nil)
	return code, out.String(), err.String()
}

// What keeps a command from its result is JSON too, where JSON is asked for: an object with diagnostics, on stdout.
func TestMistakesAsJSON(t *testing.T) {
	misspelt := func(t *testing.T) func() {
		return func() { replace(t, "config/spokes/payments.yaml", "segment: prod", "segment: prud") }
	}
	dangling := func(t *testing.T) func() {
		return func() {
			t.Setenv("FAKE_STACKS", "use1-network")
			if err := (fake{}).Synth(t.Context(), nil, SynthOptions{Out: "cdk.out"}); err != nil {
				t.Fatal(err)
			}
			replace(t, "cdk.out/use1-network.template.json", `"10.0.0.0/20"`, `{"Ref": "Nothing"}`)
		}
	}
	noDisk := func(t *testing.T) func() { return func() { t.Setenv("FAKE_ERROR", "no disk") } }
	prud := diag.Diagnostic{Where: diag.Position{File: "config/spokes/payments.yaml", Line: 3, Column: 10}, Summary: "prud"}
	template := diag.Diagnostic{Where: diag.Position{File: "cdk.out/use1-network.template.json"}, Summary: `"Nothing"`}
	for _, c := range []struct {
		args   string
		change func(*testing.T) func()
		want   diag.Diagnostic
	}{
		{"synth", misspelt, prud},
		{"--json=true", misspelt, prud},
		{"prove", misspelt, prud},
		{"verify", misspelt, prud},
		{"synth", noDisk, diag.Diagnostic{Summary: "no disk"}},
		{"prove", noDisk, diag.Diagnostic{Summary: "no disk"}},
		{"verify --hub usw2", noDisk, diag.Diagnostic{Summary: `there is no hub "usw2"`}},
		{"prove --assembly cdk.out", dangling, template},
		{"verify --assembly cdk.out", dangling, template},
		{"reach", dangling, template},
	} {
		t.Run(c.args, func(t *testing.T) {
			code, stdout, stderr := in(t, c.change(t), append(strings.Fields(c.args), "--json")...)
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
	t.Setenv("FAKE_STACKS", "use1-network")
	code, stdout, stderr := in(t, func() { replace(t, "config/hubs/use1.yaml", "services: [", "services: [codecommit, ") }, "synth", "--json")
	var got Proof
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 1 {
		t.Fatalf("code %d, %v: %s%s", code, err, stdout, stderr)
	}
	if len(got.Diagnostics) == 0 || got.Diagnostics[0].Severity != diag.Warning || len(got.Findings) == 0 {
		t.Errorf("%v, %v", got.Diagnostics, got.Findings)
	}
}

// No value, file name or line of a file puts a line of its own, or a terminal sequence, into what is printed.
func TestMessagesCannotForgeMessages(t *testing.T) {
	const spoke = "hub: use1\naccount: \"222222222222\"\nsegment: prod\ncidr: 10.16.12.0/22\n"
	const pwned = `\n::error::pwned`
	forged := regexp.MustCompile(`(?m)^\s*::error|##\[error|\x1b|\r|\x{9b}|\x{202e}`)
	for name, plant := range map[string]func(){
		"a tag of YAML": func() { write(t, "config/spokes/evil.yaml", `hub: !x "a`+pwned+`"`) },
		"a list given twice": func() {
			write(t, "config/spokes/evil.yaml", spoke+`gatewayEndpoints: ["a`+pwned+`", "a`+pwned+`"]`)
		},
		"a number": func() { write(t, "config/spokes/evil.yaml", spoke+`zones: !!int "2`+pwned+`"`) },
		"a number in a mapping": func() {
			write(t, "config/spokes/evil.yaml", spoke+`tiers: {private: {size: !!int "2`+pwned+`"}}`)
		},
		"a carriage return":      func() { write(t, "config/spokes/evil.yaml", spoke+`state: "bad\r  ::error::pwned"`) },
		"a terminal sequence":    func() { write(t, "config/spokes/evil.yaml", `hub: !x "a\e[2J"`) },
		"a control of one byte":  func() { write(t, "config/spokes/evil.yaml", `hub: "\x9b2J"`) },
		"another direction":      func() { write(t, "config/spokes/evil.yaml", "hub: a\u202eb") },
		"the old form":           func() { write(t, "config/spokes/evil.yaml", `hub: "##[error]pwned"`) },
		"a file's name":          func() { write(t, "config/spokes/x\n::error::pwned.yaml", "") },
		"a sequence in its name": func() { write(t, "config/spokes/x\x1b[2Jy.yaml", "") },
		"a folder's name":        func() { os.Mkdir("config/spokes/x\n::error::pwned", 0o755) },
		"a policy's version":     func() { write(t, "config/policies/s3.json", `{"Version":"`+pwned+`","Statement":[]}`) },
		"a policy's statement": func() {
			write(t, "config/policies/s3.json", `{"Statement":[{"Sid":"a`+
				pwned+`\u001b[2J","Effect":"x","Principal":"*","Action":"*","Resource":"*"}]}`)
		},
		"a policy's keys": func() { write(t, "config/policies/s3.json", `{"a`+pwned+`":1,"a`+pwned+`":2}`) },
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := in(t, func() {
				replace(t, "config/hubs/use1.yaml", "services: [", "services: [{name: s3, policy: policies/s3.json}, ")
				write(t, "config/policies/s3.json", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`)
				plant()
			}, "synth")
			if code != 1 || !strings.Contains(stderr, "error:") {
				t.Fatalf("code %d:\n%s", code, stderr)
			}
			if f := forged.FindString(stderr); f != "" {
				t.Errorf("%q is in\n%s", f, stderr)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := writeFile(file, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, file, old, new string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(b), old) {
		t.Fatalf("%s: %v: no %q in it", file, err, old)
	}
	write(t, file, strings.ReplaceAll(string(b), old, new))
}
