// Command bench measures the program against its peer, plain JavaScript on the same aws-cdk-lib that writes the same bytes, and
// against a naive program with L2 constructs, and prints the table of docs/PERFORMANCE.md. All take turns, so that what else the machine
// does hits all.
//
//	go build -o /tmp/sharedhub . && go build -o /tmp/naive ./internal/cmd/naive &&
//	go run ./internal/cmd/bench -program /tmp/sharedhub -naive /tmp/naive -sizes 1,10,100,1000 -runs 5
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

	"sharedhub/internal/bench"
)

var (
	program = flag.String("program", "", "the program to measure")
	sizes   = flag.String("sizes", "1,10,100,1000", "numbers of spokes")
	sharing = flag.String("sharing", "zones,profile", "ways to share names")
	runs    = flag.Int("runs", 5, "runs of each, of which the medians are printed")
	peers   = flag.Bool("peer", true, "run the peer too")
	naive   = flag.String("naive", "", "the program of internal/cmd/naive, to run it too")
	largest = flag.Int("naive-most", 100, "the most spokes that the naive program is run with")
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
	fmt.Println("| configuration | resources | CPU s | peer's | ratio | naive | wall s | peer's | ratio | naive | memory MB |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	if err := measure("config/", "config", temp, true); err != nil {
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
			if err := measure(what, dir, temp, n <= *largest); err != nil {
				return err
			}
		}
	}
	return nil
}

// measured are the costs of the runs of each program.
type measured struct{ own, peer, naive []bench.Cost }

func measure(what, config, temp string, alsoNaive bool) error {
	out, again := filepath.Join(temp, "out"), filepath.Join(temp, "again")
	synth := func() *exec.Cmd {
		c := exec.Command(*program, append([]string{"synth", "-q", "--no-cache", "--config", config, "--out", out}, strings.Fields(*flags)...)...)
		// What Node.js compiles is there from the first run.
		c.Env = append(os.Environ(), "SHAREDHUB_CACHE="+filepath.Join(temp, "cache"))
		return c
	}
	first, err := bench.Run(synth(), true)
	if err != nil {
		return err
	}
	p, err := bench.NewPeer(filepath.Join(temp, "peer"), *version)
	if err != nil {
		return err
	}
	var m measured
	run := func(c *exec.Cmd, into *[]bench.Cost) error {
		cost, err := bench.Run(c, false)
		*into = append(*into, cost)
		_ = os.RemoveAll(again)
		return err
	}
	for range *runs {
		err := run(synth(), &m.own)
		if *peers && err == nil {
			err = run(p.Command("cdk.json", out, again), &m.peer)
		}
		if *naive != "" && alsoNaive && err == nil {
			c := exec.Command(*naive, "cdk.json", config, again)
			c.Env = append(os.Environ(), "CDK_VALIDATION=false")
			err = run(c, &m.naive)
		}
		if err != nil {
			return err
		}
	}
	resources, err := resourcesIn(out)
	if err != nil {
		return err
	}
	cpu := func(c bench.Cost) float64 { return c.CPU.Seconds() }
	wall := func(c bench.Cost) float64 { return c.Wall.Seconds() }
	fmt.Printf("| %s | %d | %s | %s | %d |\n", what, resources, m.cells(cpu), m.cells(wall), first.Memory>>20)
	return nil
}

// cells are the medians of ours and the peer's, the median of the ratios, and the naive program's median.
func (m measured) cells(of func(bench.Cost) float64) string {
	ratios := make([]float64, len(m.peer))
	for i := range m.peer {
		ratios[i] = of(m.own[i]) / of(m.peer[i])
	}
	number := func(costs []bench.Cost) string {
		if len(costs) == 0 {
			return ""
		}
		return fmt.Sprintf("%.2f", median(costs, of))
	}
	ratio := ""
	if len(ratios) > 0 {
		ratio = fmt.Sprintf("%.2f", median(ratios, func(r float64) float64 { return r }))
	}
	return strings.Join([]string{number(m.own), number(m.peer), ratio, number(m.naive)}, " | ")
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
