package bench

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed peer.js
var peer []byte

// Peer is the peer in a folder of its own, with the CDK's packages that jsii has unpacked.
type Peer struct{ dir string }

// NewPeer puts it into a folder. The program must have run once, of a version of the CDK.
func NewPeer(dir, cdkVersion string) (*Peer, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	cache := filepath.Join(home, ".cache", "aws", "jsii", "package-cache")
	if root := os.Getenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT"); root != "" {
		cache = root
	}
	found, _ := filepath.Glob(filepath.Join(cache, "aws-cdk-lib", cdkVersion, "*"))
	for _, pattern := range []string{"constructs/*/*", "@aws-cdk/*/*/*"} {
		more, _ := filepath.Glob(filepath.Join(cache, pattern))
		found = append(found, more...)
	}
	for _, from := range found {
		name, _ := filepath.Rel(cache, filepath.Dir(filepath.Dir(from)))
		to := filepath.Join(dir, "node_modules", name)
		err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Symlink(from, to))
		if err != nil && !errors.Is(err, os.ErrExist) {
			return nil, err
		}
	}
	return &Peer{dir}, os.WriteFile(filepath.Join(dir, "peer.js"), peer, 0o644)
}

// Command writes an assembly again.
func (p *Peer) Command(cdkJSON, assembly, out string) *exec.Cmd {
	c := exec.Command("node", "--preserve-symlinks", "--preserve-symlinks-main", filepath.Join(p.dir, "peer.js"), cdkJSON, assembly, out)
	c.Env = append(os.Environ(), "CDK_VALIDATION=false")
	return c
}

// Cost of a run.
type Cost struct {
	Wall, CPU time.Duration
	// Memory is the most that the process and those it started had at a time, in bytes.
	Memory int
}

// Run measures a command. Memory is sampled, so that it and the time are better measured in runs of their own.
func Run(c *exec.Cmd, memory bool) (Cost, error) {
	began := time.Now()
	var said strings.Builder
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		return Cost{}, err
	}
	done := make(chan struct{})
	most := make(chan int, 1)
	go func() {
		peak := 0
		for memory {
			peak = max(peak, resident(c.Process.Pid))
			select {
			case <-done:
				memory = false
			case <-time.After(5 * time.Millisecond):
			}
		}
		most <- peak
	}()
	err := c.Wait()
	cost := Cost{Wall: time.Since(began), CPU: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	close(done)
	cost.Memory = <-most
	if err != nil {
		return cost, fmt.Errorf("%v: %w\n%s", c.Args, err, said.String())
	}
	return cost, nil
}

// resident is the memory of a process and those below it: each one's own, and what it shares divided by who shares it (proc(5),
// smaps_rollup). 0 where there is no /proc.
func resident(pid int) int {
	total := 0
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "Pss:" {
			kb, _ := strconv.Atoi(f[1])
			total = kb << 10
		}
	}
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range children {
		list, _ := os.ReadFile(file)
		for _, child := range strings.Fields(string(list)) {
			if n, err := strconv.Atoi(child); err == nil {
				total += resident(n)
			}
		}
	}
	return total
}
