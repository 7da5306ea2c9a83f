package awsfacts

import "strings"

// globalKeys are the condition keys that every service knows, without "aws:"; those that end with a slash go on with a tag's key
// (IAM guide, "AWS global condition context keys").
var globalKeys = []string{
	"AssumedRoot", "CalledVia", "CalledViaAWSMCP", "CalledViaFirst", "CalledViaLast", "ChatbotSourceArn", "CurrentTime",
	"Ec2InstanceSourcePrivateIPv4",
	"Ec2InstanceSourceVpc", "EpochTime", "FederatedProvider", "MultiFactorAuthAge", "MultiFactorAuthPresent", "PrincipalAccount",
	"PrincipalArn", "PrincipalIsAWSService", "PrincipalOrgID", "PrincipalOrgPaths", "PrincipalServiceName", "PrincipalServiceNamesList",
	"PrincipalTag/", "PrincipalType", "Referer", "RequestTag/", "RequestedRegion", "ResourceAccount", "ResourceOrgID", "ResourceOrgPaths",
	"ResourceTag/", "SecureTransport", "SourceAccount", "SourceArn", "SourceIdentity", "SourceIp", "SourceOrgID", "SourceOrgPaths",
	"SourceVpc", "SourceVpcArn", "SourceVpce", "TagKeys", "TokenIssueTime", "UserAgent", "ViaAWSMCPService", "ViaAWSService", "VpcSourceIp",
	"VpceAccount",
	"VpceOrgID", "VpceOrgPaths", "userid", "username",
}

// GlobalKeys are the condition keys that every service knows, as AWS writes them: "aws:PrincipalOrgID".
func GlobalKeys() []string {
	out := make([]string, len(globalKeys))
	for i, k := range globalKeys {
		out[i] = "aws:" + k
	}
	return out
}

// IsGlobalKey is true for one of them, in any spelling, with the key of a tag where it takes one.
func IsGlobalKey(key string) bool {
	name, ours := strings.CutPrefix(ConditionKey(key), "aws:")
	for _, k := range globalKeys {
		known := strings.ToLower(k)
		if ours && (name == known || strings.HasSuffix(known, "/") && strings.HasPrefix(name, known) && name != known) {
			return true
		}
	}
	return false
}
