package terminal

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// pseudo is a terminal that nobody looks at.
func pseudo(t *testing.T) *os.File {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return slave
}

// Colours are for a terminal, and for nobody who does not want them.
func TestColours(t *testing.T) {
	terminal := pseudo(t)
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		stream        any
		noColor, term string
		want          bool
	}{
		{terminal, "", "xterm-256color", true},
		{terminal, "1", "xterm-256color", false},
		{terminal, "", "dumb", false},
		{file, "", "xterm-256color", false},
		{&bytes.Buffer{}, "", "xterm-256color", false},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		if got := Colours(c.stream); got != c.want {
			t.Errorf("%T with NO_COLOR=%q and TERM=%q: expected %t, found %t", c.stream, c.noColor, c.term, c.want, got)
		}
	}
}
