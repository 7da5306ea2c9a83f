package config

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	written "sharedhub/internal/config/file"
	"sharedhub/internal/diag"
)

var update = flag.Bool("update", false, "write what Load says into the cases")

// Each case in testdata is one file: the configuration's files, then "want", what Load has to say about them. Cases in
// bad end with errors, cases in good without.
func TestCases(t *testing.T) {
	cases, _ := filepath.Glob("testdata/[bg]*/*.txtar")
	if len(cases) < 50 {
		t.Fatalf("only %d cases found", len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(unpack(t, a))
			w := Open("config")
			defer w.Close()
			cfg, diags := w.Config()
			if _, again := w.Config(); again.String() != diags.String() {
				t.Errorf("asked again, it says\n%s", again)
			}
			if bad := filepath.Base(filepath.Dir(file)) == "bad"; bad != (cfg == nil) {
				t.Errorf("valid: %v, in %s\n%s", cfg != nil, file, diags)
			}
			check(t, file, a, diags.String())
			placed(t, diags)
		})
	}
}

// placed says that each mistake in a file that could be read has a line.
func placed(t *testing.T, diags diag.List) {
	t.Helper()
	for _, d := range diags {
		if at, _ := d.Where.(diag.Position); at.Line == 0 && d.Code != written.Unreadable && d.Code != written.Syntax {
			t.Errorf("no line: %s", d)
		}
		for _, s := range d.See {
			if at, _ := s.Where.(diag.Position); at.Line == 0 {
				t.Errorf("no line: see %s, of %s", s.Where, d)
			}
		}
	}
}

// Each case of a change is one file too: what stands below before/ and after/, what both have, and what Change says.
func TestChanges(t *testing.T) {
	cases, _ := filepath.Glob("testdata/change/*.txtar")
	if len(cases) < 10 {
		t.Fatalf("only %d cases found", len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, after := changed(t, a)
			diags := Change(before, after)
			check(t, file, a, diags.String())
			placed(t, diags)
			if diags := Change(after, after); len(diags) > 0 {
				t.Errorf("no change is refused\n%s", diags)
			}
		})
	}
}

// changed loads a case's two configurations.
func changed(t *testing.T, a *txtar.Archive) (before, after *Config) {
	t.Helper()
	var configs [2]*Config
	t.Chdir(t.TempDir())
	for i, side := range []string{"before", "after"} {
		for _, f := range a.Files {
			if other := []string{"after/", "before/"}[i]; f.Name != "want" && !strings.HasPrefix(f.Name, other) {
				write(t, filepath.Join(side, strings.TrimPrefix(f.Name, side+"/")), f.Data)
			}
		}
		cfg, diags := Load(side)
		if cfg == nil {
			t.Fatalf("%s is not valid\n%s", side, diags)
		}
		configs[i] = cfg
	}
	return configs[0], configs[1]
}

// Each case of what a change opens, or closes, is like those of changes.
func TestOpensAndCloses(t *testing.T) {
	for folder, of := range map[string]func(before, after *Config) []Opening{"opens": Opens, "closes": Closes} {
		cases, _ := filepath.Glob("testdata/" + folder + "/*.txtar")
		if len(cases) < 4 {
			t.Fatalf("only %d cases found of %s", len(cases), folder)
		}
		for _, file := range cases {
			t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
				a, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				before, after := changed(t, a)
				var lines []string
				for _, o := range of(before, after) {
					lines = append(lines, o.Kind+": "+o.String())
				}
				check(t, file, a, strings.Join(lines, "\n"))
				if again := of(after, after); len(again) > 0 {
					t.Errorf("no change %s %v", folder, again)
				}
			})
		}
	}
}

// check compares with what the case wants, or writes that anew.
func check(t *testing.T, file string, a *txtar.Archive, got string) {
	t.Helper()
	want := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	if want < 0 {
		t.Fatal("the case has no file want")
	}
	if got += "\n"; *update {
		a.Files[want].Data = []byte(got)
		if err := os.WriteFile(filepath.Join(start, file), txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(a.Files[want].Data) != got {
		t.Errorf("got\n%swant\n%s", got, a.Files[want].Data)
	}
}

var start, _ = os.Getwd()

// unpack writes a case to a folder of its own. A file whose name is in a hub's or spoke's folder stands below config/; a
// case that names none of the standard hub's files gets the standard hub.
func unpack(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		if f.Name != "want" {
			write(t, filepath.Join(dir, "config", f.Name), f.Data)
		}
	}
	if strings.Contains(string(a.Comment), "standard hub") {
		write(t, filepath.Join(dir, "config/hubs/use1.yaml"), []byte(standardHub))
	}
	if err := os.MkdirAll(filepath.Join(dir, "config"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

const standardHub = `version: 1
account: "111111111111"
region: us-east-1
vpc: {cidr: 10.0.0.0/20}
pools: {prod: [10.16.0.0/12], dev: [10.32.0.0/12]}
segments: {prod: {}, dev: {mesh: true}}
endpoints: {services: [kms, sts]}
accounts: ["222222222222", "333333333333", "444444444444"]
`

const standardSpoke = `hub: use1
account: "222222222222"
segment: prod
cidr: 10.16.4.0/22
`

// What no text file can hold: the file system's own mischief.
func TestHostileFiles(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(dir string) error
		want string
	}{
		{"10 MB", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "spokes/big.yaml"), []byte(strings.Repeat("# padding\n", 1<<20)), 0o644)
		}, "big.yaml: error: the file has 10485760 bytes; at most 1048576 are possible"},
		{"symlink loop", func(dir string) error {
			return os.Symlink("loop.yaml", filepath.Join(dir, "spokes/loop.yaml"))
		}, "loop.yaml: error: cannot be read: too many levels of symbolic links"},
		{"a folder named as a file", func(dir string) error {
			return os.Mkdir(filepath.Join(dir, "spokes/folder.yaml"), 0o755)
		}, "folder.yaml: error: a folder, and files lie directly in spokes/"},
		{"a folder behind a link", func(dir string) error {
			return os.Symlink("..", filepath.Join(dir, "spokes/up.yaml"))
		}, "up.yaml: error: not a regular file"},
		{"not UTF-8", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "spokes/latin.yaml"), []byte("hub: \xe9\n"), 0o644)
		}, "latin.yaml: error: not UTF-8 text"},
		{"a policy outside", func(dir string) error {
			if err := os.WriteFile(filepath.Join(dir, "../outside.json"), []byte("{}"), 0o644); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "hubs/use1.yaml"),
				[]byte(strings.Replace(standardHub, "{services", "{policy: ../outside.json, services", 1)), 0o644)
		}, "a link that leads out of the folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "config")
			write(t, filepath.Join(dir, "hubs/use1.yaml"), []byte(standardHub))
			write(t, filepath.Join(dir, "spokes/payments.yaml"), []byte(standardSpoke))
			if err := c.make(dir); err != nil {
				t.Fatal(err)
			}
			cfg, diags := Load(dir)
			if cfg != nil || !strings.Contains(diags.String(), c.want) {
				t.Errorf("got\n%s\nwant %q", diags, c.want)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "hubs/use1.yaml"), []byte(standardHub))
	write(t, filepath.Join(dir, "spokes/payments.yaml"), []byte(standardSpoke))
	cfg, diags := Load(dir)
	if cfg == nil || len(diags) > 0 {
		t.Fatal(diags)
	}
	h, s := cfg.Hubs[0], cfg.Spokes[0]
	got := fmt.Sprintln(h.TransitGateway.ASN, h.Sharing, h.Endpoints[0].Policy, len(h.AZs), h.FlowLogs.Off(),
		s.State, s.GatewayEndpoints, s.Tiers, len(s.AZs), s.Attached())
	if want := "64512 zones full-access 3 true attached [dynamodb s3] [{private 0 invalid Prefix}] 3 true\n"; got != want {
		t.Errorf("defaults: %s, want %s", got, want)
	}
}

// The file names the values, the plan has a constant for each.
func TestWords(t *testing.T) {
	for what, words := range map[string][2]string{
		"dns.sharing": {fmt.Sprint(written.Sharings), fmt.Sprint(sharingSteps)},
		"state":       {fmt.Sprint(written.States), fmt.Sprint([]State{Attached, Detached})},
		"flowLogs.to": {fmt.Sprint(written.FlowLogTargets), fmt.Sprint([]FlowLogsTo{FlowLogsToCloudWatch, FlowLogsToS3, FlowLogsToNone})},
	} {
		if words[0] != words[1] {
			t.Errorf("%s: the file has %s, the plan %s", what, words[0], words[1])
		}
	}
}

// A key that nothing reads would be a promise that the program does not keep.
func TestEveryKeyIsRead(t *testing.T) {
	read := map[string]bool{"Version": true} // checked, and there is only one
	sources, _ := filepath.Glob("*.go")
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				read[s.Sel.Name] = true
			}
			return true
		})
	}
	var keys func(reflect.Type)
	keys = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Pointer:
			keys(typ.Elem())
		case reflect.Struct:
			if typ.ConvertibleTo(reflect.TypeFor[Organization]()) {
				return // taken over whole
			}
			if typ == reflect.TypeFor[written.Granted]() {
				return // read as a list
			}
			for _, f := range reflect.VisibleFields(typ) {
				if key := f.Tag.Get("yaml"); key != "" && !read[f.Name] {
					t.Errorf("nothing in the plan follows from %s.%s", typ.Name(), key)
				}
				if f.IsExported() {
					keys(f.Type)
				}
			}
		}
	}
	keys(reflect.TypeFor[written.Hub]())
	keys(reflect.TypeFor[written.Spoke]())
}

func TestPeers(t *testing.T) {
	h := &Hub{Segments: []Segment{{Name: "prod"}, {Name: "dev", Mesh: true}, {Name: "ops", Reaches: []string{"prod", "dev"}}}}
	for segment, want := range map[string]string{"prod": "[ops]", "dev": "[dev ops]", "ops": "[dev prod]"} {
		if got := fmt.Sprint(h.Peers(segment)); got != want {
			t.Errorf("peers of %s: %s, want %s", segment, got, want)
		}
	}
}

// Whatever the bytes are, Load answers with diagnostics and never panics.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(standardHub), []byte(standardSpoke))
	cases, _ := filepath.Glob("testdata/[bg]*/*.txtar")
	for _, c := range cases {
		if a, err := txtar.ParseFile(c); err == nil {
			for _, file := range a.Files {
				f.Add([]byte(standardHub), file.Data)
				f.Add(file.Data, []byte(standardSpoke))
			}
		}
	}
	f.Fuzz(func(t *testing.T, hub, spoke []byte) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "hubs/use1.yaml"), hub)
		write(t, filepath.Join(dir, "spokes/payments.yaml"), spoke)
		cfg, diags := Load(dir)
		if (cfg == nil) != (len(diags.Errors()) > 0) {
			t.Fatalf("configuration %v with %d errors", cfg != nil, len(diags.Errors()))
		}
	})
}

// The hub's own account as that of its Transit Gateway says nothing more.
func TestOwnGateway(t *testing.T) {
	plan := func(account string) *Hub {
		t.Helper()
		dir := t.TempDir()
		write(t, filepath.Join(dir, "hubs/use1.yaml"), []byte(strings.Replace(standardHub, "segments:",
			"transitGateway: {id: tgw-0123456789abcdef0"+account+"}\nsegments:", 1)))
		cfg, diags := Load(dir)
		if cfg == nil {
			t.Fatal(diags)
		}
		return cfg.Hubs[0]
	}
	own, said, other := plan(""), plan(`, account: "111111111111"`), plan(`, account: "555555555555"`)
	if !SameHub(own, said) || said.GatewayElsewhere() || said.GatewayAccount() != said.Account {
		t.Errorf("expected the hub's own gateway, found %+v", said.TransitGateway)
	}
	if SameHub(own, other) || !other.GatewayElsewhere() || other.GatewayAccount() != "555555555555" {
		t.Errorf("expected the gateway of account 555555555555, found %+v", other.TransitGateway)
	}
	if guests := other.GatewayGuests(); !slices.Equal(guests, []string{"111111111111"}) {
		t.Errorf("expected the gateway to be shared with the hub's account, found %v", guests)
	}
}
