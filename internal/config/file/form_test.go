package file

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A pattern that cannot be compiled would be found only where it is needed; and none is compiled before.
func TestForms(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	call := regexp.MustCompile("lazy\\((`[^`]*`)")
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if f.Name() != "form.go" && strings.Contains(string(b), "regexp.MustCompile(") {
			t.Errorf("%s compiles an expression while the program starts: write lazy(…)", f.Name())
		}
		for _, m := range call.FindAllStringSubmatch(string(b), -1) {
			found++
			if !strings.HasSuffix(m[1], "$`") && !strings.Contains(m[1], "resolve") && !strings.Contains(m[1], "token") {
				continue // it goes on in the next line
			}
			if _, err := regexp.Compile(strings.Trim(m[1], "`")); err != nil {
				t.Errorf("%s: %v", f.Name(), err)
			}
		}
	}
	if found < 25 {
		t.Errorf("expected some 28 patterns, found %d", found)
	}
	for _, p := range []*form{bucketARN, keyARN, loadBalancerARN} {
		p.compiled()
	}
}
