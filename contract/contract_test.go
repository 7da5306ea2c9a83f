package contract

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/plan"
)

func TestDiff(t *testing.T) {
	frozen, err := Parse("use1-network NetworkVpc1 AWS::EC2::VPC\nuse1-network GatewayShare AWS::RAM::ResourceShare\n" +
		"use1-network VpcId Output\nuse1-network Same AWS::EC2::Subnet\n")
	if err != nil {
		t.Fatal(err)
	}
	now, err := Parse("use1-network NetVpc2 AWS::EC2::VPC\nuse1-network Same AWS::EC2::Subnet\nuse1-spoke-a More AWS::EC2::Subnet\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range Diff(frozen, now) {
		got = append(got, c.Explain())
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{
		"use1-network NetworkVpc1 AWS::EC2::VPC is gone; perhaps it is now use1-network NetVpc2\n  what a deployment would do: a second VPC",
		"how to migrate: change the id alone, in a release of its own, and have users run `cdk refactor",
		"use1-network GatewayShare AWS::RAM::ResourceShare is gone\n  what a deployment would do: a second share",
		"how to migrate: if nobody needs it any more",
		"use1-network VpcId Output is gone\n  what a deployment would do: stacks that read it",
		"use1-spoke-a More AWS::EC2::Subnet is new and replaces nothing",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("expected %q in\n%s", want, text)
		}
	}
	if len(got) != 4 {
		t.Errorf("expected 4 changes, found %d:\n%s", len(got), text)
	}
	if d := Diff(frozen, frozen); len(d) > 0 {
		t.Error(d)
	}
	if _, err := Parse("a b"); err == nil {
		t.Error("a line of two words is no id")
	}
}

// Every type that is decided about has an effect and a way, or a reason; none has both.
func TestEffects(t *testing.T) {
	for typ, e := range effects {
		if e.does == "" || ways[e.way] == "" || free[typ] != "" {
			t.Errorf("%s: %+v", typ, e)
		}
	}
	for _, w := range []way{refactor, beside, output, gone} {
		if ways[w] == "" {
			t.Errorf("no way %s", w)
		}
	}
	for _, typ := range plan.StatefulTypes() {
		if frozen, _ := Frozen(typ); !frozen {
			t.Errorf("%s holds state, and its ids are not frozen", typ)
		}
	}
	if frozen, known := Frozen("AWS::EC2::RouteTable"); frozen || !known {
		t.Error("route tables are free")
	}
	if frozen, known := Frozen("AWS::X::Y"); frozen || known {
		t.Error("of an unknown type nothing is decided")
	}
}

// Each list is sorted, of known types; and an id that a version has lost is in the page that says how to come from the version before.
func TestVersions(t *testing.T) {
	versions, err := filepath.Glob("v*")
	if err != nil || len(versions) == 0 || versions[len(versions)-1] != Version {
		t.Fatalf("expected %s to be the last version, found %v, %v", Version, versions, err)
	}
	before := map[string][]ID{}
	for i, v := range versions {
		files, _ := filepath.Glob(filepath.Join(v, "*.txt"))
		if len(files) == 0 {
			t.Errorf("%s has no list", v)
		}
		page, err := os.ReadFile(filepath.Join(v, "MIGRATION.md"))
		if (err == nil) != (i > 0) {
			t.Errorf("%s: every version but the first has MIGRATION.md: %v", v, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			ids, err := Parse(string(text))
			if err != nil || Format(ids) != string(text) {
				t.Errorf("%s is not sorted, or %v", file, err)
			}
			for _, id := range ids {
				if frozen, _ := Frozen(id.Type); !frozen {
					t.Errorf("%s: %s is of a type whose ids are free", file, id)
				}
			}
			name := filepath.Base(file)
			for _, id := range before[name] {
				if !slices.Contains(ids, id) && !strings.Contains(string(page), id.Logical) {
					t.Errorf("%s/MIGRATION.md does not say what becomes of %s", v, id)
				}
			}
			before[name] = ids
		}
	}
}
