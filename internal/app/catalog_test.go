package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// Every service that the catalogue lists synthesises in a region of each partition that has it: an endpoint, a zone for each private
// name, its records. REGIONS=all tries every service in every region, which takes minutes.
func TestEveryServiceInEveryRegion(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	services, names := 0, 0
	few := os.Getenv("CI") == "" && os.Getenv("REGIONS") != "all"
	seen := map[string]bool{} // by partition and name
	for _, region := range awsfacts.Regions() {
		if few && !slices.Contains([]string{"eu-central-2", "cn-north-1"}, region) {
			continue
		}
		if catalog.AZs(region) == "" && !slices.Contains([]string{"cn-north-1", "us-gov-west-1"}, region) {
			continue // nobody looked there; the two stand for the other partitions
		}
		dir, listed := everyService(t, region, seen)
		if len(listed) == 0 {
			continue
		}
		all := templates(t, assembled(t, dir))
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
				if apex := strings.TrimPrefix(n, "*."); !made["AWS::Route53::HostedZone "+apex] || !made["AWS::Route53::RecordSet "+n] ||
					!made["AWS::Route53::RecordSet "+apex] {
					t.Errorf("%s: no zone or record of %s", region, n)
				}
			}
		}
	}
	t.Logf("%d endpoints and %d names", services, names)
	if least := map[bool]int{false: 350, true: 2800}[os.Getenv("REGIONS") == "all"]; !few && services < least {
		t.Errorf("only %d endpoints were made", services)
	}
}

// everyService writes hubs of 60 services each, of those that no region before had.
func everyService(t *testing.T, region string, seen map[string]bool) (dir string, listed []*catalog.Service) {
	dir = filepath.Join(t.TempDir(), region)
	if err := os.MkdirAll(filepath.Join(dir, "hubs"), 0o755); err != nil {
		t.Fatal(err)
	}
	claimed := map[string]bool{}
	for _, n := range catalog.Names(region) {
		if s, _ := catalog.Lookup(region, n); slices.ContainsFunc(s.PrivateNames, func(n string) bool { return claimed[n] }) {
			continue // one of the two may be in a hub: kafka and kafka-api
		}
		if s, _ := catalog.Lookup(region, n); s.Offered() && (len(s.ObservedIn) > 0 || catalog.AZs(region) == "") {
			key := awsfacts.MustPartition(region).Name + " " + s.Name
			if seen[key] && os.Getenv("REGIONS") != "all" {
				continue
			}
			seen[key] = true
			listed = append(listed, s)
			for _, n := range s.PrivateNames {
				claimed[n] = true
			}
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
		hub := fmt.Sprintf("account: \"111111111111\"\nregion: %s\norganization: o-a1b2c3d4e5\nvpc: {cidr: 10.0.0.0/16, zones: "+
			"[%s]}\nsegments: {prod: {}}\nendpoints: {services: [%s]}\n", region, letters, strings.Join(names, ", "))
		if err := os.WriteFile(filepath.Join(dir, "hubs", fmt.Sprintf("h%d.yaml", i)), []byte(hub), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, listed
}
