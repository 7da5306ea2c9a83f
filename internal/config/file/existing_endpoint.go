package file

import (
	"strings"
)

// ExistingEndpoint is an interface endpoint of the hub's VPC that exists: another stack, another tool or somebody's hand made it.
type ExistingEndpoint struct {
	// Id of the endpoint, "vpce-…".
	ID string `yaml:"id" required:"write id: vpce-…, the id that EC2 shows"`
	// Its regional name, "vpce-….sqs.us-east-1.vpce.amazonaws.com", the first of DnsEntries in `aws ec2 describe-vpc-endpoints`.
	// Hosted zones lead there. Default: none, which will do with a Route 53 Profile alone, or for a service without private names.
	DNSName string `yaml:"dnsName"`
	// Id of the hosted zone of that name, "Z…", beside it in DnsEntries. Default: none, as of `dnsName`.
	HostedZone string `yaml:"hostedZone"`
	// Tier of the hub's `vpc.subnets` that it stands in, where the hub's VPC exists too. Default: `endpoints`.
	Tier string `yaml:"tier"`
}

var (
	endpointID   = lazy(`^vpce-([0-9a-f]{8}|[0-9a-f]{17})$`)
	hostedZoneID = lazy(`^Z[A-Z0-9]{6,31}$`)
	// endpointName is the regional name of an endpoint: of S3's, AWS gives it with "*." before it. A zone's name has the zone before
	// the first dot: "vpce-0123456789abcdef0-01234567-us-east-1a.sqs.…".
	endpointName = lazy(`^(?:\*\.)?(vpce-[0-9a-f]+)-[0-9a-z]{8}(-[a-z0-9-]+)?\.[a-z0-9.-]+\.vpce\.[a-z0-9.-]+$`)
)

// check checks an endpoint by itself.
func (e *ExistingEndpoint) check(f *File) {
	if e.ID == "" {
		return // said, or not given
	}
	if !endpointID.MatchString(e.ID) {
		f.Errorf(Value, &e.ID, "write the id that EC2 shows, such as vpce-0123456789abcdef0", "%q is not the id of an endpoint", e.ID)
		return
	}
	if f.Given(&e.HostedZone) && !hostedZoneID.MatchString(e.HostedZone) {
		f.Errorf(Value, &e.HostedZone, "write HostedZoneId of the first of the endpoint's DnsEntries, such as Z7HUB22UULQXV",
			"%q is not the id of a hosted zone", e.HostedZone)
	}
	if f.Given(&e.DNSName) {
		e.checkName(f)
	}
}

func (e *ExistingEndpoint) checkName(f *File) {
	const first = "write DnsName of the first of the endpoint's DnsEntries"
	switch m := endpointName.FindStringSubmatch(strings.TrimSuffix(e.DNSName, ".")); {
	case m == nil:
		f.Errorf(Value, &e.DNSName, first+", such as "+e.ID+"-01234567.sqs.us-east-1.vpce.amazonaws.com", "%q is not an endpoint's name",
			e.DNSName)
	case m[1] != e.ID:
		f.Errorf(Value, &e.DNSName, first+", which begins with "+e.ID, "%s is the name of another endpoint, %s", e.DNSName, m[1])
	case m[2] != "":
		f.Errorf(Value, &e.DNSName, first+", the regional one", "%s is the endpoint's name in one zone: clients of the others would all go there",
			e.DNSName)
	}
}
