package file

import (
	"net/netip"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/diag"
)

// DNS is how the spokes resolve the endpoints' names, and what names on-premises and the hub ask of each other.
type DNS struct {
	// `zones`: private hosted zones in every account, about $0.50 a zone and month. `profile`: a Route 53 Profile, about
	// $548 a month for up to 100 VPCs, and no hosted zones in the spokes' accounts. A hub in use goes from one to the other
	// by way of `spoke-zones` and `spoke-zones-and-profile` (docs/OPERATIONS.md, "From zones to a Profile"). Default: `zones`.
	Sharing string `yaml:"sharing" meant:"true"`
	// Resolver inbound endpoint, which servers on-premises forward the endpoints' names to (docs/DNS.md). Default: none.
	Inbound Inbound `yaml:"inbound"`
	// Domains that other servers answer, such as those on-premises: `{corp.example.com: {to: [192.168.0.10, 192.168.0.11]}}`. Every
	// spoke asks these servers, through a Resolver outbound endpoint in the hub (docs/DNS.md). Default: none.
	Forward Map[Forward] `yaml:"forward" max:"100"`
	// What exists in Route 53 and the hub's Profile carries too: private zones, Resolver rules, rule groups of DNS Firewall and
	// configurations of query logging (docs/DNS.md). Asks for `sharing: profile`. Default: none.
	Existing ExistingDNS `yaml:"existing"`
}

// Inbound is a Resolver inbound endpoint in the hub's VPC, with one address in each availability zone.
type Inbound struct {
	// Ranges that may ask it, on port 53. Each must be one that the hub has routes to: within a pool, a spoke or an external
	// attachment.
	From []netip.Prefix `yaml:"from" max:"30" required:"write from: [192.168.0.0/16], the ranges that may ask"`
}

// Forward is a domain, and all below it, that other servers answer.
type Forward struct {
	// Addresses of the servers, IPv4; they are asked on port 53. Each must lie in a range that the hub has routes to: within a
	// pool, a spoke or an external attachment.
	To []string `yaml:"to" max:"6" required:"write to: [192.168.0.10], the servers' addresses"`
	// `active`, or `leaving`: no VPC uses the rule any more, and its entry can be deleted after the next deployment.
	// Default: `active`.
	State string `yaml:"state"`
}

// Sharings are the values of dns.sharing, ForwardStates those of a domain's state.
var (
	Sharings      = []string{"zones", "spoke-zones", "spoke-zones-and-profile", "profile"}
	ForwardStates = []string{"active", "leaving"}
)

func (d *DNS) check(f *File) {
	oneOf(f, &d.Sharing, Sharings...)
	for i := range d.Inbound.From {
		p := &d.Inbound.From[i]
		if j := slices.IndexFunc(d.Inbound.From[:i], func(o netip.Prefix) bool { return o.Overlaps(*p) }); j >= 0 {
			f.Errorf(Range, p, "keep the larger one", "%s overlaps %s", p, d.Inbound.From[j]).
				See = []diag.Related{{Where: f.Pos(&d.Inbound.From[j]), Text: d.Inbound.From[j].String()}}
		}
	}
	if f.Given(&d.Inbound.From) && len(d.Inbound.From) == 0 {
		f.Errorf(Value, &d.Inbound.From, "name the ranges, or leave inbound out", "nobody may ask the inbound endpoint")
	}
	for i := range d.Forward {
		d.checkDomain(f, i)
	}
	d.Existing.check(f, d)
}

// checkDomain refuses what is no domain, and those that AWS answers.
func (d *DNS) checkDomain(f *File, i int) {
	key := &d.Forward[i].Key
	domain := Domain(*key)
	switch j := slices.IndexFunc(d.Forward[:i], func(o Entry[Forward]) bool { return Domain(o.Key) == domain }); {
	case !catalog.ValidName("x."+domain) || strings.HasPrefix(domain, "*"): // a domain may be one word
		f.Errorf(Value, key, "write a domain such as corp.example.com; all names below it are forwarded too", "%q is not a domain", *key)
	case j >= 0:
		f.Errorf(Key, key, "keep one of them", "%q and %q are one domain", d.Forward[j].Key, *key).
			See = []diag.Related{{Where: f.Pos(&d.Forward[j].Key), Text: "first given here"}}
	default:
		if own := AWSDomain(domain); own != "" {
			f.Errorf(Value, key, "forward the domains of your own servers only",
				"%q would take names of %s to servers that do not know AWS's private answers", *key, own)
		}
	}
}

// Domain is a domain as Route 53 compares it.
func Domain(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// Below is true for a domain and all names in it.
func Below(name, domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) }

// AWSDomain is the one of AWS's domains that a domain is in or above; "" for none.
func AWSDomain(domain string) string {
	for _, own := range awsDomains() {
		if Below(domain, own) || Below(own, domain) {
			return own
		}
	}
	return ""
}

// awsDomains are those under which AWS has the names of its services and of hosts in VPCs.
func awsDomains() []string {
	out := []string{"compute.internal", "ec2.internal", "on.aws"}
	for _, p := range awsfacts.Partitions {
		out = append(out, p.DNSSuffix, p.DualStackSuffix)
	}
	return out
}

func (w *Forward) check(f *File) {
	oneOf(f, &w.State, ForwardStates...)
	if f.Given(&w.To) && len(w.To) == 0 {
		f.Errorf(Value, &w.To, "name a server, or leave the domain out", "no server is named")
	}
	for i, to := range w.To {
		a, err := netip.ParseAddr(to)
		switch {
		case err != nil || !a.Is4():
			f.Errorf(Value, &w.To[i], "write an IPv4 address such as 192.168.0.10", "%q is not the address of a server", to)
		case slices.Contains(w.To[:i], to):
			f.Errorf(Value, &w.To[i], "keep one of them", "%s is given twice", to)
		}
	}
}
