package preflight

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/iam"
	"sharedhub/internal/live"
)

// Check compares what the stacks need with what is there. Caller is the account that deploys.
func Check(cfg *config.Config, plan Plan, ground []*live.Ground, caller string) diag.List {
	var out diag.List
	for _, g := range ground {
		if n := plan[g.Place]; n != nil {
			c := &checker{cfg: cfg, needs: n, ground: g, caller: caller}
			for _, check := range []func(){c.organization, c.bootstrap, c.trust, c.stacks, c.names, c.zones, c.services, c.quotas, c.existing,
				c.standing, c.named, c.existingEndpoints, c.denied, c.ranges} {
				check()
			}
			out = append(out, c.found...)
		}
	}
	out = append(out, sharing(cfg, ground)...)
	out.Sort()
	return out.Group()
}

// checker is about one place.
type checker struct {
	cfg    *config.Config
	needs  *Needs
	ground *live.Ground
	caller string
	found  diag.List
}

func (c *checker) say(code diag.Code, format string, args ...any) {
	c.found = append(c.found, finding(code, c.ground.Place, format, args...))
}

func finding(code diag.Code, at live.Place, format string, args ...any) diag.Diagnostic {
	return diag.Diagnostic{Severity: code.Severity(), Code: code, Where: diag.AccountRegion(at), Summary: diag.Sprintf(format, args...),
		Fix: code.Fix()}
}

// hubs are those with stacks in the place.
func (c *checker) hubs() []*config.Hub {
	var out []*config.Hub
	for _, h := range c.cfg.Hubs {
		for name := range c.needs.Stacks {
			if strings.HasPrefix(name, h.Name+"-") {
				out = append(out, h)
				break
			}
		}
	}
	return out
}

func (c *checker) organization() {
	for _, h := range c.hubs() {
		if got := c.ground.Organization; h.Organization.ID != "" && got != nil && *got != h.Organization.ID {
			found := "in organization " + *got
			if *got == "" {
				found = "in no organization"
			}
			c.say(codeOrganization, "expected the account in organization %s, as hub %s says, found it %s", h.Organization.ID, h.Name, found)
		}
	}
}

// command that bootstraps the place.
func (c *checker) command() string {
	text := fmt.Sprintf("cdk bootstrap aws://%s/%s", c.ground.Account, c.ground.Region)
	// "/cdk-bootstrap/QUALIFIER/version"
	if parts := strings.Split(c.needs.BootstrapParameter, "/"); len(parts) == 4 && parts[2] != awsfacts.DefaultQualifier {
		text += " --qualifier " + parts[2]
	}
	if c.ground.Account != c.caller {
		text += " --trust " + c.caller
	}
	return "`" + text + "`"
}

func (c *checker) bootstrap() {
	switch v := c.ground.Bootstrap; {
	case v == nil:
	case *v == 0:
		c.say(codeBootstrap, "the account is not bootstrapped for the CDK (there is no parameter %s): run %s", c.needs.BootstrapParameter,
			c.command())
	case *v < c.needs.BootstrapVersion:
		c.say(codeBootstrap, "the CDK bootstrap has version %d, and the stacks need %d: run %s", *v, c.needs.BootstrapVersion, c.command())
	}
}

func (c *checker) trust() {
	if c.ground.Trust == nil || c.caller == c.ground.Account {
		return
	}
	asks := iam.Request{Action: "sts:AssumeRole", Resource: c.needs.DeployRole, Context: map[string][]string{}, Principal: iam.Principal{
		Kind: iam.Role, ID: awsfacts.MustPartition(c.ground.Region).ARN("iam", "", c.caller, "role/deployer")}}
	if d := iam.Evaluate(asks, iam.Parse(c.ground.Trust)); d.Effect == iam.NoMatch || d.Effect == iam.Deny {
		c.say(codeTrust, "the deploy role does not trust account %s, which deploys: run %s", c.caller, c.command())
	}
}

func (c *checker) stacks() {
	for _, s := range c.ground.Stacks {
		state, _ := awsfacts.StackStateOf(s.Status)
		if c.needs.Stacks[s.Name] && (state.Blocks || state.Recreated && s.Protected || s.Status == "ROLLBACK_FAILED") {
			c.say(codeStackState, "stack %s is in %s: %s: %s", s.Name, s.Status, state.Means, state.Way(s.Name, c.cfg.Command("unstick", "--yes")))
		}
	}
}

// names that exist stop the creation of the stack that makes them.
func (c *checker) names() {
	there := map[string]bool{}
	for _, s := range c.ground.Stacks {
		there[s.Name] = s.Status != "REVIEW_IN_PROGRESS" && s.Status != "ROLLBACK_COMPLETE" && s.Status != "DELETE_COMPLETE"
	}
	for _, kind := range []struct {
		word   string
		exists map[string]string
	}{{"role", c.ground.Roles}, {"parameter", c.ground.Parameters}} {
		for _, name := range slices.Sorted(maps.Keys(kind.exists)) {
			by := kind.exists[name]
			maker := c.needs.Makers[name]
			if by == maker || there[maker] && by == "" {
				continue // its own stack has made it
			}
			origin := "by no stack"
			if by != "" {
				origin = "by stack " + by
			}
			c.say(codeTaken, "stack %s would make %s %s, which exists already, made %s", maker, kind.word, name, origin)
		}
	}
}

func (c *checker) zones() {
	if c.ground.AZs == nil {
		return
	}
	ids := map[string]bool{}
	var all []string
	for name, z := range c.ground.AZs {
		if z.State == "available" {
			ids[name], ids[z.ID] = true, true
			all = append(all, fmt.Sprintf("%s (%s)", name, z.ID))
		}
	}
	slices.Sort(all)
	for _, z := range c.needs.AZs {
		if !ids[z] {
			c.say(codeUnavailable, "expected availability zone %s, found %s", z, strings.Join(all, ", "))
		}
	}
}

func (c *checker) services() {
	if c.ground.Services == nil {
		return
	}
	for _, e := range c.needs.Endpoints {
		if e.Existing != nil {
			continue // which is there
		}
		name := e.Catalog.ServiceName
		if !slices.Contains(c.needs.Services, name) {
			continue // of another region
		}
		offer, ok := c.ground.Services[name]
		if !ok {
			c.say(codeOffered, "the account is offered no PrivateLink service %s", name)
			continue
		}
		c.offered(e, offer)
	}
}

func (c *checker) offered(e *config.Endpoint, offer live.Offer) {
	name := e.Catalog.ServiceName
	for _, z := range e.AZs {
		if known := c.zone(z); known != "" && !slices.Contains(offer.AZs, known) {
			c.say(codeOffered, "service %s is not offered in availability zone %s, but in %s", name, known, strings.Join(offer.AZs, ", "))
		}
	}
	if e.Policy.Document != nil && !offer.Policy {
		c.say(codeTakesPolicy, "service %s takes no endpoint policy, and its endpoint has one (%s)", name, e.Policy)
	}
	if strings.Contains(name, ".vpce-svc-") && slices.Contains(c.needs.PrivateDNS, name) {
		for _, n := range e.Catalog.PrivateNames {
			if !slices.Contains(offer.Names, n) {
				c.say(codeUnverified, "the provider of %s has not verified the private name %s", name, n)
			}
		}
	}
	var missing []string
	for _, n := range offer.Names {
		if !slices.Contains(e.Catalog.PrivateNames, n) {
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 && len(e.Catalog.PrivateNames) > 0 {
		c.say(codeServedNames, "AWS says that %s answers to %s, which the hub does not serve", name, strings.Join(missing, ", "))
	}
}

// zone is the account's name for a zone; "" where it has none.
func (c *checker) zone(z config.AZ) string {
	for name, az := range c.ground.AZs {
		if z.ByID && az.ID == z.Name || !z.ByID && name == c.ground.Region+z.Name {
			return name
		}
	}
	return ""
}

// quotas are compared with what is there of others and what the stacks hold.
func (c *checker) quotas() {
	others := 0
	for _, v := range c.ground.VPCs {
		if !c.needs.Stacks[v.Stack] {
			others++
		}
	}
	t := c.needs.Types
	c.quota(awsfacts.VPCsPerRegion, others, t["AWS::EC2::VPC"])
	c.quota(awsfacts.GatewayEndpoints, c.ground.GatewayEndpoints, c.needs.GatewayEndpoints)
	c.quota(awsfacts.TransitGateways, c.ground.TransitGateways, t["AWS::EC2::TransitGateway"])
	fresh := t["AWS::Route53::HostedZone"] // those that are deployed already cannot be told apart by the count alone
	if q := c.ground.ZoneQuota; q > 0 && len(c.ground.Stacks) == 0 && c.ground.Zones+fresh > q {
		c.say(codeExhausted, "%s: %d exist, %d are to be made, and the account may have %d", awsfacts.ZonesPerAccount.Name, c.ground.Zones,
			fresh, q)
	}
}

func (c *checker) quota(q awsfacts.Quota, others, ours int) {
	limit, known := c.ground.Quotas[strings.ToLower(q.Name)]
	if !known {
		limit = q.Default
	}
	if ours > 0 && others+ours > limit {
		c.say(codeExhausted, "%s: %d exist beside the configuration's %d, and the account may have %d: ask for %d", q.Name, others, ours,
			limit, others+ours)
	}
}

func (c *checker) denied() {
	for _, action := range slices.Sorted(maps.Keys(c.ground.Simulated)) {
		switch s := c.ground.Simulated[action]; {
		case s.ByOrganization:
			c.say(codeDenied, "a service control policy denies %s to CloudFormation's role", action)
		case !s.Allowed:
			c.say(codeDenied, "CloudFormation's role is not allowed %s", action)
		}
	}
}

func (c *checker) ranges() {
	for _, v := range c.ground.VPCs {
		if c.needs.Stacks[v.Stack] || v.Default {
			continue
		}
		for _, text := range v.CIDRs {
			there, err := netip.ParsePrefix(text)
			if i := slices.IndexFunc(c.needs.Ranges, there.Overlaps); err == nil && i >= 0 {
				c.say(codeRange, "VPC %s %s has %s, which overlaps %s of the configuration", v.ID, v.Name, text, c.needs.Ranges[i])
			}
		}
	}
}

// sharing is whether RAM shares with the organization, which only the management account says.
func sharing(cfg *config.Config, ground []*live.Ground) diag.List {
	var out diag.List
	for _, h := range cfg.Hubs {
		if h.Organization.ID == "" || len(h.Accounts()) == 0 || !h.SharesByRAM() {
			continue
		}
		var managed, hub *live.Ground
		for _, g := range ground {
			if g.Account == g.Management {
				managed = g
			}
			if g.Account == h.Account {
				hub = g
			}
		}
		switch {
		case managed != nil && !managed.SharesWithOrganization:
			out = append(out, finding(codeSharingOff, managed.Place, "RAM does not share with organization %s, which hub %s needs",
				h.Organization.ID, h.Name))
		case managed == nil && hub != nil:
			out = append(out, finding(codeSharingUnknown, hub.Place, "hub %s is shared with accounts of organization %s, and whether RAM may do so"+
				" is not seen from here", h.Name, h.Organization.ID))
		}
	}
	return out
}
