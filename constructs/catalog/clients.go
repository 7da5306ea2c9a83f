package catalog

import (
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// Client is a program that runs in VPCs, and what it asks for as it comes, with nothing configured.
type Client struct {
	// Name to look it up by.
	Name string `json:"name"`
	// For says what it is.
	For string `json:"for"`
	// Asks are the names that it asks for.
	Asks []Ask `json:"asks"`
}

// Ask is one name that a client asks for.
type Ask struct {
	// Host name in a region, a leading "*." for any name below.
	Host string `json:"host"`
	// Service that the name belongs to, or "" for one that has no endpoint service.
	Service string `json:"service,omitempty"`
	// Write into a hub's services to serve the name; "" where no endpoint of the region can.
	Write string `json:"write,omitempty"`
	// S3Gateway is true where the name leads to addresses that a gateway endpoint of S3 serves.
	S3Gateway bool `json:"s3Gateway,omitempty"`
	// When the client asks for it, or "" for always.
	When string `json:"when,omitempty"`
	// Instead says how to make the client ask for another name, or for none; "" where it cannot be told.
	Instead string `json:"instead,omitempty"`
	// Source is the page or the report that says so.
	Source string `json:"source"`
	// only is the region, or the partition, in which the client asks for it; "" for all.
	only string
	// option is the optional name of the service that the host name is one of, or "".
	option string
}

// Sources of the table below. It is read by people and by tests; a name is here because one of these says it.
const (
	stsGuide     = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html"
	ssmGuide     = "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html"
	ecsGuide     = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html"
	ecrGuide     = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"
	eksGuide     = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
	podIDGuide   = "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html"
	deployGuide  = "https://docs.aws.amazon.com/codedeploy/latest/userguide/vpc-endpoints.html"
	cdkGuide     = "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"
	monitorGuide = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-interface-VPC.html"
	ownedBuckets = "https://github.com/aws-samples/data-perimeter-policy-examples/blob/main/service_owned_resources.md"
	issues       = "https://github.com/"
	regional     = "set AWS_STS_REGIONAL_ENDPOINTS=regional"
)

// clients are sorted by name. {region}, {suffix} and {dualstack} stand for those of a region.
var clients = []Client{
	{"aws-cli-v1", "AWS CLI v1, and SDKs for Python, PHP, C++ and .NET of before August 2025", []Ask{
		{Host: "sts.amazonaws.com", Service: "sts", option: "global", only: "aws", Instead: regional,
			Source: "https://aws.amazon.com/blogs/developer/updating-aws-sdk-defaults-aws-sts-service-endpoint-and-retry-strategy"},
		{Host: "s3.amazonaws.com", Service: "s3", option: "global", only: "us-east-1",
			Instead: "set AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=regional, or AWS_REGION where it is not set",
			Source:  issues + "boto/boto3/issues/4696"},
	}},
	{"aws-cli-v2", "AWS CLI v2 and current SDKs", at(stsGuide, "sts")},
	{"aws-load-balancer-controller", "AWS Load Balancer Controller of EKS", append(
		at(issues+"kubernetes-sigs/aws-load-balancer-controller/issues/1855", "ec2", "elasticloadbalancing", "sts"),
		ask("wafv2", "wafv2.{region}.{suffix}", "", "start it with --enable-wafv2=false",
			issues+"kubernetes-sigs/aws-load-balancer-controller/issues/1734"),
		ask("", "waf-regional.{region}.{suffix}", "", "start it with --enable-waf=false",
			issues+"kubernetes-sigs/aws-load-balancer-controller/issues/1855"),
		Ask{Host: "shield.us-east-1.amazonaws.com", only: "aws", Instead: "start it with --enable-shield=false",
			Source: issues + "kubernetes-sigs/aws-load-balancer-controller/issues/2797"},
	)},
	{"cdk-cli", "AWS CDK CLI, with modern bootstrap", append(at(cdkGuide, "sts", "cloudformation", "ssm"),
		ask("s3", "*.s3.{region}.{suffix}", "", "", cdkGuide),
		ask("ecr.api", "api.ecr.{region}.{suffix}", "with assets that are images", "", cdkGuide))},
	{"cloudwatch-agent", "CloudWatch agent", append(at(monitorGuide, "monitoring", "logs"),
		ask("ec2", "ec2.{region}.{suffix}", "with append_dimensions of EC2 in its configuration", "",
			issues+"aws/amazon-cloudwatch-agent/issues/1639"),
		Ask{Host: "sts.amazonaws.com", Service: "sts", option: "global", only: "aws", When: "in EKS, versions of 2021", Instead: regional,
			Source: issues + "aws/amazon-cloudwatch-agent/issues/317"},
		ask("s3", "amazoncloudwatch-agent-{region}.s3.{region}.{suffix}", "when it is installed", "", ownedBuckets))},
	{"cluster-autoscaler", "Cluster Autoscaler of Kubernetes",
		at("https://aws-ia.github.io/terraform-aws-eks-blueprints/patterns/fully-private-cluster", "autoscaling", "ec2", "sts")},
	{"codedeploy-agent", "CodeDeploy agent", append(at(deployGuide, "codedeploy-commands-secure"),
		ask("s3", "*.s3.{region}.{suffix}", "with revisions in S3", "", deployGuide),
		ask("s3", "aws-codedeploy-{region}.s3.{region}.{suffix}", "when it is installed", "", ownedBuckets))},
	{"dnf-al2023", "dnf of Amazon Linux 2023", []Ask{
		ask("s3", "al2023-repos-{region}-de612dc2.s3.{region}.{suffix}", "", "", issues+"amazonlinux/amazon-linux-2023/issues/535"),
		{Host: "al2023-repos-{region}-de612dc2.s3.dualstack.{region}.{suffix}", Service: "s3", option: "dualstack",
			Source: issues + "amazonlinux/amazon-linux-2023/issues/535"},
	}},
	{"ecr-pull", "containerd, Docker and others that pull images from ECR", append(at(ecrGuide),
		ask("ecr.api", "api.ecr.{region}.{suffix}", "", "", ecrGuide),
		ask("ecr.dkr", "*.dkr.ecr.{region}.{suffix}", "", "", ecrGuide),
		ask("s3", "prod-{region}-starport-layer-bucket.s3.{region}.{suffix}", "", "", ecrGuide))},
	{"ecs-agent", "ECS agent of container instances", append(at(ecsGuide, "ecs"),
		ask("ecs-agent", "ecs-a.{region}.{suffix}", "", "", ecsGuide), ask("ecs-telemetry", "ecs-t.{region}.{suffix}", "", "", ecsGuide))},
	{"eks-node", "nodes of EKS: kubelet, VPC CNI, images of the add-ons", append(at(eksGuide, "ec2", "eks", "sts"),
		ask("ecr.api", "api.ecr.{region}.{suffix}", "", "", eksGuide),
		ask("ecr.dkr", "*.dkr.ecr.{region}.{suffix}", "", "", eksGuide),
		ask("s3", "prod-{region}-starport-layer-bucket.s3.{region}.{suffix}", "", "", eksGuide))},
	{"eks-pod-identity-agent", "EKS Pod Identity Agent", []Ask{
		ask("eks-auth", "eks-auth.{region}.{dualstack}", "", "", podIDGuide)}},
	{"external-dns", "ExternalDNS of Kubernetes", append(at(issues+"kubernetes-sigs/external-dns/issues/1944", "sts"),
		Ask{Host: "route53.amazonaws.com", Service: "route53", only: "aws", Source: issues + "kubernetes-sigs/external-dns/issues/1944"})},
	{"hadoop-s3a", "S3A of Hadoop and Spark, without fs.s3a.endpoint.region", []Ask{
		{Host: "s3.amazonaws.com", Service: "s3", option: "global", only: "aws", Instead: "set fs.s3a.endpoint.region, or fs.s3a.endpoint",
			Source: "https://docs.cloudera.com/runtime/7.3.1/cloud-data-access/topics/" +
				"cr-cda-configuring-per-bucket-settings-to-access-data-around-the-world.html"}}},
	{"karpenter", "Karpenter", append(at(issues+"aws/karpenter-provider-aws/pull/5124", "ec2", "sts", "ssm", "sqs"),
		ask("eks", "eks.{region}.{suffix}", "", "", issues+"aws/karpenter-provider-aws/pull/5740"),
		Ask{Host: "iam.amazonaws.com", Service: "iam", only: "aws", Instead: "write spec.instanceProfile in its EC2NodeClass",
			Source: issues + "aws/karpenter-provider-aws/pull/5124"},
		Ask{Host: "api.pricing.us-east-1.amazonaws.com", Service: "pricing.api", only: "aws", Instead: "set settings.isolatedVPC=true",
			Source: issues + "aws/karpenter-provider-aws/issues/2485"})},
	{"minio-go", "programs with minio-go: Mimir, Tempo, Flux, Argo Workflows", []Ask{
		{Host: "*.s3.dualstack.{region}.{suffix}", Service: "s3", option: "dualstack",
			Instead: "turn dual-stack off where the program has a setting for it", Source: issues + "minio/minio-go/issues/1766"}}},
	{"secrets-operators", "External Secrets and the Secrets Store CSI driver of Kubernetes",
		at(issues+"external-secrets/kubernetes-external-secrets/issues/232", "secretsmanager", "sts")},
	{"ssm-agent", "SSM agent and Session Manager", append(at(ssmGuide, "ssm", "ssmmessages"),
		ask("ec2messages", "ec2messages.{region}.{suffix}", "where it may not use ssmmessages for Run Command", "", ssmGuide),
		ask("logs", "logs.{region}.{suffix}", "with logs of sessions; without the name, a session begins minutes late", "",
			issues+"aws/amazon-ssm-agent/issues/639"),
		ask("s3", "aws-ssm-{region}.s3.{region}.{suffix}", "when it patches or updates itself", "", ownedBuckets))},
	{"terraform", "Terraform with its AWS provider", append(at(issues+"hashicorp/terraform-provider-aws/issues/14435", "sts"),
		Ask{Host: "sts.amazonaws.com", Service: "sts", option: "global", only: "aws", When: "versions of 2020", Instead: regional,
			Source: issues + "hashicorp/terraform/issues/24592"},
		Ask{Host: "s3.amazonaws.com", Service: "s3", option: "global", only: "us-east-1", When: "versions with SDK v1 for S3",
			Instead: "set AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=regional", Source: issues + "hashicorp/terraform-provider-aws/issues/33028"},
		ask("s3", "*.s3.{region}.{suffix}", "with the s3 backend", "", issues+"hashicorp/terraform-provider-aws/issues/33028"))},
	{"vpc-cni", "Amazon VPC CNI with a role of its own", at(issues+"aws/amazon-vpc-cni-k8s/issues/647", "ec2", "sts")},
	{"yum-al2", "yum of Amazon Linux 2", []Ask{
		{Host: "amazonlinux-2-repos-{region}.s3.dualstack.{region}.{suffix}", Service: "s3", option: "dualstack", Source: ownedBuckets}}},
}

// at asks for services by the names that are made of theirs.
func at(source string, services ...string) []Ask {
	var out []Ask
	for _, s := range services {
		out = append(out, ask(s, s+".{region}.{suffix}", "", "", source))
	}
	return out
}

func ask(service, host, when, instead, source string) Ask {
	return Ask{Host: host, Service: service, When: when, Instead: instead, Source: source}
}

// Clients of a region: common programs, and the names that they ask for there.
func Clients(region string) []Client {
	in, err := awsfacts.PartitionOf(region)
	if err != nil {
		return nil
	}
	fill := strings.NewReplacer("{region}", region, "{suffix}", in.DNSSuffix, "{dualstack}", in.DualStackSuffix)
	out := make([]Client, 0, len(clients))
	for _, c := range clients {
		c.Asks = slices.DeleteFunc(slices.Clone(c.Asks), func(a Ask) bool { return a.only != "" && a.only != region && a.only != in.Name })
		for i := range c.Asks {
			a := &c.Asks[i]
			elsewhere := !strings.Contains(a.Host, "{") && region != "us-east-1" // the names without a region belong there
			a.Host, a.Write, a.S3Gateway = fill.Replace(a.Host), a.write(region, elsewhere), a.Service == "s3" && !elsewhere
		}
		if len(c.Asks) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// write is what a hub's services need to serve the name: the service, its region where that is another, and its option.
func (a *Ask) write(region string, elsewhere bool) string {
	in := region
	if elsewhere {
		in = "us-east-1"
	}
	s, ok := Lookup(in, a.Service)
	switch {
	case !ok || !s.Offered() || len(s.PrivateNames) == 0 || elsewhere && !slices.Contains(CrossRegion, a.Service):
		return ""
	case elsewhere && a.option != "":
		return "{name: " + a.Service + ", region: " + in + ", optionalNames: [" + a.option + "]}"
	case elsewhere:
		return "{name: " + a.Service + ", region: " + in + "}"
	case a.option != "":
		return "{name: " + a.Service + ", optionalNames: [" + a.option + "]}"
	}
	return a.Service
}

// Serves is true where one of the names of an endpoint is a host name, or a name above it with a wildcard.
func Serves(names []string, host string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		below, wild := strings.CutPrefix(n, "*")
		return n == host || wild && strings.HasSuffix(host, below)
	})
}
