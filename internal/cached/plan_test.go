package cached

import (
	"path/filepath"
	"reflect"
	"testing"
	"unsafe"

	"golang.org/x/tools/txtar"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/bench"
	"sharedhub/internal/config"
)

func load(t testing.TB, dir string) *config.Config {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags.Errors())
	}
	return cfg
}

func digestOf(t testing.TB, hubs []*config.Hub) string {
	t.Helper()
	d, err := PlanDigest(hubs)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// configurations are the user's, the examples, those of the loader's cases that are whole, and random ones.
func configurations(t testing.TB) []string {
	t.Helper()
	dirs, err := filepath.Glob("../../examples/[0-9]*")
	if err != nil || len(dirs) < 5 {
		t.Fatal(dirs, err)
	}
	dirs = append(dirs, "../../config")
	for seed := range uint64(40) {
		dir := filepath.Join(t.TempDir(), "config")
		if err := bench.Random(seed).Write(dir); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	cases, _ := filepath.Glob("../config/testdata/good/*.txtar")
	for _, file := range cases {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := bench.Configuration{}
		for _, f := range a.Files {
			c[f.Name] = string(f.Data)
		}
		dir := filepath.Join(t.TempDir(), "config")
		if err := c.Write(dir); err != nil {
			t.Fatal(err)
		}
		if cfg, _ := config.Load(dir); cfg != nil {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// A plan has one digest however often it is read, and no two configurations have the same.
func TestPlanDigest(t *testing.T) {
	seen := map[string]string{}
	for i, dir := range configurations(t) {
		cfg := load(t, dir)
		before := digestOf(t, cfg.Hubs)
		for _, h := range cfg.Hubs[:1-min(i%10, 1)] { // what a catalogue finds when it is asked is no part of the plan
			h.Catalog.Above("amazonaws.com", "s3")
			h.Catalog.Foreign("kms.us-east-1.amazonaws.com", &catalog.Service{Name: "kms"})
		}
		if after := digestOf(t, cfg.Hubs); after != before {
			t.Errorf("%s: the digest is another after the catalogue was asked", dir)
		}
		if again := digestOf(t, load(t, dir).Hubs); again != before {
			t.Errorf("%s: the digest is another after the files were read again", dir)
		}
		if other, ok := seen[before]; ok {
			t.Errorf("%s and %s: one digest", dir, other)
		}
		seen[before] = dir
	}
}

// Each value in a plan counts: a change of any gives another digest.
func TestEveryFieldCounts(t *testing.T) {
	for _, dir := range configurations(t)[:2] {
		cfg := load(t, dir)
		before := digestOf(t, cfg.Hubs)
		n := 0
		eachLeaf(reflect.ValueOf(&cfg.Hubs).Elem(), map[uintptr]bool{}, func(path string, change func() (undo func())) {
			n++
			undo := change()
			if d, err := PlanDigest(cfg.Hubs); err == nil && d == before {
				t.Errorf("%s: a change of %s does not count", dir, path)
			}
			undo()
		}, "hubs")
		if n < 100 {
			t.Errorf("%s: %d values, expected more", dir, n)
		}
		if digestOf(t, cfg.Hubs) != before {
			t.Fatal("a change was not undone")
		}
	}
}

// eachLeaf finds what can be changed in a value, fields that are not exported among it.
func eachLeaf(v reflect.Value, seen map[uintptr]bool, do func(path string, change func() (undo func())), path string) {
	if v.CanAddr() {
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	set := func(to reflect.Value) {
		if !v.CanSet() {
			return
		}
		do(path, func() func() {
			old := reflect.New(v.Type()).Elem()
			old.Set(v)
			v.Set(to)
			return func() { v.Set(old) }
		})
	}
	switch v.Kind() {
	case reflect.Bool:
		set(reflect.ValueOf(!v.Bool()).Convert(v.Type()))
	case reflect.String:
		set(reflect.ValueOf(v.String() + "x").Convert(v.Type()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		set(reflect.ValueOf(v.Int() + 1).Convert(v.Type()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		set(reflect.ValueOf(v.Uint() + 1).Convert(v.Type()))
	case reflect.Slice:
		if v.Len() > 0 {
			set(v.Slice(0, v.Len()-1))
		}
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			eachLeaf(v.Index(i), seen, do, path+"[]")
		}
	case reflect.Map:
		for k := range v.Seq() {
			do(path, func() func() {
				old := v.MapIndex(k)
				v.SetMapIndex(k, reflect.Value{})
				return func() { v.SetMapIndex(k, old) }
			})
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Type() == catalogType && name != "Region" && name != "own" {
				continue
			}
			eachLeaf(v.Field(i), seen, do, path+"."+name)
		}
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] || v.Type().Elem().PkgPath() == "internal/unique" || v.Type().Elem().PkgPath() == "net/netip" {
			return
		}
		seen[v.Pointer()] = true
		eachLeaf(v.Elem(), seen, do, path)
	default:
	}
}

func BenchmarkPlanDigest(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "config")
	if err := bench.Large(1000, 50, "zones").Write(dir); err != nil {
		b.Fatal(err)
	}
	cfg := load(b, dir)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := PlanDigest(cfg.Hubs); err != nil {
			b.Fatal(err)
		}
	}
}
