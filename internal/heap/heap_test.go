package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1: 400, 100 << 20: 400, 256 << 20: 300, 512 << 20: 150, 4 << 30: 20} {
		if got := percent(live); got != want {
			t.Errorf("%d bytes in use: expected %d percent, found %d", live, want, got)
		}
	}
}

// The limit follows what is in use after a collection, and GOGC of the user's stands.
func TestRoomy(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	Roomy("77")
	if got := debug.SetGCPercent(77); got != 77 {
		t.Errorf("with GOGC, expected 77 percent, found %d", got)
	}
	Roomy("")
	inUse := make([]byte, 300<<20)
	for range 50 {
		runtime.GC()
		time.Sleep(time.Millisecond) // the finalizer has a goroutine of its own
		got := debug.SetGCPercent(100)
		debug.SetGCPercent(got)
		if 200 < got && got < 300 {
			runtime.KeepAlive(inUse)
			return
		}
	}
	t.Error("expected between 200 and 300 percent with 300 MB in use")
}
