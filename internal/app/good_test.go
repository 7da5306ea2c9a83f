package app

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// snapshotted are the cases that show what no example does: the two ways to share names between zones and a Profile, and
// further ranges.
var snapshotted = []string{"ipam", "secondary", "spoke-zones", "spoke-zones-and-profile", "onpremises-profile", "standing"}

// Every configuration that the loader's cases call good synthesises and is proved: existing gateways, zone
// ids, own endpoint services, other regions' services, bundles and the rest.
func TestGoodConfigurations(t *testing.T) {
	t.Parallel()
	cases, _ := filepath.Glob("internal/config/testdata/good/*.txtar")
	if len(cases) < 10 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, file := range cases {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := assembled(t, goodConfiguration(t, file))
			if slices.Contains(snapshotted, name) {
				checkSnapshots(t, name, templates(t, out))
			}
		})
	}
}
