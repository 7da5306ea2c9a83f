package bucket

import (
	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
)

// Network is from where a bucket may be reached.
type Network struct {
	// Organizations whose VPC endpoints are admitted, and Accounts of hubs without an organization and of their spokes.
	Organizations, Accounts []string
	// Endpoints are admitted instead, by their ids, where there are any.
	Endpoints []string
	// Except are ARNs of principals that may come from anywhere.
	Except []string
}

// NetworkOf is that of a configuration's hubs.
func NetworkOf(cfg *config.Config) Network {
	var n Network
	for _, h := range cfg.Hubs {
		if h.Organization.ID != "" {
			insert(&n.Organizations, h.Organization.ID)
			continue
		}
		insert(&n.Accounts, h.Account)
		for _, a := range h.Accounts() {
			insert(&n.Accounts, a)
		}
	}
	return n
}

// Only refuses all requests for a bucket that do not come through the network's endpoints, but for those that AWS's services make:
// as themselves, on behalf of whoever asked them, and to restore snapshots. It allows nothing by itself. The exceptions are those of
// AWS's own sample (aws-samples/data-perimeter-policy-examples, network_perimeter_vpceorgid_rcp.json), which has S3 among the
// services with aws:VpceOrgID and aws:VpceAccount. A condition on a key that a request lacks, as one from the internet lacks these,
// holds with IfExists, so the request is refused.
func Only(partition awsfacts.Partition, name string, n Network) *Policy {
	endpoints := map[string]any{}
	for key, values := range map[string][]string{
		"aws:VpceOrgID": n.Organizations, "aws:VpceAccount": n.Accounts, "aws:SourceVpce": n.Endpoints,
	} {
		if len(values) > 0 && (len(n.Endpoints) == 0 || key == "aws:SourceVpce") {
			endpoints[key] = values
		}
	}
	arn := partition.ARN("s3", "", "", name)
	return policy(Statement{"OnlyFromTheNetwork", "Deny", "*", []string{"s3:*"}, []string{arn, arn + "/*"}, map[string]map[string]any{
		"StringNotEqualsIfExists": endpoints,
		"BoolIfExists":            {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
		"ArnNotLikeIfExists": {"aws:PrincipalArn": append([]string{partition.RoleARN("*", "", "aws:ec2-infrastructure")},
			n.Except...)},
	}})
}
