// Package cdktest is what the tests of constructs share.
package cdktest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

// Main runs a package's tests and ends the CDK runtime after them.
func Main(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false") // the CDK's own template validation takes seconds an app
	jsii.Close()                         // the client was prepared with the environment of before
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// Panics runs f and checks that it panics with all of the sentences.
func Panics(t *testing.T, f func(), want ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		r := recover()
		for _, w := range want {
			if got := fmt.Sprint(r); !strings.Contains(got, w) {
				t.Errorf("panic says %q, want %q in it", got, w)
			}
		}
	}()
	f()
	t.Errorf("no panic, want %q", want)
}
