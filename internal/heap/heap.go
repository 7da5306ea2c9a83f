// Package heap trades memory for time: a heap that is small may grow more before garbage is collected.
package heap

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// spare is what the heap may grow by before garbage is collected, within the bounds of least and most, in percent of what is in use.
// Go's own 100 percent collects a configuration of 1,000 spokes a dozen times.
const (
	spare       = 768 << 20
	least, most = 20, 400
	// first is what the heap may hold before the first collection, beside what is in use: a command that reads 1,000 spokes needs none.
	first = 64 << 20
	// small is what Go takes a heap for at least.
	small = 4 << 20
)

// Roomy sets the limit anew after each collection, unless the user has set GOGC.
func Roomy(gogc string) {
	if gogc != "" {
		return
	}
	debug.SetGCPercent(int(first * 100 / max(live(), small)))
	again()
}

// again runs after each collection: the finalizer of an object that nothing refers to.
func again() {
	runtime.SetFinalizer(&[16]byte{}, func(*[16]byte) {
		debug.SetGCPercent(percent(live()))
		again()
	})
}

// live is what the last collection left, in bytes.
func live() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

func percent(live uint64) int {
	return int(min(most, max(least, spare*100/max(live, 1))))
}
