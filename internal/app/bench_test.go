package app

import (
	"fmt"
	"testing"

	"sharedhub/internal/cli"
	"sharedhub/internal/config"
)

// BenchmarkSynth is a whole synthesis with a warm runtime: load, build, write. It also reports the cost of a resource.
func BenchmarkSynth(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := generate(b, n, min(n, 50))
			out := b.TempDir()
			for b.Loop() {
				cfg, diags := config.Load(dir)
				if cfg == nil {
					b.Fatal(diags)
				}
				if err := engine.Synth(b.Context(), cfg, cli.SynthOptions{Out: out}); err != nil {
					b.Fatal(err)
				}
			}
			resources := 0
			for _, t := range templates(b, out) {
				resources += len(t.resources())
			}
			b.ReportMetric(float64(resources), "resources")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N)/float64(resources), "ms/resource")
		})
	}
}

// BenchmarkLoad is reading and validating 1,000 spokes.
func BenchmarkLoad(b *testing.B) {
	dir := generate(b, 1000, 50)
	b.ReportAllocs()
	for b.Loop() {
		if cfg, diags := config.Load(dir); cfg == nil {
			b.Fatal(diags)
		}
	}
}
