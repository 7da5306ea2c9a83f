package cli

import (
	"bytes"
	"context"
	"os"
	"testing"
)

// closes counts how often the engine was closed.
type closes struct {
	fake
	n int
}

func (c *closes) Close() { c.n++ }

// Where the reader of a pipe has left, the program says nothing of it, ends with code 1 and cleans up.
func TestClosedPipe(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"--help"}, {"catalog", "list", "--json"},
		{"prove", "--nope", "--json"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		var stderr bytes.Buffer
		var engine closes
		if code := Run(context.Background(), args, w, &stderr, &engine, nil); code != 1 || stderr.Len() > 0 || engine.n != 1 {
			t.Errorf("%q: code %d, closed %d times, %q", args, code, engine.n, stderr.String())
		}
		w.Close()
	}
}
