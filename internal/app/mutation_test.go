package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sharedhub/internal/assembly"
	"sharedhub/internal/bend"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
)

// harmless says, for mutants that the proof lets live, why they are no break of the network. A pattern is matched against
// "type path", with list indexes as [*].
var harmless = []struct{ pattern, why string }{
	{`Tags`, "names for people"},
	{`[. ](Comment|Description|GroupDescription)$|HostedZoneConfig`, "words for people"},
	{`^AWS::EC2::FlowLog `, "how fast, and as whom, packets are recorded; a flow log that cannot deliver says so in its status"},
	{`^AWS::IAM::Role Policies\[\*\]\.PolicyName$|^AWS::IAM::Role .*\.Version$`,
		"a name, and a version that IAM refuses where it is no version"},
	{`^AWS::IAM::Role of flow logs `, "the role by which packets are recorded; a flow log that cannot deliver says so in its status"},
	{`^AWS::EC2::TransitGateway (Description|AmazonSideAsn|DnsSupport|VpnEcmpSupport)`,
		"for people, for VPN and Connect attachments, and for names of other VPCs' instances: no packet of this network depends on it"},
	{`^AWS::EC2::TransitGateway (AutoAcceptSharedAttachments)`, "all accounts are the hub's own in this configuration"},
	{`^AWS::EC2::TransitGatewayAttachment Options`, "appliance mode pins flows to a zone, and the other options are for names of " +
		"instances and IPv6: no packet is lost"},
	{`^AWS::RAM::ResourceShare Name`, "a name for people"},
	{`^AWS::RAM::ResourceShare AllowExternalPrincipals`, "removed: the default is true; false where accounts are named: RAM then refuses " +
		"those outside the organization, and the deployment fails"},
	{`^AWS::Route53Profiles::\w+ Name`, "a name for people"},
	{`^AWS::Route53Resolver::ResolverEndpoint Name`, "a name for people"},
	{`^AWS::Route53Resolver::ResolverRule TargetIps\[\*\]\.Port$`, "removed: the default is 53"},
	{`^AWS::Route53::RecordSet AliasTarget\.EvaluateTargetHealth`, "endpoints have no health that Route 53 would evaluate"},
	{`^AWS::EC2::SecurityGroup SecurityGroupEgress\[\*\]\.(FromPort|ToPort|IpProtocol)`,
		"the rule's range holds no host, so its ports admit nothing"},
	{`^AWS::EC2::SecurityGroup SecurityGroupEgress\[\*\]$`, "an empty list in place of the rule: the group then lets nothing out either"},
	{`^AWS::EC2::VPCEndpoint PolicyDocument$`, "removed from an endpoint with the policy full-access: without one, everything passes too"},
	{`^AWS::EC2::VPCEndpoint PolicyDocument\.Statement\[\*\]\.Sid$`, "a name for people"},
	{`^AWS::EC2::VPCEndpoint PolicyDocument\.Version$`, "the older version has no policy variables, and no statement uses one"},
	{`^AWS::EC2::VPC InstanceTenancy`, "where instances run"},
	{`^AWS::EC2::SubnetRouteTableAssociation RouteTableId`, "exchanged for a table with equal routes, or a transit subnet gets one with " +
		"routes, and it only receives"},
	{`^AWS::EC2::VPC EnableDnsSupport$`, "removed: the default is true"},
	{`^AWS::EC2::VPCEndpoint PrivateDnsEnabled$`, "removed where it is false: the default is false"},
	{`^AWS::EC2::VPCEndpoint VpcEndpointType$`, "removed from a gateway endpoint: the default is Gateway"},
	{`^AWS::ElasticLoadBalancingV2::TargetGroup (Targets\[\*\]\.Port|HealthCheckPort)$`,
		"removed: the default is the target group's own port"},
	{`^AWS::ElasticLoadBalancingV2::LoadBalancer IpAddressType$`, "removed: the default is ipv4"},
	{`^AWS::SSM::Parameter (Name|Type)$`, "what a parameter is called; its text is read in its own stack"},
	{`^AWS::SSM::Parameter of no reader `, "a placeholder, or the guard of dns.sharing"},
}

// right are the codes of findings that are a good reason to refuse a mutant, by type; the reader's own errors, which name
// a dangling reference, are "assembly".
var right = map[string][]string{
	"AWS::IAM::Role": {"reader", "assembly"}, "AWS::EC2::FlowLog": {"logs", "conflict"}, "AWS::Logs::LogGroup": {"logs", "assembly"},
	"AWS::EC2::VPC":                                 {"vpc", "assembly", "path", "ambiguous", "segment", "part"},
	"AWS::EC2::VPCCidrBlock":                        {"vpc", "path", "assembly", "conflict", "order"},
	"AWS::EC2::Subnet":                              {"path", "vpc", "assembly", "ambiguous", "endpoint", "part", "order"},
	"AWS::EC2::RouteTable":                          {"assembly", "path", "endpoint", "part", "segment"},
	"AWS::EC2::SubnetRouteTableAssociation":         {"path", "endpoint", "assembly", "part", "segment", "route", "conflict"},
	"AWS::EC2::Route":                               {"path", "segment", "assembly", "route", "part", "conflict", "order"},
	"AWS::EC2::TransitGateway":                      {"segment", "assembly", "sharing", "path", "gateway"},
	"AWS::EC2::TransitGatewayRouteTable":            {"assembly", "part", "path", "segment"},
	"AWS::EC2::TransitGatewayAttachment":            {"path", "assembly", "part", "segment"},
	"AWS::EC2::TransitGatewayRouteTableAssociation": {"path", "segment", "assembly", "part", "gateway", "conflict"},
	"AWS::EC2::TransitGatewayRoute":                 {"path", "segment", "assembly", "part", "conflict"},
	"AWS::EC2::TransitGatewayRouteTablePropagation": {"path", "segment", "assembly", "part", "conflict"},
	"AWS::EC2::SecurityGroup":                       {"path", "rule", "assembly", "part", "endpoint", "service"},
	"AWS::EC2::VPCEndpoint":                         {"endpoint", "name", "policy", "path", "assembly", "part", "rule"},
	"AWS::EC2::VPCEndpointService":                  {"service", "assembly", "part", "endpoint"},
	"AWS::EC2::VPCEndpointServicePermissions":       {"service", "assembly", "part", "unknown"},
	"AWS::ElasticLoadBalancingV2::LoadBalancer":     {"service", "assembly", "part", "way"},
	"AWS::ElasticLoadBalancingV2::Listener":         {"service", "assembly", "part", "way"},
	"AWS::ElasticLoadBalancingV2::TargetGroup":      {"service", "assembly", "part", "way"},
	"AWS::Route53::HostedZone":                      {"name", "assembly"},
	"AWS::Route53::RecordSet":                       {"name", "assembly"},
	"AWS::RAM::ResourceShare":                       {"sharing", "assembly"},
	"AWS::SSM::Parameter": {"assembly", "path", "name", "part", "endpoint", "segment", "gateway",
		"conflict", "profile", "sharing", "service"},
	"AWS::Route53Resolver::ResolverEndpoint":           {"endpoint", "rule", "name", "path", "assembly", "part", "way"},
	"AWS::Route53Resolver::ResolverRule":               {"name", "sharing", "assembly", "part"},
	"AWS::Route53Resolver::ResolverRuleAssociation":    {"name", "assembly", "part", "unknown", "sharing"},
	"AWS::Route53Profiles::Profile":                    {"name", "assembly", "sharing", "part"},
	"AWS::Route53Profiles::ProfileAssociation":         {"name", "part", "assembly", "profile"},
	"AWS::Route53Profiles::ProfileResourceAssociation": {"name", "part", "assembly", "profile"},
}

type mutant struct {
	stack, id, typ, path, how string
	apply                     func(tpl template)
}

// sampled is one mutant in twelve, those of each type among them: all of them take minutes. MUTANTS=examples tries all of the
// examples, and MUTANTS=all all of the other configurations too: after a change of templates or of the proof, and at night.
func sampled(all []mutant, example bool) []mutant {
	if m := os.Getenv("MUTANTS"); *update || m == "all" || m == "examples" && example {
		return all
	}
	var out []mutant
	for i := 0; i < len(all); i += 12 {
		out = append(out, all[i])
	}
	return out
}

// Remove or alter every property of every resource: the proof must refuse each mutant, for a reason that fits, or the
// mutant must be harmless, with the reason written down. The survivors are listed in testdata/survivors.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	t.Parallel()
	for _, from := range []string{"examples/02-teams-and-segments", "examples/03-many-accounts-profile", "examples/05-regulated",
		"examples/06-microservices", "examples/07-existing", "examples/08-onpremises", "examples/09-existing-hub", "examples/10-shared-gateway",
		"internal/config/testdata/good/secondary.txtar", "internal/config/testdata/good/spoke-zones.txtar",
		"internal/config/testdata/good/spoke-zones-and-profile.txtar", "internal/config/testdata/good/onpremises-profile.txtar",
		"internal/config/testdata/good/standing.txtar"} {
		name := strings.TrimSuffix(filepath.Base(from), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := from
			if filepath.Ext(from) == ".txtar" {
				dir = goodConfiguration(t, from)
			}
			cfg, diags := config.Load(dir)
			if cfg == nil {
				t.Fatal(diags)
			}
			out := assembled(t, dir)
			var all []mutant
			for stack, tpl := range templates(t, out) {
				all = append(all, mutantsOf(stack, tpl)...)
			}
			slices.SortFunc(all, func(a, b mutant) int { return strings.Compare(a.stack+a.id+a.path+a.how, b.stack+b.id+b.path+b.how) })
			tried := sampled(all, strings.HasPrefix(from, "examples/"))
			survivors, wrong := judge(t, cfg, out, tried)
			for _, w := range wrong {
				t.Error(w)
			}
			checkSurvivors(t, name, len(all), len(tried), survivors)
		})
	}
}

// judge runs the proof on every mutant, and returns the survivors, and those refused for a strange reason.
func judge(t *testing.T, cfg *config.Config, out string, all []mutant) (survivors, wrong []string) {
	whole := templates(t, out)
	work := make(chan mutant)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for m := range work {
				codes := refuse(t, cfg, out, whole, m)
				mu.Lock()
				line := fmt.Sprintf("%s %s", m.typ, m.path)
				if m.typ == "AWS::IAM::Role" && strings.Contains(m.id, "FlowLogRole") {
					line = fmt.Sprintf("%s of flow logs %s", m.typ, m.path)
				}
				if m.typ == "AWS::SSM::Parameter" && !strings.HasPrefix(m.id, "From") {
					line = fmt.Sprintf("%s of no reader %s", m.typ, m.path)
				}
				switch {
				case len(codes) == 0:
					survivors = append(survivors, line)
				case right[m.typ] == nil && slices.Equal(codes, []string{"assembly"}): // a dangling reference to what is no network
				case !slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(right[m.typ], c) }):
					wrong = append(wrong, fmt.Sprintf("%s/%s: %s %s is refused as %v, which is no reason that fits", m.stack, m.id, m.how, line, codes))
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range all {
		work <- m
	}
	close(work)
	wg.Wait()
	return survivors, wrong
}

// refuse applies a mutant to a copy of its template, and returns the codes of what the proof finds. The other templates are
// those of the whole, parsed once.
func refuse(t *testing.T, cfg *config.Config, out string, whole map[string]template, m mutant) []string {
	changed := filepath.Join(out, m.stack+".template.json")
	tpl := bend.Clone(map[string]any(whole[m.stack])).(map[string]any)
	m.apply(tpl)
	a, err := assembly.ReadWith(out, func(file string, into any) error {
		stack, isTemplate := strings.CutSuffix(filepath.Base(file), ".template.json")
		switch {
		case file == changed:
			*into.(*map[string]any) = tpl
		case isTemplate:
			*into.(*map[string]any) = whole[stack]
		default:
			b, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			return json.Unmarshal(b, into)
		}
		return nil
	})
	if err != nil {
		return []string{"assembly"}
	}
	var codes []string
	for _, f := range prove.Network(cfg, prove.Linked(cfg, a.Records())).Findings {
		if f.Severity == diag.Error && !slices.Contains(codes, f.Code.String()) {
			codes = append(codes, f.Code.String())
		}
	}
	return codes
}

func mutantsOf(stack string, tpl template) []mutant {
	var out []mutant
	for id, r := range tpl.resources() {
		res := r.(map[string]any)
		typ := res["Type"].(string)
		out = append(out, mutant{stack, id, typ, "", "removing", func(t template) {
			delete(t.resources(), id)
			for _, o := range t.resources() { // what waits for it waits no more
				o := o.(map[string]any)
				if d, ok := o["DependsOn"].([]any); ok {
					o["DependsOn"] = slices.DeleteFunc(d, func(e any) bool { return e == id })
				}
			}
		}})
		props, _ := res["Properties"].(map[string]any)
		for _, p := range slices.Sorted(maps.Keys(props)) {
			out = append(out, propertyMutants(tpl, stack, id, typ, p, []any{p}, props[p])...)
		}
	}
	return out
}

// propertyMutants removes a value, and alters it where it is one, or goes on into it.
func propertyMutants(tpl template, stack, id, typ, path string, steps []any, v any) []mutant {
	if strings.HasPrefix(path, "Tags") {
		return nil
	}
	shown := regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "[*]")
	at := func(how string, change func(any) any) mutant {
		return mutant{stack, id, typ, shown, how, func(t template) {
			props := t.resources()[id].(map[string]any)["Properties"]
			edit(props, steps, change)
		}}
	}
	out := []mutant{at("removing", func(any) any { return nil })}
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 1 {
			for k := range v {
				if k == "Ref" || strings.HasPrefix(k, "Fn::") {
					if o := otherReference(tpl, v); o != nil {
						out = append(out, at("exchanging", func(any) any { return o }))
					}
					return out
				}
			}
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, propertyMutants(tpl, stack, id, typ, path+"."+k, append(slices.Clone(steps), k), v[k])...)
		}
	case []any:
		for i, e := range v {
			out = append(out, propertyMutants(tpl, stack, id, typ, fmt.Sprintf("%s[%d]", path, i), append(slices.Clone(steps), i), e)...)
		}
	default:
		out = append(out, at("altering", alter))
	}
	return out
}

// edit replaces the value at the end of the steps, or removes it where change returns nil, and returns what it was given.
func edit(in any, steps []any, change func(any) any) any {
	if len(steps) == 0 {
		return change(in)
	}
	if i, ok := steps[0].(int); ok {
		l := in.([]any)
		v := edit(l[i], steps[1:], change)
		if v == nil {
			return slices.Delete(slices.Clone(l), i, i+1)
		}
		l[i] = v
		return l
	}
	m, key := in.(map[string]any), steps[0].(string)
	if v := edit(m[key], steps[1:], change); v != nil {
		m[key] = v
	} else {
		delete(m, key)
	}
	return m
}

func alter(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case float64:
		return v + 1
	case string:
		if p, err := netip.ParsePrefix(v); err == nil {
			return netip.PrefixFrom(netip.MustParseAddr("203.0.113.0"), p.Bits()).Masked().String()
		}
		switch v {
		case "enable":
			return "disable"
		case "disable":
			return "enable"
		case "true":
			return "false"
		case "*":
			return "x"
		}
		return v + "x"
	}
	return v
}

// otherReference points a reference at another thing of the same kind: another resource of its type, or another output
// of the same stack.
func otherReference(tpl template, ref map[string]any) any {
	if id, ok := ref["Ref"].(string); ok {
		me, ok := tpl.resources()[id].(map[string]any)
		if !ok {
			return nil
		}
		for _, o := range slices.Sorted(maps.Keys(tpl.resources())) {
			if o != id && tpl.resources()[o].(map[string]any)["Type"] == me["Type"] {
				return map[string]any{"Ref": o}
			}
		}
	}
	if g, ok := ref["Fn::GetStackOutput"].(map[string]any); ok {
		if other := otherOutputs[g["OutputName"].(string)]; other != "" {
			g = maps.Clone(g)
			g["OutputName"] = other
			return map[string]any{"Fn::GetStackOutput": g}
		}
	}
	if _, ok := ref["Fn::Select"]; ok { // one of several outputs in a carrier
		text, err := json.Marshal(ref)
		must(err)
		for name, other := range otherOutputs {
			if one := `",` + name + `="`; bytes.Contains(text, []byte(one)) {
				var out any
				must(json.Unmarshal(bytes.ReplaceAll(text, []byte(one), []byte(`",`+other+`="`)), &out))
				return out
			}
		}
	}
	return nil
}

// otherOutputs are outputs of a stack, each with another of the same stack.
var otherOutputs = map[string]string{
	"VpcId": "TransitGatewayId", "TransitGatewayId": "VpcId", "AttachmentId": "VpcId", "HubTableId": "ProdTableId",
	"ProdTableId": "HubTableId", "DevTableId": "HubTableId", "OpsTableId": "HubTableId",
	"CardholderTableId": "HubTableId", "ASubnetId": "BSubnetId", "Values": "VpcId",
}

// checkSurvivors compares the survivors with the list of before, and wants a reason for each.
func checkSurvivors(t *testing.T, name string, total, tried int, survivors []string) {
	counts := map[string]int{}
	for _, s := range survivors {
		counts[s]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d mutants, %d refused (%.1f %%), %d harmless\n", total, total-len(survivors),
		100*float64(total-len(survivors))/float64(total), len(survivors))
	for _, s := range slices.Sorted(maps.Keys(counts)) {
		i := slices.IndexFunc(harmless, func(h struct{ pattern, why string }) bool { return regexp.MustCompile(h.pattern).MatchString(s) })
		why := "NO REASON"
		if i >= 0 {
			why = harmless[i].why
		} else {
			t.Errorf("a mutant lives, and nobody says why that is harmless: %s (%d times)", s, counts[s])
		}
		fmt.Fprintf(&b, "%4d  %s: %s\n", counts[s], s, why)
	}
	file := filepath.Join(testdata, "survivors", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, _ := os.ReadFile(file)
	if tried < total {
		for s := range counts {
			if !strings.Contains(string(want), "  "+s+": ") {
				t.Errorf("%s lives, and %s does not list it; if that is meant, run go test ./internal/app -update", s, file)
			}
		}
		return
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the survivors changed; if that is meant, run go test ./internal/app -update\n%s", diff)
	}
}
