package graph

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"sharedhub/internal/config"
)

var update = flag.Bool("update", false, "write the pictures anew; look at them before you commit them")

func picture(t *testing.T, dir string) *Picture {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags)
	}
	return Of(cfg)
}

// good is the picture of a good configuration of the tests of package config.
func good(t *testing.T, name string) *Picture {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("../config/testdata/good", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := txtar.FS(a)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	return picture(t, dir)
}

// many is a hub of three segments with 300 spokes in 23 accounts.
func many() *Picture {
	hub := Hub{Name: "use1", Region: "us-east-1", Account: "111111111111", Range: "10.0.0.0/20", AZs: 3, Names: "a Route 53 Profile"}
	for i := range 40 {
		hub.Endpoints = append(hub.Endpoints, Endpoint{Name: fmt.Sprintf("service-%02d", i), Names: []string{"a", "b"}})
	}
	for i, s := range []Segment{{Name: "prod", ReachedBy: []string{"ops"}}, {Name: "ops", Reaches: []string{"prod", "dev"}},
		{Name: "dev", Mesh: true, ReachedBy: []string{"ops"}}} {
		s.Pools = []string{fmt.Sprintf("10.%d.0.0/16", 16+i)}
		for j := range []int{200, 5, 95}[i] {
			s.Spokes = append(s.Spokes, Spoke{Name: fmt.Sprintf("%s-%03d", s.Name, j), Account: fmt.Sprintf("2%011d", j%23),
				Ranges: []string{fmt.Sprintf("10.%d.%d.0/24", 16+i, j)}})
		}
		hub.Segments = append(hub.Segments, s)
	}
	return &Picture{Hubs: []Hub{hub}}
}

// changed is a picture of a plan: one spoke more and one less among many.
func changed() *Picture {
	p := many()
	p.Hubs[0].Segments[0].Spokes[7].Changed, p.Hubs[0].Segments[2].Spokes[90].Changed = "added", "removed"
	return p
}

func TestGolden(t *testing.T) {
	for name, p := range map[string]*Picture{
		"config": picture(t, "../../config"), "segments": picture(t, "../../examples/02-teams-and-segments"),
		"two-hubs": picture(t, "../../examples/04-two-regions"), "many": many(), "changed": changed(),
		"carried": good(t, "onpremises-profile"),
	} {
		for ext, got := range map[string]string{"svg": p.SVG(false), "mmd": p.Mermaid(false), "d2": p.D2(false)} {
			file := filepath.Join("testdata", name+"."+ext)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != got {
				t.Errorf("%s is not what is drawn now: go test ./internal/graph -update, and look at it", file)
			}
		}
	}
}

// However many spokes there are, a segment has few boxes, and they stand for all of them.
func TestCards(t *testing.T) {
	for _, p := range []*Picture{many(), changed()} {
		for _, s := range p.Hubs[0].Segments {
			total := 0
			cards := s.Cards(false)
			for _, c := range cards {
				n := 1
				if c.Spoke == "" {
					if _, err := fmt.Sscanf(c.Lines[0], "%d spoke", &n); err != nil {
						t.Fatalf("%q: %v", c.Lines, err)
					}
				}
				total += n
			}
			if total != len(s.Spokes) || len(cards) > most || len(s.Cards(true)) != len(s.Spokes) {
				t.Errorf("%s: expected %d spokes in at most %d boxes, found %d in %d", s.Name, len(s.Spokes), most, total, len(cards))
			}
		}
	}
	if c := changed().Hubs[0].Segments[2].Cards(false)[0]; c.Spoke != "dev-090" || c.Changed != "removed" {
		t.Errorf("expected the removed spoke by itself, found %+v", c)
	}
}

// An SVG is well-formed, no text leaves its box, and names are escaped.
func TestSVG(t *testing.T) {
	p := many()
	p.Hubs[0].Segments[0].Name = `a<b&"c`
	p.Hubs[0].Segments[0].Spokes = append(p.Hubs[0].Segments[0].Spokes[:1], Spoke{Name: strings.Repeat("long", 30), Account: "1"})
	text := p.SVG(true)
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(text, strings.Repeat("long", 8)+"<") || !strings.Contains(text, "longlo…</text>") {
		t.Error("expected a long name to be cut at its box")
	}
}
