package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// Every service that the catalogue lists for a region synthesises there: an endpoint, a zone for each private name, its
// records. With cfn-lint on the machine the templates are linted too; CI fails without it.
func TestEveryServiceInEveryRegion(t *testing.T) {
	lint, err := exec.LookPath("cfn-lint")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("cfn-lint is missing")
	} else if err != nil {
		t.Log("cfn-lint is not on this machine: the templates are not linted")
	}
	var files []string
	services, names := 0, 0
	for _, region := range awsfacts.Regions() {
		if catalog.AZs(region) == "" && !slices.Contains([]string{"cn-north-1", "us-gov-west-1"}, region) {
			continue // nobody looked there; the two stand for the other partitions
		}
		dir, listed := everyService(t, region)
		out := filepath.Join(t.TempDir(), region)
		if code, _, stderr := run(t, "synth", "--config", dir, "--out", out); code != 0 {
			t.Fatalf("%s:\n%s", region, stderr)
		}
		all := templates(t, out)
		made := map[string]bool{}
		for _, tpl := range all {
			for _, r := range tpl.resources() {
				props, _ := r.(map[string]any)["Properties"].(map[string]any)
				for _, key := range []string{"ServiceName", "Name"} {
					if s, ok := props[key].(string); ok {
						made[fmt.Sprint(r.(map[string]any)["Type"], " ", s)] = true
					}
				}
			}
		}
		for _, s := range listed {
			services++
			if !made["AWS::EC2::VPCEndpoint "+s.ServiceName] {
				t.Errorf("%s: no endpoint of %s", region, s.Name)
			}
			for _, n := range s.PrivateNames {
				names++
				if apex := strings.TrimPrefix(n, "*."); !made["AWS::Route53::HostedZone "+apex] || !made["AWS::Route53::RecordSet "+n] || !made["AWS::Route53::RecordSet "+apex] {
					t.Errorf("%s: no zone or record of %s", region, n)
				}
			}
		}
		found, _ := filepath.Glob(filepath.Join(out, "*-endpoints.template.json"))
		zones, _ := filepath.Glob(filepath.Join(out, "*-dns.template.json"))
		files = append(files, append(found, zones...)...)
	}
	t.Logf("%d endpoints and %d names in %d templates", services, names, len(files))
	if services < 2800 {
		t.Errorf("only %d endpoints were made", services)
	}
	if lint != "" {
		lintAll(t, lint, files)
	}
}

// everyService writes hubs of 60 services each.
func everyService(t *testing.T, region string) (dir string, listed []*catalog.Service) {
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "hubs"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, n := range catalog.Names(region) {
		if s, _ := catalog.Lookup(region, n); s.Offered() && (len(s.ObservedIn) > 0 || catalog.AZs(region) == "") {
			listed = append(listed, s)
		}
	}
	letters := strings.Join(strings.Split(catalog.AZs(region), ""), ", ")
	if letters == "" {
		letters = "a, b"
	}
	i := 0
	for chunk := range slices.Chunk(listed, 60) {
		var names []string
		for _, s := range chunk {
			names = append(names, s.Name)
		}
		i++
		hub := fmt.Sprintf("account: \"111111111111\"\nregion: %s\norganization: o-a1b2c3d4e5\nvpc: {cidr: 10.0.0.0/16, zones: [%s]}\nsegments: {prod: {}}\nendpoints: {services: [%s]}\n", region, letters, strings.Join(names, ", "))
		if err := os.WriteFile(filepath.Join(dir, "hubs", fmt.Sprintf("h%d.yaml", i)), []byte(hub), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, listed
}

// lintAll lints with a process a core.
func lintAll(t *testing.T, lint string, files []string) {
	n := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			var mine []string
			for j := i; j < len(files); j += n {
				mine = append(mine, files[j])
			}
			if out, err := exec.Command(lint, append([]string{"--"}, mine...)...).CombinedOutput(); err != nil {
				t.Errorf("cfn-lint: %v\n%.4000s", err, out)
			}
		})
	}
	wg.Wait()
}
