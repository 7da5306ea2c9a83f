package reach

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/topology"
)

// Whatever is missing or bent in an assembly, reach says something and does not panic; and a part that is taken away opens no way
// that was not there, but for those that refuse packets.
func TestBentAssemblies(t *testing.T) {
	refuse := []string{"Acl", "ACL", "Hole", "Association", "TransitGatewayRouteTable"}
	n := 0
	for _, name := range []string{"central-egress", "inspection", "ipv6", "nacl-transit-subnet", "shared-endpoint", "ssm"} {
		dir := filepath.Join("testdata", name)
		before := reached(t, dir)
		files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
		if err != nil || len(files) == 0 {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, change := range bends(t, file) {
				r := bent(t, dir, filepath.Base(file), change.template)
				if n++; r == nil || change.bent || slices.ContainsFunc(refuse, func(s string) bool { return strings.Contains(change.typ, s) }) {
					continue
				}
				if v := more(before, r); v != "" {
					t.Errorf("%s without %s: %s", name, change.what, v)
				}
			}
		}
	}
	if n < 300 {
		t.Errorf("expected at least 300 changes, found %d", n)
	}
}

type bend struct {
	what, typ string
	bent      bool // a property has another value
	template  []byte
}

// bends are a template without each resource, and with each property of one gone, empty or nonsense.
func bends(t *testing.T, file string) []bend {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []bend
	change := func(what, typ string, bentValue bool, f func(resources map[string]any)) {
		var tpl map[string]any
		if err := json.Unmarshal(text, &tpl); err != nil {
			t.Fatal(err)
		}
		f(tpl["Resources"].(map[string]any))
		b, err := json.Marshal(tpl)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, bend{what, typ, bentValue, b})
	}
	var tpl struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(text, &tpl); err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(tpl.Resources)) {
		r := tpl.Resources[id]
		change(id, r.Type, false, func(all map[string]any) { delete(all, id) })
		for p := range r.Properties {
			for _, v := range []any{nil, "::ffff:10.0.0.0/99", map[string]any{"Fn::Transform": map[string]any{"Name": "x"}}} {
				change(id+"."+p, r.Type, true, func(all map[string]any) {
					all[id].(map[string]any)["Properties"].(map[string]any)[p] = v
				})
			}
		}
	}
	return out
}

// bent is the result of an assembly with another template; nil where CloudFormation would refuse it.
func bent(t *testing.T, dir, name string, template []byte) *Result {
	t.Helper()
	read, err := assembly.ReadWith(dir, func(file string, into any) error {
		b := template
		if filepath.Base(file) != name {
			var err error
			if b, err = fs.ReadFile(os.DirFS(filepath.Dir(file)), filepath.Base(file)); err != nil {
				return err
			}
		}
		return json.Unmarshal(b, into)
	})
	if err != nil {
		return nil
	}
	return Of(topology.Link(read.Records()))
}

// more is a way that is there after, and was not before.
func more(before, after *Result) string {
	was := map[string]VPC{}
	for _, v := range before.VPCs {
		was[v.Name] = v
	}
	for _, v := range after.VPCs {
		for _, to := range v.Reaches {
			if !slices.Contains(was[v.Name].Reaches, to) {
				return v.Name + " reaches " + to
			}
		}
	}
	return ""
}
