package live

// Policy is the least IAM policy that looking needs, in each account. None of the actions changes anything, and none
// reads data; the Describe and List actions take no resource.
func Permissions() map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Sid": "LookAtTheNetwork", "Effect": "Allow", "Resource": "*", "Action": actions,
	}}}
}

// actions that Look calls, beside sts:AssumeRole, which the caller needs for the roles.
var actions = []string{
	"cloudformation:DescribeStacks",
	"ec2:DescribeDhcpOptions",
	"ec2:DescribeFlowLogs",
	"ec2:DescribeInternetGateways",
	"ec2:DescribeNetworkAcls",
	"ec2:DescribeRouteTables",
	"ec2:DescribeSecurityGroups",
	"ec2:DescribeSubnets",
	"ec2:DescribeTransitGatewayAttachments",
	"ec2:DescribeTransitGatewayRouteTables",
	"ec2:DescribeTransitGatewayVpcAttachments",
	"ec2:DescribeTransitGateways",
	"ec2:DescribeVpcAttribute",
	"ec2:DescribeVpcEndpoints",
	"ec2:DescribeVpcPeeringConnections",
	"ec2:DescribeVpcs",
	"ec2:GetTransitGatewayRouteTablePropagations",
	"ec2:SearchTransitGatewayRoutes",
	"iam:GetAccountAuthorizationDetails",
	"logs:DescribeLogGroups",
	"ram:GetResourceShareAssociations",
	"ram:GetResourceShares",
	"route53:GetHostedZone",
	"route53:ListHostedZonesByVPC",
	"route53:ListResourceRecordSets",
	"route53profiles:ListProfileAssociations",
	"route53profiles:ListProfileResourceAssociations",
	"route53profiles:ListProfiles",
	"route53resolver:ListResolverRuleAssociations",
	"route53resolver:ListResolverRules",
}
