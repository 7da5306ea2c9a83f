package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// What is quick shows nothing; what takes longer shows a line, which is gone at the end.
func TestShow(t *testing.T) {
	var quick bytes.Buffer
	show(&quick, "proving the network", time.Hour)()
	if quick.Len() > 0 {
		t.Errorf("expected nothing, found %q", quick.String())
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	done := show(w, "proving the network", time.Millisecond)
	b := make([]byte, 64)
	n, _ := r.Read(b) // a line has come
	done()
	w.Close()
	var rest bytes.Buffer
	if _, err := rest.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	if text := string(b[:n]) + rest.String(); !strings.Contains(text, "proving the network, for 0 s") || !strings.HasSuffix(text, "\r\x1b[K") {
		t.Errorf("expected a line that is taken away, found %q", text)
	}
}
