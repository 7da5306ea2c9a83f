package cost

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

func load(t *testing.T, dir string) *config.Config {
	t.Helper()
	cfg, diags := config.Load(dir)
	if cfg == nil {
		t.Fatal(diags)
	}
	return cfg
}

const network = "../cli/testdata/network"

// What is reckoned from the files is what the templates make.
func TestCountsAreTheTemplates(t *testing.T) {
	cfg := load(t, network+"/config")
	a, err := assembly.Read(network + "/assembly")
	if err != nil {
		t.Fatal(err)
	}
	net := topology.Link(a.Records())
	zones, attachments, endpoints := map[string]int{}, 0, 0
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			switch r.Type {
			case "AWS::Route53::HostedZone":
				zones[s.Account]++
			case "AWS::EC2::TransitGatewayAttachment":
				attachments++
			}
		}
	}
	for _, e := range net.Endpoints {
		endpoints += len(e.Subnets)
	}
	got, gotZones, gotAttachments := 0.0, map[string]int{}, 0
	r := Of(cfg, Embedded(), nil)
	for _, h := range r.Hubs {
		for _, i := range h.all() {
			switch i.Unit {
			case "endpoint in a zone":
				got += i.Quantity
			case "zone":
				gotZones[i.Account] += int(i.Quantity)
			case "attachment":
				gotAttachments++
			}
		}
	}
	if gateways := countGateways(a); int(got) != endpoints || endpoints == 0 || gateways == 0 {
		t.Errorf("expected %d endpoints in zones, as the templates have beside %d gateway endpoints, found %v", endpoints, gateways, got)
	}
	if gotAttachments != attachments || fmt.Sprint(gotZones) != fmt.Sprint(zones) || attachments == 0 || len(zones) == 0 {
		t.Errorf("expected %d attachments and zones %v, as the templates have, found %d and %v", attachments, zones, gotAttachments, gotZones)
	}
}

func countGateways(a *assembly.Assembly) (n int) {
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			if r.Type == "AWS::EC2::VPCEndpoint" {
				n++
			}
		}
	}
	return n
}

// flat are prices that are easy to reckon with.
func flat(t *testing.T) *Prices {
	t.Helper()
	p, err := Parse("flat", []byte(`{"sources": {"a": {"date": "2026-01-01", "text": "made up"}},
		"everywhere": {"endpointHour": {"usd": 0.01, "source": "a"}, "attachmentHour": {"usd": 0.05, "source": "a"},
			"transitGB": {"usd": 0.02, "source": "a"}, "natHour": {"usd": 0.045, "source": "a"}, "natGB": {"usd": 0.045, "source": "a"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return p.Over(&Prices{Sources: Embedded().Sources, Everywhere: Embedded().Everywhere})
}

// configuration writes one hub with spokes in an account each and reads it.
func configuration(t *testing.T, spokes int, sharing string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("hubs/use1.yaml", "version: 1\naccount: \"111111111111\"\nregion: us-east-1\norganization: {id: o-a1b2c3d4e5, managementAccount: "+
		"\"111111111111\"}\nvpc: {cidr: 10.0.0.0/20, zones: 2}\ntransitGateway: {asn: 64512}\npools: {prod: [10.16.0.0/12]}\n"+
		"segments: {prod: {}}\nendpoints: {policy: organization, services: [ssm, sts, kms, logs, sqs, sns, events, ecs]}\ndns: {sharing: "+
		sharing+"}\n")
	for i := range spokes {
		write(fmt.Sprintf("spokes/s%03d.yaml", i), fmt.Sprintf("hub: use1\naccount: \"2%011d\"\nsegment: prod\ncidr: 10.%d.%d.0/24\n",
			i, 16+i/256, i%256))
	}
	return load(t, dir)
}

func TestMonth(t *testing.T) {
	r := Of(configuration(t, 2, "zones"), flat(t), Traffic{"s000": 1000, "*": 10})
	h := r.Hubs[0]
	want := map[string]float64{
		"8 interface endpoints": 16 * 0.01 * 730, attachmentText + " of the hub": 36.5, "private hosted zones": 0.5 * h.Items[2].Quantity,
	}
	for _, i := range h.Items {
		if *i.Monthly != cents(want[i.Text]) {
			t.Errorf("%s: expected $%.2f, found $%v", i.Text, want[i.Text], *i.Monthly)
		}
	}
	if s := h.Spokes[0]; s.Monthly != cents(36.5+1000*0.02+1000*0.01) || s.GB != 1000 {
		t.Errorf("expected an attachment and 1000 GB, found %+v", s)
	}
	if s := h.Spokes[1]; s.Monthly != cents(36.5+10*0.03) {
		t.Errorf("expected an attachment and 10 GB, found %+v", s)
	}
	total := 0.0
	for _, a := range r.Accounts {
		total += a.Monthly
	}
	if math.Abs(total-r.Monthly) > 0.001 || r.Monthly != h.Monthly {
		t.Errorf("expected accounts and hubs to sum up to $%v, found $%v and $%v", r.Monthly, total, h.Monthly)
	}
}

// From the number of spokes and up to the traffic that a comparison names, the hub is cheaper, and not before.
func TestBreakEven(t *testing.T) {
	prices := flat(t)
	saves := func(spokes int, gb float64, alternative int) float64 {
		r := Of(configuration(t, spokes, "zones"), prices, Traffic{"*": gb})
		a := r.Hubs[0].Alternatives[alternative]
		return *a.Monthly - a.Hub
	}
	for alternative, name := range []string{"endpoints", "nat"} {
		a := Of(configuration(t, 4, "zones"), prices, nil).Hubs[0].Alternatives[alternative]
		if a.Spokes == nil {
			t.Fatalf("%s: expected a number of spokes, found none in %+v", name, a)
		}
		if n := *a.Spokes; saves(n, 0, alternative) <= 0 || n > 1 && saves(n-1, 0, alternative) > 0.01 {
			t.Errorf("%s: the hub is not cheaper from %d spokes on, but saves $%.2f with them and $%.2f with one less", name, n,
				saves(n, 0, alternative), saves(n-1, 0, alternative))
		}
		switch {
		case a.BelowGB != nil:
			if gb := *a.BelowGB; saves(4, gb-5, alternative) <= 0 || saves(4, gb+5, alternative) >= 0 {
				t.Errorf("%s: the hub is not cheaper up to %v GB", name, gb)
			}
		case a.AboveGB != nil:
			if gb := *a.AboveGB; saves(4, gb+5, alternative) <= 0 || saves(4, gb-5, alternative) >= 0 {
				t.Errorf("%s: the hub is not cheaper above %v GB", name, gb)
			}
		}
	}
}

// With as many accounts as it says, a Profile is cheaper than zones.
func TestNames(t *testing.T) {
	prices := flat(t)
	n := Of(configuration(t, 3, "zones"), prices, nil).Hubs[0].Names
	if n.Cheaper != "zones" || n.Profile != cents(0.75*730) {
		t.Fatalf("expected zones to be cheaper for three accounts, found %+v", n)
	}
	for accounts, want := range map[int]string{n.Accounts: "profile", n.Accounts - 1: "zones"} {
		if got := Of(configuration(t, accounts-1, "zones"), prices, nil).Hubs[0].Names; got.Cheaper != want {
			t.Errorf("%d accounts: expected %s to be cheaper, found %+v", accounts, want, got)
		}
	}
	items := Of(configuration(t, 120, "profile"), prices, nil).Hubs[0].Items
	if last := items[len(items)-1]; *last.Monthly != cents(730*(0.75+20*0.0014)) {
		t.Errorf("120 VPCs: expected 100 of them in the Profile's hour and 20 above, found %+v", last)
	}
}

// The price falls with the volume of a month, and what is unknown stands in no sum.
func TestSteps(t *testing.T) {
	cfg := configuration(t, 2, "zones")
	r := Of(cfg, flat(t), Traffic{"*": 1 << 20}) // 2 PB together
	data := r.Hubs[0].Spokes[0].Items[2]
	if want := (1<<20)*0.01*0.5 + (1<<20)*0.006*0.5; math.Abs(*data.Monthly-want) > 0.01 {
		t.Errorf("expected half of 2 PB at $0.01 and half at $0.006, found %+v", data)
	}
	cfg.Hubs[0].Region = "us-east-2"
	without := Embedded()
	delete(without.Regions["us-east-2"], EndpointHour)
	r = Of(cfg, without, nil)
	if h := r.Hubs[0]; !slices.Contains(h.Unknown, words[EndpointHour]) || h.Items[0].Monthly != nil || h.Alternatives[0].Monthly != nil ||
		h.Alternatives[1].Monthly != nil || !strings.HasPrefix(h.Alternatives[1].Verdict(), "not compared") {
		t.Errorf("expected an endpoint's hour to be unknown in us-east-2, and nothing compared, found %+v", h)
	}
	cfg.Hubs[0].Region = "cn-north-1"
	if h := Of(cfg, Embedded(), nil).Hubs[0]; h.Monthly != 0 || len(h.Unknown) < 3 || h.Names != nil {
		t.Errorf("expected no price in China, found %+v", h)
	}
}

// At least eight regions have every price, the page names them, and each price has a source with a text.
func TestEmbedded(t *testing.T) {
	p := Embedded()
	var all []string
	for _, region := range slices.Sorted(maps.Keys(p.Regions)) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(words)), func(n Name) bool { _, ok := p.in(region, n); return !ok }) {
			all = append(all, region)
		}
	}
	page, err := os.ReadFile("../../docs/COST.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| every price of the table below \| (.*) \|$`).FindSubmatch(page)
	if row == nil || len(all) < 8 {
		t.Fatalf("expected at least 8 regions with every price, and a row for them in docs/COST.md, found %v", all)
	}
	if named := slices.Sorted(strings.SplitSeq(string(row[1]), ", ")); !slices.Equal(named, all) {
		t.Errorf("docs/COST.md: expected %v, found %v", all, named)
	}
	used := map[string]bool{}
	for _, prices := range append([]map[Name]Price{p.Everywhere}, slicesOf(p.Regions)...) {
		for n, price := range prices {
			used[price.Source] = true
			if price.USD <= 0 {
				t.Errorf("%s: expected a price, found %v", n, price.USD)
			}
		}
	}
	for key, s := range p.Sources {
		_, err := time.Parse(time.DateOnly, s.Date)
		if s.Text == "" || s.Date != "" && err != nil || !used[key] {
			t.Errorf("source %s: expected a day, a text and a price that names it, found %+v", key, s)
		}
	}
}

func slicesOf(m map[string]map[Name]Price) (out []map[Name]Price) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func TestParseRefuses(t *testing.T) {
	const sources = `"sources": {"a": {"date": "2026-01-01", "text": "mine"}}`
	for text, want := range map[string]string{
		`{`:                      "prices.json:1:",
		`{"region": {}}`:         `unknown field "region"`,
		`{` + sources + `} {}`:   "expected one JSON object",
		`{"regions": {"x": {}}}`: `"x" is no region`,
		`{` + sources + `, "everywhere": {"endpointHours": {"usd": 1, "source": "a"}}}`:         "did you mean endpointHour",
		`{` + sources + `, "regions": {"us-east-1": {"natHour": {"usd": -1, "source": "a"}}}}`:  "from 0 to 1000, found -1",
		`{` + sources + `, "regions": {"us-east-1": {"natHour": {"usd": 1, "source": "b"}}}}`:   `source "b" is not among sources`,
		`{` + sources + `, "regions": {"us-east-1": {"natHour": {"usd": "1", "source": "a"}}}}`: "expected a number for regions.usd, found text",
	} {
		if _, err := Parse("prices.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: expected an error with %q, found %v", text, want, err)
		}
	}
}

// Two prices of one thing are refused rather than one taken.
func TestAnswers(t *testing.T) {
	one := func(usage, operation, begin, usd string) string {
		return fmt.Sprintf(`{"product": {"attributes": {"usagetype": %q, "operation": %q, "regionCode": "eu-central-1"}}, "terms": {"OnDemand":
			{"A.B": {"priceDimensions": {"A.B.C": {"beginRange": %q, "pricePerUnit": {"USD": %q}}}}}}}`, usage, operation, begin, usd)
	}
	a := Answers{}
	if err := a.Add([]string{
		one("EUC1-VpcEndpoint-Hours", "VpcEndpoint", "0", "0.0120000000"), one("EUC1-VpcEndpoint-Bytes", "VpcEndpoint", "0", "0.01"),
		one("EUC1-VpcEndpoint-Bytes", "VpcEndpoint", "1048576", "0.006"), one("EUC1-VpcEndpoint-Bytes", "VpcEndpoint", "5242880", "0.004"),
		one("EUC1-TransitGateway-Hours", "TransitGatewayVPC", "0", "0.06"), one("EUC1-TransitGateway-Hours", "TransitGatewayVPN", "0", "0.09"),
		one("EUC1-RegionalNatGateway-Hours", "RegionalNatGateway", "0", "0.9"), one("EUC1-NatGateway-Hours", "NatGateway", "0", "0.052"),
		one("EUC1-NatGateway-Bytes", "NatGateway", "0", "0.052"), one("EUC1-NatGateway-Bytes", "NatGateway", "0", "0.053"),
		one("EUC1-LoadBalancerUsage", "LoadBalancing:Network", "0", "0.027"), one("EUC1-LoadBalancerUsage", "LoadBalancing", "0", "0.03"),
		one("EUC1-TS-LoadBalancerUsage", "LoadBalancing:Network", "0", "0.006"),
		one("EUC1-ResolverNetworkInterface", "", "0", "0.125"), one("EUC1-ResolverNetworkInterface-SecurityEnabled", "", "0", "0.2"),
	}); err != nil {
		t.Fatal(err)
	}
	p, missing := a.Prices([]string{"eu-central-1"}, "2026-11-26")
	got := p.Regions["eu-central-1"]
	for n, want := range map[Name]float64{EndpointHour: 0.012, EndpointGB: 0.01, EndpointGBAbove1PB: 0.006, EndpointGBAbove5PB: 0.004,
		AttachmentHour: 0.06, NATHour: 0.052, BalancerHour: 0.027, ResolverHour: 0.125} {
		if got[n].USD != want {
			t.Errorf("%s: expected %v, found %v", n, want, got[n])
		}
	}
	if text := strings.Join(missing, "\n"); len(missing) != 3 || !strings.Contains(text, "expected one price of a GB through NAT gateways") {
		t.Errorf("expected two prices of NAT to be refused and two to be missing, found %q", text)
	}
	if _, err := Parse("again", p.Encode()); err != nil {
		t.Errorf("expected the file to be read again: %v", err)
	}
	changes := Changes(Embedded(), p)
	if len(changes) != 1 || !strings.Contains(strings.Join(changes, "\n"), "attachment's hour costs $0.06; it was not known") {
		t.Errorf("expected one price that was not known, found %q", changes)
	}
	for _, bad := range []string{`{"product": {"attributes": {"usagetype": "CNN1-NatGateway-Hours", "regionCode": "cn-north-1"}}, "terms":
		{"OnDemand": {"A": {"priceDimensions": {"B": {"pricePerUnit": {"CNY": "0.4"}}}}}}}`, one("NatGateway-Hours", "", "0", "free"), `[]`} {
		if err := (Answers{}).Add([]string{bad}); err == nil {
			t.Errorf("expected an error for %s", bad)
		}
	}
}
