package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
)

// mortal stands for the CDK CLI. It deploys stacks one after the other, and refuses one whose predecessors are not there; in run
// DIE_IN it dies after its first stack, and the program with it.
const mortal = `#!/bin/sh
shift
echo run >> runs
for s; do
  case "$s" in --*) break;; esac
  for needed in $(sed -n "s/^$s: //p" needs); do
    grep -qx "$needed" there || { echo "❌  $s failed to deploy"; echo "  $needed is not there"; exit 1; }
  done
  grep -qx "$s" there || echo "$s" >> there
  echo " ✅  $s"
  [ "$(wc -l < runs)" != "$DIE_IN" ] || kill -9 $PPID $$
done
`

// A rollout that dies in any of its waves is run again, and deploys what is left, in order.
func TestDiesInEachWave(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the CDK CLI's stand-in needs a shell")
	}
	inSamples(t)
	a, err := assembly.Read("network/assembly")
	if err != nil {
		t.Fatal(err)
	}
	var needs strings.Builder
	for _, s := range a.Stacks {
		fmt.Fprintf(&needs, "%s: %s\n", s.ID, strings.Join(s.After, " "))
	}
	for name, text := range map[string]string{"cdk": mortal, "needs": needs.String()} {
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	deploy := func(die int) (string, bool) {
		if err := os.Remove("runs"); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		cmd := exec.Command("sharedhub", "deploy", "--config", "network/config", "--assembly", "network/assembly", "--cdk",
			"."+string(filepath.Separator)+"cdk")
		cmd.Env = append(os.Environ(), fmt.Sprint("DIE_IN=", die))
		said, err := cmd.CombinedOutput()
		return string(said), err == nil
	}
	waves := 0
	for died := true; died; waves++ {
		if err := os.WriteFile("there", nil, 0o644); err != nil {
			t.Fatal(err)
		}
		_, whole := deploy(waves + 1)
		if died = !whole; !died {
			continue
		}
		before := there(t)
		if said, whole := deploy(0); !whole {
			t.Errorf("died in wave %d with %d stacks, and run again it fails:\n%s", waves+1, len(before), said)
		}
		if after := there(t); len(after) != len(a.Stacks) || !slices.Equal(after[:len(before)], before) {
			t.Errorf("died in wave %d: expected %d stacks, found %q", waves+1, len(a.Stacks), after)
		}
	}
	if waves < 4 { // network; endpoints and spokes; links and zones; and a run in which nothing dies
		t.Errorf("expected a death in at least 3 waves, found %d", waves-1)
	}
}

// there are the stacks that the stand-in has deployed.
func there(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("there")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(b))
}
