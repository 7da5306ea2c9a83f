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

// What is printed to be copied is one word for the shell where it is one word.
func TestShell(t *testing.T) {
	for _, c := range []struct{ system, word, want string }{
		{"linux", "config", "config"}, {"linux", "config=a/b-c_1.d", "config=a/b-c_1.d"}, {"linux", "", "''"}, {"linux", "a b", "'a b'"},
		{"linux", "it's", `'it'\''s'`}, {"linux", "$HOME;rm", "'$HOME;rm'"}, {"linux", "netz-büro", "netz-büro"}, {"linux", `a\b`, `'a\b'`},
		{"windows", `C:\net\config`, `C:\net\config`}, {"windows", `C:\my net`, `"C:\my net"`},
	} {
		if got := shellWord(c.word, c.system); got != c.want {
			t.Errorf("%s, %q: expected %s, found %s", c.system, c.word, c.want, got)
		}
	}
	if got, want := Shell("destroy", "a b", "c"), "destroy 'a b' c"; got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
}
