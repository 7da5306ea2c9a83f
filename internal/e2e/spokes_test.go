package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// spokes runs what adds, moves and removes a spoke's file, and leaves the files as they were.
func (r *reader) spokes(t *testing.T) {
	t.Helper()
	contains(t, r.exactly(t, "go run . check"), "valid: 1 hub, 4 spokes")
	contains(t, r.exactly(t, "go run . spoke add search-prod --segment prod --account 222222222222"), "10.16.0.0/22 of segment prod")
	contains(t, r.exactly(t, "go run . range list"), "10.16.0.0/12  3")
	contains(t, r.exactly(t, "go run . range next --segment prod"), "10.16.12.0/22")
	r.edit(t, "config/spokes/search-prod.yaml", func(s string) string { return strings.Replace(s, "10.16.0.0/22", "10.16.4.0/22", 1) })
	contains(t, r.exactly(t, "go run . spoke add --again search-prod"), "10.16.0.0/22 of segment prod")
	if err := os.Remove(filepath.Join(r.dir, "config/spokes/search-prod.yaml")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(r.dir, "config/spokes/payments-prod.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, r.exactly(t, "go run . spoke remove payments-prod"), "step 1 of 3")
	contains(t, r.exactly(t, "go run . spoke remove payments-prod --destroyed"), "step 3 of 3")
	if err := os.WriteFile(file, before, 0o644); err != nil {
		t.Fatal(err)
	}
	const closed, open = "prod: {} ", "prod: {spokesMay: [outsidePool]} "
	r.edit(t, "config/hubs/use1.yaml", func(s string) string { return strings.Replace(s, closed, open, 1) })
	contains(t, r.exactly(t, "go run . spoke move payments-dev --segment prod"), "step 1 of 2")
	contains(t, r.exactly(t, "go run . spoke"), "Take a spoke away")
	r.edit(t, "config/hubs/use1.yaml", func(s string) string { return strings.Replace(s, open, closed, 1) })
	r.edit(t, "config/spokes/payments-dev.yaml", func(s string) string { return strings.Replace(s, "state: detached\n", "", 1) })
}
