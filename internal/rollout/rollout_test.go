package rollout

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A hub, spokes in two accounts, and what links them.
var site = []Stack{
	{Name: "h-network", Account: "1"}, {Name: "h-endpoints", Account: "1", After: []string{"h-network"}},
	{Name: "h-spoke-a", Account: "2", After: []string{"h-network"}}, {Name: "h-spoke-b", Account: "3", After: []string{"h-network"}},
	{Name: "h-spoke-c", Account: "3", After: []string{"h-network"}},
	{Name: "h-link-a", Account: "1", After: []string{"h-spoke-a"}}, {Name: "h-link-b", Account: "1", After: []string{"h-spoke-b"}},
	{Name: "h-link-c", Account: "1", After: []string{"h-spoke-c"}},
	{Name: "h-dns-3", Account: "3", After: []string{"h-endpoints", "h-spoke-b", "h-spoke-c"}},
}

func TestWaves(t *testing.T) {
	waves, err := Waves(site)
	var got []string
	for _, w := range waves {
		got = append(got, strings.Join(names(w), " "))
	}
	want := []string{"h-network", "h-endpoints h-spoke-a h-spoke-b h-spoke-c", "h-dns-3 h-link-a h-link-b h-link-c"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("expected %q, found %q, %v", want, got, err)
	}
	paced := []Stack{{Name: "a-dns", Account: "1", Rate: "1"}, {Name: "b-dns", Account: "1", Rate: "1"},
		{Name: "c-dns", Account: "2", Rate: "2"}, {Name: "d"}}
	if waves, err := Waves(paced); err != nil || len(waves) != 2 || strings.Join(names(waves[0]), " ") != "a-dns c-dns d" {
		t.Errorf("expected one stack at a time of each rate, found %v, %v", waves, err)
	}
	if waves, err := Waves(site[5:6]); err != nil || len(waves) != 1 {
		t.Errorf("a link alone: %v, %v", waves, err)
	}
	circle := []Stack{{Name: "a", After: []string{"b"}}, {Name: "b", After: []string{"a"}}, {Name: "c"}}
	if _, err := Waves(circle); err == nil || !strings.Contains(err.Error(), `["a" "b"]`) {
		t.Errorf("a circle: %v", err)
	}
}

// cloud fails stacks of some accounts as a whole, as where credentials are missing, and some stacks by themselves.
type cloud struct {
	denied   string // account
	broken   map[string]string
	once     bool // a broken stack works the second time
	runs     int
	deployed map[string]bool
}

func (c *cloud) run(_ context.Context, stacks []string) Attempt {
	c.runs++
	at := Attempt{Failed: map[string]string{}}
	for _, name := range stacks {
		s := site[slices.IndexFunc(site, func(s Stack) bool { return s.Name == name })]
		if s.Account == c.denied {
			at.Err = errors.New("no credentials for " + s.Account) // the CLI ends here, and tries none of the rest
			return at
		}
		if reason := c.broken[name]; reason != "" {
			at.Failed[name], at.Err = reason, errors.New("exit status 1")
			if c.once {
				delete(c.broken, name)
			}
			continue
		}
		if !slices.ContainsFunc(s.After, func(a string) bool { return !c.deployed[a] }) {
			c.deployed[name] = true
		}
		at.Deployed = append(at.Deployed, name)
	}
	return at
}

func TestDeploy(t *testing.T) {
	for name, c := range map[string]struct {
		cloud                     cloud
		deployed, failed, waiting string
		runs                      int
	}{
		"all well": {deployed: "h-network h-endpoints h-spoke-a h-spoke-b h-spoke-c h-dns-3 h-link-a h-link-b h-link-c", runs: 3},
		"one account without credentials": {cloud: cloud{denied: "3"}, deployed: "h-network h-endpoints h-spoke-a h-link-a",
			failed: "h-spoke-b h-spoke-c", waiting: "h-dns-3 h-link-b h-link-c", runs: 1 + 2 + 1},
		"the hub fails": {cloud: cloud{broken: map[string]string{"h-network": "quota"}}, failed: "h-network",
			waiting: "h-dns-3 h-endpoints h-link-a h-link-b h-link-c h-spoke-a h-spoke-b h-spoke-c", runs: 1},
		"one spoke fails": {cloud: cloud{broken: map[string]string{"h-spoke-b": "quota"}},
			deployed: "h-network h-endpoints h-spoke-a h-spoke-c h-link-a h-link-c", failed: "h-spoke-b", waiting: "h-dns-3 h-link-b", runs: 3},
		"throttled once": {cloud: cloud{broken: map[string]string{"h-spoke-b": "Rate exceeded"}, once: true},
			deployed: "h-network h-endpoints h-spoke-a h-spoke-c h-spoke-b h-dns-3 h-link-a h-link-b h-link-c", runs: 4},
		"throttled for ever": {cloud: cloud{broken: map[string]string{"h-link-a": "Rate exceeded"}},
			deployed: "h-network h-endpoints h-spoke-a h-spoke-b h-spoke-c h-dns-3 h-link-b h-link-c", failed: "h-link-a", runs: 4},
	} {
		c.cloud.deployed = map[string]bool{}
		waves, _ := Waves(site)
		r, err := Deploy(t.Context(), waves, c.cloud.run, Throttled)
		failed, waiting := strings.Join(slices.Sorted(maps.Keys(r.Failed)), " "), strings.Join(slices.Sorted(maps.Keys(r.Waiting)), " ")
		if err != nil || strings.Join(r.Deployed, " ") != c.deployed || failed != c.failed || waiting != c.waiting || c.cloud.runs != c.runs {
			t.Errorf("%s: %d runs, deployed %q, failed %q, waiting %q, %v", name, c.cloud.runs, r.Deployed, r.Failed, r.Waiting, err)
		}
	}
}

// Whatever fails, every stack is deployed, failed or waiting, and none is deployed before what it waits for.
func TestDeployProperty(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := &cloud{denied: fmt.Sprint(r.IntN(5)), broken: map[string]string{}, deployed: map[string]bool{}}
		for _, s := range site {
			if r.IntN(4) == 0 {
				c.broken[s.Name] = []string{"quota", "Throttling"}[r.IntN(2)]
			}
		}
		waves, _ := Waves(site)
		out, err := Deploy(t.Context(), waves, c.run, Throttled)
		if err != nil || len(out.Deployed)+len(out.Failed)+len(out.Waiting) != len(site) || len(out.Deployed) != len(c.deployed) {
			t.Errorf("seed %d: %+v, %v; really deployed %v", seed, out, err, c.deployed)
		}
		for name, because := range out.Waiting {
			for _, b := range because {
				if _, ok := out.Failed[b]; !ok {
					t.Errorf("seed %d: %s waits for %s, which did not fail", seed, name, b)
				}
			}
		}
	}
}

// The real CLI's lines, from a deployment against the emulator.
func TestCLI(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "cdk")
	script := `#!/bin/sh
echo "$*" > ` + dir + `/args
cat <<'END'
h-network |   2 | 6:52:15 AM | CREATE_COMPLETE | AWS::EC2::VPC | VPC

 ✅  h-network (no changes)

 ✅  h-endpoints

✨  Deployment time: 2.61s

❌  h-spoke-a failed to deploy
‣ DeploymentError: Resource updates failed:
h-spoke-a/VPC  (AWS::EC2::VPC VPC)
  Rate exceeded
 ✅  stranger
END
exit 1
`
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	var said []string
	cli := CLI{Program: program, Assembly: "out", Concurrency: 4, Flags: []string{"--verbose"}, Say: func(l string) { said = append(said, l) }}
	at := cli.Deploy(t.Context(), []string{"h-network", "h-endpoints", "h-spoke-a", "h-spoke-b"})
	if !slices.Equal(at.Deployed, []string{"h-network", "h-endpoints"}) || len(at.Failed) != 1 || !Throttled(at.Failed["h-spoke-a"]) ||
		at.Err == nil || len(said) != 13 {
		t.Errorf("found %+v after %d lines", at, len(said))
	}
	args, _ := os.ReadFile(filepath.Join(dir, "args"))
	want := "deploy h-network h-endpoints h-spoke-a h-spoke-b --exclusively --app out --concurrency 4 " +
		"--require-approval never --ci --no-color --progress events --verbose\n"
	if string(args) != want {
		t.Errorf("expected %q, found %q", want, args)
	}
	if at := (CLI{Program: filepath.Join(dir, "none"), Say: func(string) {}}).Deploy(t.Context(), []string{"a"}); at.Err == nil {
		t.Error("a CLI that is not there deployed")
	}
}

// Who is told to stop stops.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	waves, _ := Waves(site)
	r, err := Deploy(ctx, waves, func(_ context.Context, stacks []string) Attempt {
		if len(stacks) > 1 {
			cancel()
		}
		return Attempt{}
	}, Throttled)
	if !errors.Is(err, context.Canceled) || len(r.Deployed) != 1 {
		t.Errorf("found %+v, %v", r, err)
	}
}
