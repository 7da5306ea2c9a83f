package reach

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// What equal VPCs share is what each pair alone would give.
func TestSharedAnswersAreTheirOwn(t *testing.T) {
	dirs, _ := filepath.Glob("../cli/testdata/network/assembly")
	more, _ := filepath.Glob("testdata/*/manifest.json")
	for _, file := range more {
		dirs = append(dirs, filepath.Dir(file))
	}
	if dir := os.Getenv("REACH_ASSEMBLY"); dir != "" {
		dirs = append(dirs, dir)
	}
	shared := 0
	for _, dir := range dirs {
		a, err := assembly.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		net := topology.Link(a.Records())
		m := newModel(net)
		kinds := m.kinds()
		shared += len(kinds)
		got, _ := json.Marshal(m.result(&sharer{m, kinds, map[[2]int]*Answer{}}, prove.NewNames(m.net)))
		want, _ := json.Marshal(m.result(&sharer{m: m, plain: map[[2]int]*Answer{}}, prove.NewNames(m.net)))
		if string(got) != string(want) {
			t.Errorf("%s: with sharing\n%s\nwithout\n%s", dir, got, want)
		}
	}
	if shared < 5 {
		t.Errorf("expected VPCs that share answers, found %d", shared)
	}
}
