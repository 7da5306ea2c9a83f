// Command bench measures the program against its peer, plain JavaScript on the same aws-cdk-lib that writes the same bytes, and
// prints the table of docs/PERFORMANCE.md. Both take turns, so that what else the machine does hits both.
//
//	go build -o /tmp/sharedhub . && go run ./internal/cmd/bench -program /tmp/sharedhub -sizes 1,10,100,1000 -runs 5
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sharedhub/internal/bench"
)

var (
	program = flag.String("program", "", "the program to measure")
	sizes   = flag.String("sizes", "1,10,100,1000", "numbers of spokes")
	sharing = flag.String("sharing", "zones,profile", "ways to share names")
	runs    = flag.Int("runs", 5, "runs of each, of which the medians are printed")
	peers   = flag.Bool("peer", true, "run the peer too")
	version = flag.String("cdk", "2.270.0", "the version of aws-cdk-lib")
	flags   = flag.String("flags", "", "further flags of the program, such as --plain")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	temp, err := os.MkdirTemp("", "sharedhub-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	fmt.Println("| configuration | resources | CPU s | peer's | ratio | wall s | peer's | ratio | memory MB |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	if err := measure("config/", "config", temp); err != nil {
		return err
	}
	for _, how := range strings.Split(*sharing, ",") {
		for _, size := range strings.Split(*sizes, ",") {
			n, err := strconv.Atoi(size)
			if err != nil {
				return err
			}
			dir := filepath.Join(temp, "config-"+how+"-"+size)
			if err := bench.Large(n, bench.Accounts(n), how).Write(dir); err != nil {
				return err
			}
			what := fmt.Sprintf("%s in %s, %s", count(n, "spoke"), count(bench.Accounts(n), "account"), how)
			if err := measure(what, dir, temp); err != nil {
				return err
			}
		}
	}
	return nil
}

func measure(what, config, temp string) error {
	out := filepath.Join(temp, "out")
	synth := func() *exec.Cmd {
		return exec.Command(*program, append([]string{"synth", "-q", "--config", config, "--out", out}, strings.Fields(*flags)...)...)
	}
	first, err := bench.Run(synth(), true)
	if err != nil {
		return err
	}
	p, err := bench.NewPeer(filepath.Join(temp, "peer"), *version)
	if err != nil {
		return err
	}
	var own, peer []bench.Cost
	for range *runs {
		c, err := bench.Run(synth(), false)
		if err != nil {
			return err
		}
		own = append(own, c)
		if !*peers {
			continue
		}
		if c, err = bench.Run(p.Command("cdk.json", out, filepath.Join(temp, "again")), false); err != nil {
			return err
		}
		peer = append(peer, c)
		_ = os.RemoveAll(filepath.Join(temp, "again"))
	}
	resources, err := resourcesIn(out)
	if err != nil {
		return err
	}
	cpu := func(c bench.Cost) time.Duration { return c.CPU }
	wall := func(c bench.Cost) time.Duration { return c.Wall }
	fmt.Printf("| %s | %d | %s | %s | %d |\n", what, resources, cells(own, peer, cpu), cells(own, peer, wall), first.Memory>>20)
	return nil
}

// cells are the medians of ours and the peer's, and the median of the ratios.
func cells(own, peer []bench.Cost, of func(bench.Cost) time.Duration) string {
	if len(peer) == 0 {
		return fmt.Sprintf("%.2f | | ", median(own, func(c bench.Cost) float64 { return of(c).Seconds() }))
	}
	ratios := make([]float64, len(own))
	for i := range own {
		ratios[i] = of(own[i]).Seconds() / of(peer[i]).Seconds()
	}
	seconds := func(c bench.Cost) float64 { return of(c).Seconds() }
	return fmt.Sprintf("%.2f | %.2f | %.2f", median(own, seconds), median(peer, seconds), median(ratios, func(r float64) float64 { return r }))
}

func median[T any](of []T, value func(T) float64) float64 {
	v := make([]float64, len(of))
	for i, o := range of {
		v[i] = value(o)
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// resourcesIn is how many resources an assembly has: each has a type, on a line of its own.
func resourcesIn(dir string) (int, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	n := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return 0, err
		}
		n += strings.Count(string(text), "\n   \"Type\": \"AWS::")
	}
	return n, err
}
