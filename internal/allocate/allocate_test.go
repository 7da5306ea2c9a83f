package allocate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/internal/config"
)

const hub = `account: "111111111111"
region: us-east-1
vpc: {cidr: 10.0.0.0/20}
pools: {prod: [10.16.8.0/21, 10.16.0.0/22, 10.0.16.0/24], small: [10.20.0.0/26], dev: [10.32.0.0/16]}
reserved: {vpn: [10.16.8.0/24]}
segments: {prod: {}, small: {}, dev: {largestRange: 24, accounts: ["222222222222"]}, none: {}}
endpoints: {services: [kms, sts]}
`

func book(t testing.TB, files map[string]string) (*Book, error) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("hubs/use1.yaml", hub)
	for name, text := range files {
		write("spokes/"+name+".yaml", text)
	}
	w := config.Open(dir)
	defer w.Close()
	return Of(w, w.Hubs()[0])
}

func spoke(segment string, p any, more ...string) string {
	return fmt.Sprintf("hub: use1\naccount: \"222222222222\"\nsegment: %s\ncidr: %s\n%s", segment, p, strings.Join(more, "\n"))
}

func TestNext(t *testing.T) {
	b, err := book(t, map[string]string{"a": spoke("prod", "10.16.0.0/23"),
		"b": spoke("prod", "10.16.10.0/23", "secondaryCidrs: [10.0.16.0/25]"),
		"c": spoke("dev", "10.32.0.0/25"), "d": spoke("dev", "10.32.1.0/25")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		segment string
		bits    int
		want    string
	}{
		{"prod", 27, "10.0.16.128/27"},
		{"prod", 28, "a spoke cannot have a /28, which has no room for a transit subnet"},
		{"prod", 24, "10.16.2.0/24"}, {"prod", 23, "10.16.2.0/23"}, {"prod", 22, "10.16.12.0/22"},
		{"dev", 25, "10.32.0.128/25"}, {"dev", 24, "10.32.2.0/24"},
		{"prod", 21, "the pools of segment prod, 10.0.16.0/24, 10.16.0.0/22, 10.16.8.0/21, have no free /21; the largest that is free there is " +
			"10.16.12.0/22 (--size 22); segment dev has 10.32.8.0/21; or add a range to pools.prod in "},
		{"prod", 15, "a VPC cannot have a /15; use 16 to 27: 22 stands for a /22"}, {"prod", 29, "a VPC cannot have a /29"},
		{"prod", 20, "a /20 does not fit the pools of segment prod, "},
		{"dev", 23, "a /23 is larger than the /24 that a spoke of segment dev may have; the hub's owners set segments.dev.largestRange in "},
		{"none", 24, "segment none has no pool; write pools: {none: [...]} in "},
	} {
		got, err := b.Next(c.segment, c.bits)
		said := got.String()
		if err != nil {
			said = err.Error()
		}
		if !strings.HasPrefix(said, c.want) {
			t.Errorf("/%d of %s: %s, want %s", c.bits, c.segment, said, c.want)
		}
	}
	if got := b.Segment("prod").Bits(); got != 23 {
		t.Errorf("the usual length of prod is /%d, want /23", got)
	}
	if got := b.Segment("dev").Bits(); got != 25 {
		t.Errorf("the usual length of dev is /%d, want /25", got)
	}
	if got := b.Segment("small").Bits(); got != UsualBits {
		t.Errorf("the usual length of small is /%d", got)
	}
	fill := b.Fill(b.Segment("prod"))
	if f := fill[2]; f.Addresses != 2048 || f.Free != 2048-256-512 || f.Spokes != 1 || f.Largest.String() != "10.16.12.0/22" ||
		fmt.Sprint(f.Holes) != "[10.16.9.0/24 10.16.12.0/22]" {
		t.Errorf("the last pool of prod: %+v", f)
	}
	if r := b.Rivals("x", netip.MustParsePrefix("10.16.8.0/21")); len(r) != 2 || r[0].Who != "reserved for vpn" || r[1].Spoke != "b" {
		t.Errorf("rivals: %+v", r)
	}
}

// A file that cannot be read may have any range: nothing is called free.
func TestUnreadable(t *testing.T) {
	for name, text := range map[string]string{"syntax": "hub: [", "hub": "hub: use1\ncidr: x\n", "nothing": ""} {
		if b, err := book(t, map[string]string{"a": text}); err == nil || !strings.Contains(err.Error(), "its range is not known") {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
}

// Ranges are allocated one after the other, whatever the lengths: they lie in their pools, never overlap, and none moves when
// another comes. The files' order does not matter, and a range that is given back is the next of its length again.
func TestAllocationHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 4 {
		files := map[string]string{}
		all := map[string]netip.Prefix{}
		last := ""
		for i := range 25 {
			b, err := book(t, files)
			if err != nil {
				t.Fatal(err)
			}
			segment, bits := []string{"prod", "dev", "small"}[r.IntN(3)], 22+r.IntN(6)
			if segment == "dev" {
				bits = max(bits, 24)
			}
			p, err := b.Next(segment, bits)
			if err != nil {
				if segment == "dev" {
					t.Fatalf("dev is not full: %v", err)
				}
				continue
			}
			in := false
			for _, pool := range b.Segment(segment).Pools {
				in = in || pool.Contains(p.Addr()) && pool.Bits() <= p.Bits()
			}
			if !in || p.Bits() != bits || p != p.Masked() {
				t.Fatalf("%s is no /%d of segment %s", p, bits, segment)
			}
			for name, other := range all {
				if other.Overlaps(p) {
					t.Fatalf("%s overlaps %s of %s", p, other, name)
				}
			}
			for name, was := range all { // what is written does not move
				if !strings.Contains(files[name], "cidr: "+was.String()+"\n") {
					t.Fatalf("%s moved", name)
				}
			}
			last = fmt.Sprintf("%c-%d", 'a'+rune(r.IntN(26)), i) // names in no order
			files[last], all[last] = spoke(segment, p), p
			again, err := book(t, files)
			if err != nil {
				t.Fatal(err)
			}
			delete(files, last)
			without, err := book(t, files)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := without.Next(segment, bits); err != nil || back != p {
				t.Fatalf("round %d: given back, %s is followed by %s, %v", round, p, back, err)
			}
			if next, err := again.Next(segment, bits); err == nil && next.Overlaps(p) {
				t.Fatalf("round %d: %s is given twice", round, p)
			}
			files[last] = spoke(segment, p)
		}
		if len(all) < 10 {
			t.Fatalf("only %d ranges were found", len(all))
		}
	}
}

// A range is offered only where a spoke has room in it: with the zones of its hub, or with one at least.
func TestFits(t *testing.T) {
	b, err := book(t, map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]string{"10.16.0.0/22": "", "10.16.0.0/25": "", "10.16.0.0/26": "do not both fit 10.16.0.0/26 in 3 zones",
		"10.16.0.0/27": "in 3 zones"} {
		if err := b.Fits(netip.MustParsePrefix(p)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", p, err, want)
		}
	}
}
