//go:build unix

package config

import (
	"path/filepath"
	"strings"
	"testing"
)

// hostileFiles are whole files of a spoke, each of which is refused.
var hostileFiles = []string{
	"", " ", "\n", "#", "---", "--- {}\n--- {}", "x", "[]", "- a", "{", "}", "{]", "a: b: c", "\ta: b", "a:\n\t- b", "'", "\"", "|", "? x",
	": x",
	"&a x", "*a", "&a [*a, *a]", "<<: {a: b}", "%YAML 9.9\n---\na: b", "%TAG ! tag:x:\n---\na: b", "!!python/object:os.system x", "!<x> y",
	"hub: &h use1\naccount: *h", "hub: 1", "hub: null", "hub: ~", "hub:", "hub: [use1]", "hub: {use1: x}", "hub: use1\nhub: use1",
	"\xff\xfe", "\xef\xbb\xbf\x00", "a\x00b", "hub: \"\\ud800\"", "hub: \"\\x\"", "hub: \"\\u202e\"", "hub: use1\u2028account: x",
	"account: 0o12", "account: 0x1f", "account: 1e9", "account: .inf", "account: 2001-01-01", "account: 012345678901", "cidr: 10.0.0.0/0",
	"cidr: 10.0.0.0/33", "cidr: 10.0.0.0/-1", "cidr: 256.0.0.0/22", "cidr: ::/0", "cidr: 10.16.4.0/22/22", "cidr: 10.16.4.0/022",
}

func TestHostileWholeFiles(t *testing.T) {
	for _, text := range hostileFiles {
		if cfg, said := loadHostile(t, standardHub, text, nil); cfg != nil || !strings.Contains(said, "payments.yaml") {
			t.Errorf("%q: got\n%s", text, said)
		}
	}
}

// FuzzFiles loads a hub, a spoke and a policy of any content: it ends, without a panic, and no message is more than text.
func FuzzFiles(f *testing.F) {
	hub := strings.Replace(standardHub, "{services", "{policy: p.json, services", 1)
	f.Add([]byte(hub), []byte(standardSpoke),
		[]byte(`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}`))
	for _, text := range []string{"", "a: !!bool b", "? [a]\n: b", "&a [*a]", "---\n---", "\t",
		"{{resolve:ssm:/x}}", "tags: {a: \"\\0\"}", "- - - -"} {
		f.Add([]byte(hub), []byte(standardSpoke+text), []byte(text))
		f.Add([]byte(hub+text), []byte(text), []byte(`{"Statement": {`+text))
	}
	f.Fuzz(func(t *testing.T, hub, spoke, policy []byte) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "hubs/use1.yaml"), hub)
		write(t, filepath.Join(dir, "spokes/payments.yaml"), spoke)
		write(t, filepath.Join(dir, "p.json"), policy)
		cfg, diags := Load(dir)
		if cfg == nil && len(diags.Errors()) == 0 {
			t.Error("refused without an error")
		}
		for line := range strings.Lines(diags.String()) {
			if strings.HasPrefix(strings.TrimSpace(line), "::error") || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\x00\x1b\r\u202e") {
				t.Errorf("not harmless: %q", line)
			}
		}
	})
}
