package app

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/prove"
	"sharedhub/internal/report"
)

// What auditors would be shown of the configurations of this repository. A change of the templates shows here what it means for them.
func TestReports(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"config", "examples/05-regulated"} {
		cfg, diags := config.Load(dir)
		if cfg == nil {
			t.Fatal(diags)
		}
		a, err := assembly.Read(assembled(t, dir))
		must(err)
		net := prove.Linked(cfg, a.Records())
		digest, err := cfg.Digest()
		must(err)
		r := report.Of(report.Input{Config: cfg, Network: net, Proof: prove.Network(cfg, net),
			Evidence: report.Evidence{Program: "sharedhub (devel)", CDK: "(of go.mod)", Folder: dir, Digest: digest}})
		if !r.Holds {
			t.Errorf("%s: the report says that the network is not as configured", dir)
		}
		var got bytes.Buffer
		must(r.Document().WriteMarkdown(&got))
		file := filepath.Join(testdata, "reports", filepath.Base(dir)+".md")
		if *update {
			must(os.MkdirAll(filepath.Dir(file), 0o755))
			must(os.WriteFile(file, got.Bytes(), 0o644))
		}
		want, err := os.ReadFile(file)
		if diff := cmp.Diff(string(want), got.String()); err != nil || diff != "" {
			t.Errorf("%s: go test ./internal/app -run Reports -update, and read what changed: %v\n%s", file, err, diff)
		}
	}
}
