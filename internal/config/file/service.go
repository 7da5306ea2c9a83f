package file

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// Published is a service of one spoke that others reach by PrivateLink, with no route between their VPCs.
type Published struct {
	// Hub of the provider and the consumers, by name.
	Hub string `yaml:"hub" required:"write hub: <name>, the hub of the provider and the consumers"`
	// Spoke that publishes the service, by name. Its segment must say `spokesMay: [publish]`.
	Provider string `yaml:"provider" required:"write provider: <spoke>, the spoke that publishes the service"`
	// Name by which consumers ask for the service: "orders.internal.example.com". It lies in one of the hub's
	// `serviceDomains`. A private hosted zone of this name serves it, so nobody has to prove that the domain is theirs.
	Name string `yaml:"name" required:"write name: orders.internal.example.com, the name that consumers ask for"`
	// TCP ports of the service: numbers, or mappings with the port of the targets.
	Ports []ServicePort `yaml:"ports" max:"50" required:"write ports: [443], the TCP ports of the service"`
	// A Network Load Balancer that exists. Default: one is made here, for `targets`.
	LoadBalancer LoadBalancer `yaml:"loadBalancer"`
	// What the Network Load Balancer that is made here passes connections on to.
	Targets Targets `yaml:"targets"`
	// Tier of the provider's subnets that the load balancer made here stands in. Default: the provider's first.
	Tier string `yaml:"tier"`
	// Availability zones of the load balancer, by the provider's names for them. Default: the provider's.
	AZs []string `yaml:"zones" max:"6" some:"name the zones, or leave the key out for all of the provider's"`
	// Who has the service.
	Consumers Consumers `yaml:"consumers"`
	// Whether somebody in the provider's account accepts each consumer's endpoint by hand. Default: nobody needs to; who may
	// connect is accepted at once.
	Acceptance Acceptance `yaml:"acceptance"`
	// Further accounts, roles or users that may connect, of other organizations too: 12 digits in quotes, or an ARN of IAM. They
	// make their endpoints themselves. AWS takes no organization or unit here. Default: the consumers' accounts alone.
	Principals []string `yaml:"principals" max:"100"`
	// Tags of the service's resources, over those of the hub. Default: none.
	Tags Map[string] `yaml:"tags" max:"50"`
	// `published` or `leaving`. A service that is leaving loses its names and the endpoints in its consumers' VPCs, so that its
	// stacks can be destroyed and its file deleted (docs/PRIVATELINK.md, "Take a service away"). Default: `published`.
	State string `yaml:"state"`
}

// ServicePort is one TCP port: a number, or a mapping.
type ServicePort struct {
	// Port that consumers connect to.
	Port int `yaml:"port" required:"write port: 443, the port that consumers connect to"`
	// Port of the targets, where the load balancer is made here. Default: the same.
	Target int `yaml:"target"`
}

// decode takes the short form too: the port.
func (p *ServicePort) decode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.object(n, reflect.ValueOf(p).Elem())
		return
	}
	d.absent(n, reflect.ValueOf(p).Elem())
	d.value(n, reflect.ValueOf(&p.Port).Elem())
}

// LoadBalancer is a Network Load Balancer of the provider's account that exists already.
type LoadBalancer struct {
	// ARN of the Network Load Balancer. It must be internal, stand in the service's zones, and listen on its ports: `verify`
	// looks, since nothing of that is in a template.
	ARN string `yaml:"arn" required:"write arn: arn:aws:elasticloadbalancing:…:loadbalancer/net/…"`
}

// Targets are what a Network Load Balancer passes connections on to: of one kind.
type Targets struct {
	// Addresses in the provider's VPC. `[]` makes a target group for addresses with none in it, such as for ECS or EKS to fill.
	// Default: none.
	IPs *[]string `yaml:"ips" max:"100"`
	// Instances in the provider's VPC, "i-…"; `[]` for an Auto Scaling group to fill. Default: none.
	Instances *[]string `yaml:"instances" max:"100"`
	// ARN of an Application Load Balancer of the provider's VPC, which listens on the target port. Default: none.
	LoadBalancer string `yaml:"loadBalancer"`
	// How the load balancer finds out which targets work. Default: it opens a TCP connection to the target port; of an
	// Application Load Balancer it asks for "/" over HTTP.
	HealthCheck HealthCheck `yaml:"healthCheck"`
	// Whether each zone of the load balancer also reaches targets of the others, which AWS bills as traffic between zones.
	// Without it, a zone that has no healthy target answers nobody. Default: true.
	CrossZone *bool `yaml:"crossZone"`
}

// HealthCheck is a question that a load balancer asks its targets.
type HealthCheck struct {
	// `TCP`, `HTTP` or `HTTPS`. Default: `HTTP` where there is a path or the target is an Application Load Balancer, else `TCP`.
	Protocol string `yaml:"protocol"`
	// Port to ask. Default: the target port.
	Port int `yaml:"port"`
	// Path to ask for, with HTTP and HTTPS. Default: "/".
	Path string `yaml:"path"`
}

// Consumers are who has a service. Each spoke's segment must say `spokesMay: [consume]`; `hub` needs `publishToHub` of the
// provider's.
type Consumers struct {
	// Whether the hub has an endpoint of the service: every spoke of the hub then reaches it by the hub's names, like a service of
	// AWS. It goes without `spokes` and `segments`. Default: false.
	Hub bool `yaml:"hub"`
	// Spokes with an endpoint in their own VPC, by name. Default: none.
	Spokes []string `yaml:"spokes" max:"100"`
	// Segments whose spokes each have an endpoint in their own VPC. Default: none.
	Segments []string `yaml:"segments" max:"100"`
	// Tier of the consumers' subnets that hold the endpoints. Default: each spoke's first that is routed.
	Tier string `yaml:"tier"`
}

// Acceptance is by hand.
type Acceptance struct {
	// Who accepts, for whoever waits: a team or an address. Each connection waits until somebody of the provider's account runs
	// `aws ec2 accept-vpc-endpoint-connections`.
	By string `yaml:"by" required:"write by: payments-team@example.com, who accepts the connections"`
}

var (
	loadBalancerARN = lazy(`^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/(net|app|gwy)/` +
		`[A-Za-z0-9-]+/[0-9a-f]+$`)
	instanceID   = lazy(`^i-([0-9a-f]{8}|[0-9a-f]{17})$`)
	principalARN = lazy(`^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[\w+=,.@/-]+)$`)
)

// PublishedStates are the values of a service's state in services/.
var PublishedStates = []string{"published", "leaving"}

// HealthProtocols are the values of a health check's protocol.
var HealthProtocols = []string{"TCP", "HTTP", "HTTPS"}

func (s *Published) check(f *File) {
	oneOf(f, &s.State, PublishedStates...)
	checkDomain(f, &s.Name)
	checkTags(f, &s.Tags)
	s.checkPorts(f)
	s.checkBalancer(f)
	if c := &s.Consumers; c.Hub && len(c.Spokes)+len(c.Segments) > 0 {
		f.Errorf(Key, &c.Hub, "keep hub, which gives it to every spoke, or the spokes and segments",
			"the service is the hub's and that of chosen spokes: a VPC has one private hosted zone of a name")
	}
	for i := range s.Principals {
		checkPrincipal(f, &s.Principals[i])
		if slices.Contains(s.Principals[:i], s.Principals[i]) {
			f.Errorf(Value, &s.Principals[i], "keep one of them", "%s is given twice", s.Principals[i])
		}
	}
	if f.Given(&s.Acceptance) && !f.Failed(&s.Acceptance) && strings.TrimSpace(s.Acceptance.By) == "" {
		f.Errorf(Value, &s.Acceptance.By, "write who accepts: a team or an address", "connections wait for acceptance, and nobody accepts them")
	}
}

// checkDomain checks a name that a private hosted zone is to have.
func checkDomain(f *File, name *string) {
	why := catalog.NotPrivate(*name)
	if why == "" && strings.HasPrefix(*name, "*.") {
		why = "a wildcard"
	}
	for _, suffix := range awsSuffixes() {
		if why == "" && (*name == suffix || strings.HasSuffix(*name, "."+suffix)) {
			why = "a name of AWS"
		}
	}
	if why != "" {
		f.Errorf(Value, name, "write a domain, such as orders.internal.example.com", "%q is %s", *name, why)
	}
}

// awsSuffixes are the domains below which AWS has its services' names.
func awsSuffixes() []string {
	out := []string{"on.aws", "aws.amazon.com"}
	for _, p := range awsfacts.Partitions {
		out = append(out, p.DNSSuffix, p.DualStackSuffix)
	}
	return out
}

func (h *Hub) checkServiceDomains(f *File) {
	for i := range h.ServiceDomains {
		d := &h.ServiceDomains[i]
		checkDomain(f, d)
		if slices.Contains(h.ServiceDomains[:i], *d) {
			f.Errorf(Value, d, "keep one of them", "%s is given twice", *d)
		}
	}
}

func (s *Published) checkPorts(f *File) {
	if f.Given(&s.Ports) && !f.Failed(&s.Ports) && len(s.Ports) == 0 {
		f.Errorf(Value, &s.Ports, "write ports: [443]", "the service has no port")
	}
	for i := range s.Ports {
		p := &s.Ports[i]
		checkPort(f, &p.Port)
		if f.Given(&p.Target) {
			checkPort(f, &p.Target)
			if f.Given(&s.LoadBalancer) {
				f.Errorf(Key, &p.Target, "take it out: the listeners of a load balancer that exists decide", "target does not go with loadBalancer")
			}
		}
		if j := slices.IndexFunc(s.Ports[:i], func(o ServicePort) bool { return o.Port == p.Port }); j >= 0 && p.Port > 0 {
			f.Errorf(Value, p, "keep one of them", "port %d is given twice", p.Port)
		}
	}
}

func checkPort(f *File, port *int) {
	if !f.Failed(port) && (*port < 1 || *port > 65535) {
		f.Errorf(Value, port, "use 1 to 65535", "%d is not a port", *port)
	}
}

// checkBalancer checks the load balancer: one that exists, or one for targets of one kind.
func (s *Published) checkBalancer(f *File) {
	exists, made := f.Given(&s.LoadBalancer), f.Given(&s.Targets)
	switch {
	case exists && made:
		f.Errorf(Key, &s.Targets, "keep one of them", "targets are of a load balancer that is made here, and loadBalancer names one that exists")
	case exists:
		s.LoadBalancer.checkARN(f)
		if f.Given(&s.Tier) {
			f.Errorf(Key, &s.Tier, "take it out", "tier is of a load balancer that is made here, and loadBalancer names one that exists")
		}
	case made:
		s.Targets.checkKind(f)
	default:
		f.Errorf(Key, s, "write targets: {ips: [10.16.4.10]}, or loadBalancer: {arn: …} for one that exists", "the service has no load balancer")
	}
}

func (l *LoadBalancer) checkARN(f *File) {
	m := loadBalancerARN.FindStringSubmatch(l.ARN)
	switch {
	case f.Failed(l):
	case m == nil:
		f.Errorf(Value, &l.ARN, "write arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/net/<name>/<id>",
			"%q is not the ARN of a load balancer", l.ARN)
	case m[1] == "app":
		f.Errorf(Value, &l.ARN, "write targets: {loadBalancer: "+l.ARN+"}, and a Network Load Balancer is made before it",
			"an endpoint service takes no Application Load Balancer")
	case m[1] == "gwy":
		f.Errorf(Value, &l.ARN, "publish a Network Load Balancer",
			"a Gateway Load Balancer is reached by routes to endpoints of another kind, which this program does not make")
	}
}

func (t *Targets) checkKind(f *File) {
	kinds := 0
	for _, given := range []bool{t.IPs != nil, t.Instances != nil, t.LoadBalancer != ""} {
		if given {
			kinds++
		}
	}
	if kinds != 1 && !f.Failed(t) {
		f.Errorf(Key, t, "write one of ips, instances and loadBalancer", "expected targets of one kind, found %d kinds", kinds)
	}
	if t.IPs != nil {
		for i, ip := range *t.IPs {
			at := &(*t.IPs)[i]
			if a, err := netip.ParseAddr(ip); err != nil || !a.Is4() {
				f.Errorf(Value, at, "write an IPv4 address of the provider's VPC", "%q is not an IPv4 address", ip)
			} else if slices.Contains((*t.IPs)[:i], ip) {
				f.Errorf(Value, at, "keep one of them", "%s is given twice", ip)
			}
		}
	}
	if t.Instances != nil {
		for i, id := range *t.Instances {
			at := &(*t.Instances)[i]
			if !instanceID.MatchString(id) {
				f.Errorf(Value, at, "write i- and 17 digits, as EC2 shows it", "%q is not the id of an instance", id)
			} else if slices.Contains((*t.Instances)[:i], id) {
				f.Errorf(Value, at, "keep one of them", "%s is given twice", id)
			}
		}
	}
	if m := loadBalancerARN.FindStringSubmatch(t.LoadBalancer); t.LoadBalancer != "" && (m == nil || m[1] != "app") {
		f.Errorf(Value, &t.LoadBalancer, "write arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>",
			"%q is not the ARN of an Application Load Balancer", t.LoadBalancer)
	}
	t.HealthCheck.checkKeys(f, t)
}

func (h *HealthCheck) checkKeys(f *File, t *Targets) {
	oneOf(f, &h.Protocol, HealthProtocols...)
	if f.Given(&h.Port) {
		checkPort(f, &h.Port)
	}
	switch {
	case h.Path != "" && h.Protocol == "TCP":
		f.Errorf(Key, &h.Path, "write protocol: HTTP, or take the path out", "a TCP health check asks for no path")
	case h.Path != "" && !strings.HasPrefix(h.Path, "/"):
		f.Errorf(Value, &h.Path, "write /"+h.Path, "path %q does not begin with a slash", h.Path)
	case t.LoadBalancer != "" && h.Protocol == "TCP": // Network Load Balancer guide, "Use an Application Load Balancer as a target"
		f.Errorf(Value, &h.Protocol, "write HTTP or HTTPS", "the health of an Application Load Balancer is asked over HTTP or HTTPS")
	}
}

// IsPrincipal is true for an account's number, or the ARN of an account, a role or a user.
func IsPrincipal(s string) bool { return IsAccount(s) || principalARN.MatchString(s) }

// checkPrincipal checks who may connect. AWS takes ARNs of accounts, users and roles, and "*" for everybody (EC2 API,
// ModifyVpcEndpointServicePermissions).
func checkPrincipal(f *File, p *string) {
	switch {
	case *p == "*":
		f.Errorf(Value, p, "name the accounts", "* lets every account of AWS connect")
	case strings.HasPrefix(*p, "o-"), strings.HasPrefix(*p, "ou-"), strings.Contains(*p, ":organizations:"):
		f.Errorf(Value, p, "name the accounts: AWS takes accounts, roles and users here", "an organization or unit cannot be let in")
	case !IsPrincipal(*p):
		f.Errorf(Value, p, "write an account's 12 digits in quotes, or the ARN of a role or user", "%q is neither an account nor an ARN of IAM",
			*p)
	}
}
