package app

import (
	"fmt"
	"runtime"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/prove"
)

// written is a configuration of n spokes, and its assembly.
func written(b *testing.B, n int) (*config.Config, string) {
	b.Helper()
	cfg, diags := config.Load(generate(b, n, min(n, 50)))
	if cfg == nil {
		b.Fatal(diags)
	}
	out := b.TempDir()
	if err := engine.Synth(b.Context(), cfg, cli.SynthOptions{Out: out}); err != nil {
		b.Fatal(err)
	}
	return cfg, out
}

// BenchmarkProve is the proof of 40 endpoints and as many spokes as the name says, after the assembly is read.
func BenchmarkProve(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			cfg, out := written(b, n)
			a, err := assembly.Read(out)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if r := prove.Network(cfg, prove.Linked(cfg, a.Records())); !r.Holds() {
					b.Fatal(r.Findings[0])
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys)/1e6, "MB-heap")
		})
	}
}

// BenchmarkReadAssembly is reading and resolving all templates.
func BenchmarkReadAssembly(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			_, out := written(b, n)
			for b.Loop() {
				if _, err := assembly.Read(out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
