package topology_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/topology"
)

// A type is either modelled, with everything that takes, or harmless with a reason. What a live account answers, and
// whether a difference of each type is told, is held by the tests of package live.
func TestRegistry(t *testing.T) {
	for _, typ := range topology.Types() {
		translated := slices.Contains(assembly.Types(), typ.Name)
		switch {
		case typ.Record == nil && typ.Harmless == "" && typ.Opens == "":
			t.Errorf("%s: expected a record, a reason why it is harmless, or the way that it opens", typ.Name)
		case typ.Opens != "":
			if typ.Record != nil || typ.Harmless != "" || typ.Actions != nil || translated {
				t.Errorf("%s: expected nothing but the way that it opens", typ.Name)
			}
			continue
		case typ.Harmless != "":
			if typ.Record != nil || typ.Actions != nil || translated {
				t.Errorf("%s: expected nothing but the reason of a harmless type", typ.Name)
			}
			continue
		}
		for _, c := range []struct {
			ok   bool
			want string
		}{
			{translated, "a translator in package assembly"},
			{(len(typ.Actions) > 0) != (typ.Unseen != ""), "the actions that read it from an account, or a reason why it is not read, not both"},
		} {
			if !c.ok {
				t.Errorf("%s: expected %s", typ.Name, c.want)
			}
		}
		for property, reason := range typ.Ignored {
			if reason == "" {
				t.Errorf("%s: expected a reason why %s changes nothing", typ.Name, property)
			}
		}
	}
	for _, name := range assembly.Types() {
		if _, ok := topology.TypeOf(name); !ok {
			t.Errorf("%s: expected a row in the registry for the translator", name)
		}
	}
	action := regexp.MustCompile(`^[a-z0-9]+:(Describe|Get|List|Search)[A-Za-z]+$`)
	for _, a := range topology.Actions() {
		if !action.MatchString(a) {
			t.Errorf("action %s: expected one that reads", a)
		}
	}
}

// Every type that our templates hold is known.
func TestOurTypes(t *testing.T) {
	found := map[string]bool{}
	typ := regexp.MustCompile(`(?m)^  \w+ (\w+::[\w:]+)`) // "  LogicalID AWS::EC2::VPC" begins a resource
	files, err := filepath.Glob("../app/testdata/snapshots/*/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("expected snapshots of templates, found %v %v", files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range typ.FindAllSubmatch(b, -1) {
			found[string(m[1])] = true
		}
	}
	if len(found) < 20 {
		t.Errorf("expected at least 20 types, found %v", found)
	}
	for name := range found {
		if _, ok := topology.TypeOf(name); !ok {
			t.Errorf("templates hold %s: expected a row in the registry, modelled or harmless with a reason", name)
		}
	}
}
