package file

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"sharedhub/constructs/catalog"
)

// Endpoints are the hub's interface endpoints.
type Endpoints struct {
	// Policy of every endpoint that takes one: `full-access` or `none` (the endpoint has no policy, so AWS lets everything pass),
	// `organization`, or a JSON file below the configuration's
	// folder. The file may say `${organization}`, `${account}`, `${region}` and `${partition}` for the hub's; IAM's own variables
	// (`${aws:username}`) stay. A policy that admits nobody of the hub is an error. Default: `organization` where the hub has
	// one, else `full-access`.
	Policy string `yaml:"policy"`
	// Policies of the spokes' gateway endpoints where they differ from the hub's. They may let less pass than the hub's policy
	// for the service, and never more. Default: the policy of the hub's own endpoint of the service where it has one, else
	// `policy`.
	GatewayPolicies GatewayPolicies `yaml:"gatewayPolicies"`
	// Availability zones of the endpoints that name none of their own, by the hub's names for them. Default: the hub's.
	AZs []string `yaml:"zones" max:"6" some:"name the zones, or leave the key out for all of the hub's"`
	// Services to make endpoints for: names as AWS prints them (`ecr.dkr`), or mappings.
	Services []Endpoint `yaml:"services" required:"write services: [ssm, sts], the AWS services to reach privately"`
}

// GatewayPolicies are the policies of the spokes' gateway endpoints, by service.
type GatewayPolicies struct {
	// Policy of the gateway endpoints for S3: `full-access`, `organization`, or a JSON file. Default: the hub's for S3.
	S3 string `yaml:"s3"`
	// Policy of the gateway endpoints for DynamoDB. Default: the hub's for DynamoDB.
	Dynamo string `yaml:"dynamodb"`
}

// Endpoint is one service, or a bundle of them: the service's name, or a mapping with more to say.
type Endpoint struct {
	// Name of the service, short (`ecr.dkr`, or `kms-fips` for a FIPS endpoint) or full
	// (`com.amazonaws.us-east-1.ecr.dkr`, `aws.api.us-east-1.…`, `com.amazonaws.vpce.…`). A full name is taken even where the
	// catalogue does not know the service. With `service`, a name of your own.
	Name string `yaml:"name"`
	// Services that are needed together, instead of `name`: ssm, ecr, ecs, eks, lambda, cloudwatch, secrets, messaging, data
	// or cicd. `catalog show --bundle ssm` lists one.
	Bundle string `yaml:"bundle"`
	// Policy of this endpoint. Default: the hub's.
	Policy string `yaml:"policy"`
	// Availability zones of this endpoint, by the hub's names for them. Default: those of `endpoints.zones` in which the service
	// is as far as is known.
	AZs []string `yaml:"zones" max:"6" some:"name the zones, or leave the key out for those of endpoints.zones"`
	// Region of the service where it is another than the hub's: s3, iam, ecr, kms, ecs, lambda, kinesis-firehose,
	// kinesisanalytics and route53 can be reached across regions, and endpoint services whose providers allow it. Default: the
	// hub's, or the one in a full name.
	Region string `yaml:"region"`
	// Private names of this endpoint instead of the catalogue's; "*.x" stands for every name below x, and an empty list for
	// none: clients then ask for the endpoint's own name. Others than none need `dns.sharing: zones`, since with a Route 53
	// Profile AWS decides. Default: the catalogue's.
	PrivateNames []string `yaml:"privateNames"`
	// Further names that an endpoint of AWS's can serve, with `dns.sharing: zones`; `catalog show` lists a service's. `dualstack`
	// of s3: `s3.dualstack.<region>`, which some clients ask for (dnf of Amazon Linux 2023); of others: `<service>.<region>.api.aws`,
	// where the SDKs know such a name, which nobody has seen on the endpoint. Clients get IPv4 addresses. `global` in us-east-1:
	// `s3.amazonaws.com`, with which requests for buckets of every region go there; and `sts.amazonaws.com`, of which AWS says to
	// use the regional name. Which clients ask for what: `catalog clients`. Default: none.
	OptionalNames []string `yaml:"optionalNames" max:"2"`
	// `serving` or `leaving`. A service that is leaving keeps its endpoint and loses its names, so that nobody asks for it when its
	// entry is deleted (docs/OPERATIONS.md, "Take a service, a zone or a segment away"). Default: `serving`.
	State string `yaml:"state"`
	// Full name of an endpoint service of your own or of a third party, `com.amazonaws.vpce.us-east-1.vpce-svc-…`, also of
	// another region. With zones it needs `privateNames`. With a Route 53 Profile, its `privateNames` are those that its provider
	// has verified: EC2 refuses private DNS for others, and without any it is off. Default: AWS's service called `name`.
	Service string `yaml:"service"`
	// TCP ports of the endpoint. Default: those of the catalogue; 443 for other services.
	Ports []int `yaml:"ports" some:"name the ports, or leave the key out for the service's own"`
	// Endpoint of the hub's VPC that exists and serves this service, in place of one that is made (docs/EXISTING.md). `zones` and
	// `policy` then declare its own. Default: one is made.
	Endpoint ExistingEndpoint `yaml:"endpoint"`
}

// decode takes the short form too: the service's name.
func (e *Endpoint) decode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.object(n, reflect.ValueOf(e).Elem())
		return
	}
	d.absent(n, reflect.ValueOf(e).Elem())
	e.Name, _ = d.text(n)
}

func (e *Endpoints) check(f *File) {
	if len(e.Services) == 0 {
		f.Errorf(Key, &e.Services, "write at least one: services: [ssm]", "there is no service")
	}
}

// ServiceStates are the values of a service's state.
var ServiceStates = []string{"serving", "leaving"}

func (e *Endpoint) check(f *File) {
	oneOf(f, &e.State, ServiceStates...)
	for i, n := range e.PrivateNames {
		if why := catalog.NotPrivate(n); why != "" {
			fix := "write a domain, such as api.example.com or *.api.example.com"
			if meant := catalog.MeantName(n); meant != "" {
				fix = "write " + meant
			} else if label := strings.Trim(n, "."); word.MatchString(label) {
				fix = "write a domain of two labels or more, such as " + label + ".example.com"
			}
			f.Errorf(Value, &e.PrivateNames[i], fix, "%q is %s", n, why)
		}
	}
	switch {
	case e.Bundle != "":
		e.checkBundle(f)
	case e.Service != "":
		e.checkService(f)
	case e.Name == "":
		f.Errorf(Key, e, "write name: ssm, or bundle: ssm", "the entry names no service")
	}
	for i, port := range e.Ports {
		if port < 1 || port > 65535 || slices.Contains(e.Ports[:i], port) {
			f.Errorf(Value, &e.Ports[i], "use 1 to 65535, each once", "%d is not a port, or is given twice", port)
		}
	}
}

func (e *Endpoint) checkBundle(f *File) {
	for _, key := range []struct {
		name  string
		value any
	}{{"name", &e.Name}, {"region", &e.Region}, {"privateNames", &e.PrivateNames}, {"optionalNames", &e.OptionalNames},
		{"service", &e.Service}, {"ports", &e.Ports}, {"endpoint", &e.Endpoint}} {
		if f.Given(key.value) {
			f.Errorf(Key, key.value, "give the service an entry of its own", "%s does not go with bundle", key.name)
		}
	}
}

// checkService is for an endpoint service of the user's or a third party's.
func (e *Endpoint) checkService(f *File) {
	if e.Name != "" && (!word.MatchString(e.Name) || len(e.Name) > maxTierName) {
		f.Errorf(Value, e, "give it a name of your own: "+nameFix(maxTierName), "%q cannot name an endpoint service", e.Name)
	}
	if len(e.OptionalNames) > 0 {
		f.Errorf(Key, &e.OptionalNames, "write privateNames", "optionalNames are of AWS's services only")
	}
}
