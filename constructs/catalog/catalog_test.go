package catalog

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
)

func Example() {
	s, _ := Lookup("us-east-1", "ecr.dkr")
	fmt.Println(s.ServiceName, s.Sources())
	for _, z := range HostedZones(s.PrivateNames) {
		fmt.Println(z.Name, z.Wildcard)
	}
	// Output:
	// com.amazonaws.us-east-1.ecr.dkr dump-2023, measured-2026
	// dkr-ecr.us-east-1.on.aws true
	// dkr.ecr.us-east-1.amazonaws.com true
}

func observed(t testing.TB) *struct {
	Regions map[string]map[string]struct {
		PrivateDNSNames   []string `json:"privateDnsNames"`
		AvailabilityZones []string
		PolicySupported   bool
		IPTypes           []string
	}
} {
	t.Helper()
	b, err := os.ReadFile("source/observed-2023-09.json")
	if err != nil {
		t.Fatal(err)
	}
	out := &struct {
		Regions map[string]map[string]struct {
			PrivateDNSNames   []string `json:"privateDnsNames"`
			AvailabilityZones []string
			PolicySupported   bool
			IPTypes           []string
		}
	}{}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every service of every region of 2023 is found by its full name, with every private name AWS printed, the zones and
// the policy support.
func TestAgreesWithObservation(t *testing.T) {
	services, checked := map[string]bool{}, 0
	for region, all := range observed(t).Regions {
		for full, o := range all {
			s, ok := Lookup(region, full)
			if !ok {
				t.Errorf("%s is not in the catalogue", full)
				continue
			}
			services[s.Name] = true
			checked++
			for _, n := range o.PrivateDNSNames {
				// The three names that AWS prints without a wildcard where its clients use one are served by it.
				if !slices.Contains(s.PrivateNames, n) && !slices.Contains(s.PrivateNames, "*."+n) {
					t.Errorf("%s: %s is missing from %v", full, n, s.PrivateNames)
				}
			}
			var letters string
			for _, z := range slices.Sorted(slices.Values(o.AvailabilityZones)) {
				letters += z[len(z)-1:]
			}
			if s.AZs != letters {
				t.Errorf("%s: zones %s, observed %s", full, s.AZs, letters)
			}
			if (s.Policy == Yes) != o.PolicySupported {
				t.Errorf("%s: policy %s, observed %v", full, s.Policy, o.PolicySupported)
			}
			if !s.Offered() {
				t.Errorf("%s: not offered", full)
			}
			for _, p := range s.Provenance {
				if seen := slices.ContainsFunc(p.Names, func(n string) bool {
					return slices.Contains(o.PrivateDNSNames, n) || slices.Contains(o.PrivateDNSNames, strings.TrimPrefix(n, "*."))
				}); seen && p.Confidence != Observed && p.Source != "docs-2026" {
					t.Errorf("%s: %v is %s, and was observed here", full, p.Names, p.Confidence)
				}
			}
		}
	}
	if len(services) != 239 || checked != 2801 {
		t.Errorf("looked at %d services and %d entries, want 239 and 2801", len(services), checked)
	}
}

// No two services claim one zone: a VPC could hold only one of them.
func TestZonesAreUnique(t *testing.T) {
	// AWS's pages name these twice: once under com.amazonaws and once under aws.api, or as the one that replaces the other.
	twice := []string{"kafka", "freetier", "ssm-contacts", "ssm-incidents", "resource-explorer-2", "kafka-fips", "resource-explorer-2-fips"}
	for _, region := range awsfacts.Regions() {
		owner := map[string]string{}
		for _, name := range Names(region) {
			s, _ := Lookup(region, name)
			if slices.ContainsFunc(twice, func(n string) bool {
				return n == "kafka" && s.Instead != "" || name == "signin-v2" || strings.HasSuffix(name, "."+n) && strings.Count(name, ".") == 2
			}) {
				continue
			}
			for _, z := range HostedZones(s.PrivateNames) {
				if o := owner[z.Name]; o != "" {
					t.Errorf("%s: %s and %s both claim %s", region, o, name, z.Name)
				}
				owner[z.Name] = name
			}
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range []struct{ region, name, service, first string }{
		{"us-east-1", "iam", "com.amazonaws.iam", "iam.amazonaws.com"},
		{"us-east-1", "studio", "aws.sagemaker.us-east-1.studio", "*.studio.us-east-1.sagemaker.aws"},
		{"us-east-1", "com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.s3", "*.s3-accesspoint.us-east-1.amazonaws.com"},
		{"eu-west-1", "qbusiness", "aws.api.eu-west-1.qbusiness", "qbusiness.eu-west-1.api.aws"},
		{"cn-north-1", "ecr.dkr", "cn.com.amazonaws.cn-north-1.ecr.dkr", "*.dkr.ecr.cn-north-1.amazonaws.com.cn"},
		{"cn-north-1", "s3", "cn.com.amazonaws.cn-north-1.s3", "*.s3-accesspoint.cn-north-1.amazonaws.com.cn"},
		{"cn-north-1", "transcribe", "cn.com.amazonaws.cn-north-1.transcribe.cn", "transcribe.cn-north-1.amazonaws.com.cn"},
		{"cn-north-1", "transcribestreaming", "cn.com.amazonaws.cn-north-1.transcribestreaming",
			"transcribestreaming.cn-north-1.amazonaws.com.cn"},
		{"cn-north-1", "cn.com.amazonaws.cn-north-1.transcribe.cn", "cn.com.amazonaws.cn-north-1.transcribe.cn",
			"transcribe.cn-north-1.amazonaws.com.cn"},
		{"cn-north-1", "ssm", "com.amazonaws.cn-north-1.ssm", "ssm.cn-north-1.amazonaws.com.cn"},
		{"us-gov-west-1", "kms", "com.amazonaws.us-gov-west-1.kms", "kms.us-gov-west-1.amazonaws.com"},
		{"eusc-de-east-1", "ecr.dkr", "eu.amazonaws.eusc-de-east-1.ecr.dkr", "*.dkr.ecr.eusc-de-east-1.amazonaws.eu"},
		{"eusc-de-east-1", "sts", "com.amazonaws.eusc-de-east-1.sts", "sts.eusc-de-east-1.amazonaws.eu"},
		{"us-iso-east-1", "ec2", "gov.ic.c2s.us-iso-east-1.ec2", "ec2.us-iso-east-1.c2s.ic.gov"},
	} {
		s, ok := Lookup(c.region, c.name)
		if !ok || s.ServiceName != c.service || s.PrivateNames[0] != c.first {
			t.Errorf("%s in %s: %+v", c.name, c.region, s)
		}
	}
	if s, _ := Lookup("cn-north-1", "s3"); s.GatewayServiceName() != "com.amazonaws.cn-north-1.s3" {
		t.Errorf("gateway endpoint of s3 in China: found %s", s.GatewayServiceName())
	}
	if _, ok := Lookup("us-east-1", "nonesuch"); ok {
		t.Error("found nonesuch")
	}
	for name, want := range map[string]string{"ssm": "[443]", "cassandra": "[9142]", "email-smtp": "[25 465 587 2465 2587]"} {
		if s, _ := Lookup("us-east-1", name); fmt.Sprint(s.Ports) != want {
			t.Errorf("%s listens on %v, want %s", name, s.Ports, want)
		}
	}
}

// The data files are what the generator writes from the sources.
func TestDataIsFresh(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	source, _ := filepath.Abs("source")
	if err := os.Symlink(source, filepath.Join(dir, "source")); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "generate"), "./generate")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.Command(filepath.Join(dir, "generate"))
	run.Dir = dir
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, p := range []string{"aws", "derived"} {
		want, _ := os.ReadFile(filepath.Join(dir, "data", p+".txt"))
		got, _ := os.ReadFile(filepath.Join("data", p+".txt"))
		if len(want) == 0 || string(want) != string(got) {
			t.Errorf("data/%s.txt is not what the generator writes: run go generate ./constructs/catalog", p)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if p := load(awsfacts.Partitions[0]); len(p.services) == 0 {
			b.Fatal("empty")
		}
	}
}

func FuzzHostedZones(f *testing.F) {
	f.Add("*.s3.us-east-1.amazonaws.com")
	f.Fuzz(func(t *testing.T, name string) {
		for _, z := range HostedZones([]string{name, "*." + name}) {
			if strings.HasPrefix(z.Name, "*.") && !strings.HasPrefix(name, "*.*.") && !strings.HasPrefix(name, "*.") {
				t.Errorf("zone %q of %q", z.Name, name)
			}
		}
	})
}

// Every service that a bundle or companion names is one, and bundles say where they come from.
func TestBundles(t *testing.T) {
	for _, b := range Bundles {
		if len(b.Services) == 0 || b.For == "" || b.Page == "" || !slices.IsSorted(b.Services) {
			t.Errorf("%+v", b)
		}
		for _, s := range b.Services {
			if _, ok := Lookup("us-east-1", s); !ok {
				t.Errorf("bundle %s: there is no service %s", b.Name, s)
			}
		}
	}
	for s, c := range Companions {
		for _, n := range append(c.Needs, s) {
			if _, ok := Lookup("us-east-1", n); !ok {
				t.Errorf("companions of %s: there is no service %s", s, n)
			}
		}
	}
	for _, s := range CrossRegion {
		if _, ok := Lookup("us-east-1", s); !ok {
			t.Errorf("across regions: there is no service %s", s)
		}
	}
}

func TestDataIsSmall(t *testing.T) {
	total := 0
	for _, p := range []string{"aws", "derived"} {
		b, err := files.ReadFile("data/" + p + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		total += len(b)
	}
	if total > 1<<20 {
		t.Errorf("the embedded catalogue has %d bytes", total)
	}
}

func FuzzParseObservation(f *testing.F) {
	f.Add([]byte(`{"version": 1, "region": "us-east-1", "captured": "2026-11-24", "services": [{"service": ` +
		`"com.amazonaws.us-east-1.kms", "names": ["kms.us-east-1.amazonaws.com"], "zones": ["us-east-1a"], "policy": true, "ip": ["ipv4"]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := ParseObservation(b, "us-east-1")
		if err != nil {
			return
		}
		if _, err := ParseObservation(o.Encode(), "us-east-1"); err != nil {
			t.Errorf("its own form is refused: %v", err)
		}
		c := For("us-east-1", o)
		for _, n := range c.Names() {
			c.Lookup(n)
		}
	})
}
