package diag

import "testing"

func TestCalled(t *testing.T) {
	for as, want := range map[string]string{
		"/tmp/go-build1234/b001/exe/sharedhub": "go run .", "/root/.cache/go-build/7a/7aff-d/sharedhub": "go run .",
		"sharedhub": "sharedhub", "./sharedhub": "sharedhub", "/usr/local/bin/hub": "hub",
	} {
		if got := called(as); got != want {
			t.Errorf("called as %s, the program says %q, want %q", as, got, want)
		}
	}
}
