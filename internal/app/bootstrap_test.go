package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/live"
	"sharedhub/internal/prove"
)

// The names of a bootstrap with a qualifier and a permissions boundary of its own, as the folder's cdk.json says: in the assembly,
// in the templates, for whoever reads the accounts, and in the proof.
func TestBootstrapOfTheFolder(t *testing.T) {
	from, err := filepath.Abs("examples/01-one-spoke")
	must(err)
	t.Chdir(t.TempDir())
	must(os.CopyFS("config", os.DirFS(from)))
	spoke := filepath.Join("config", "spokes", "first.yaml")
	b, err := os.ReadFile(spoke)
	must(err)
	must(os.WriteFile(spoke, []byte(strings.Replace(string(b), "111111111111", "222222222222", 1)), 0o644))
	must(os.WriteFile("cdk.json", []byte(`{"context": {"@aws-cdk/core:bootstrapQualifier": "acme01", `+
		`"@aws-cdk/core:permissionsBoundary": {"name": "corp-boundary"}}}`), 0o644))
	cfg, diags := config.Load("config")
	if cfg == nil {
		t.Fatal(diags)
	}
	out, err := filepath.Abs("out") // the CDK's process may have begun in another folder
	must(err)
	must(engine.Synth(context.Background(), cfg, cli.SynthOptions{Out: out}))

	for file, wants := range map[string][]string{
		"manifest.json":             {"cdk-acme01-deploy-role-", "cdk-acme01-cfn-exec-role-", "cdk-acme01-lookup-role-"},
		"lab-network.template.json": {"/cdk-bootstrap/acme01/version", ":policy/corp-boundary"},
	} {
		b, err := os.ReadFile(filepath.Join(out, file))
		must(err)
		for _, want := range wants {
			if !strings.Contains(string(b), want) {
				t.Errorf("%s lacks %s", file, want)
			}
		}
		if strings.Contains(string(b), "hnb659fds") {
			t.Errorf("%s names the default qualifier", file)
		}
	}
	a, err := assembly.Read(out)
	must(err)
	net := prove.Linked(cfg, a.Records())
	scope := live.ScopeOf(net)
	at := live.Place{Account: "222222222222", Region: cfg.Hubs[0].Region}
	if role := scope.LookupRoles[at]; !strings.Contains(role, ":role/cdk-acme01-lookup-role-") {
		t.Errorf("the account is read by %q", role)
	}
	for _, d := range prove.Network(cfg, net).Findings.Errors() {
		t.Errorf("%s", d)
	}
}

func TestDamagedContext(t *testing.T) {
	t.Chdir(t.TempDir())
	must(os.WriteFile("cdk.json", []byte(`{"context": `), 0o644))
	if _, err := engine.context(); err == nil || !strings.Contains(err.Error(), "cdk.json of this folder") {
		t.Errorf("%v", err)
	}
}
