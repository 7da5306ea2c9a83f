package e2e

import (
	"strings"
	"testing"
)

// catalog refresh asks the endpoint's EC2 API, and a synthesis uses the answer.
func TestCatalogRefresh(t *testing.T) {
	t.Parallel()
	s := newSite(t, connect(t), repo+"/examples/01-one-spoke")
	if said, code := s.sharedhub(t, "catalog", "refresh", "--region", "us-east-1"); code != 0 ||
		!strings.Contains(said, "commit it with your configuration") {
		t.Errorf("refresh ended with %d:\n%s", code, said)
	}
	if said, code := s.sharedhub(t, "synth", "--out", s.out); code != 0 || !strings.Contains(said, "catalog/us-east-1.json, refreshed on") {
		t.Errorf("synth ended with %d:\n%s", code, said)
	}
}
