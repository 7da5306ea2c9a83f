package awsfacts

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// ARN of a resource in the partition. Region and account are empty where the service has none in its ARNs.
func (p Partition) ARN(service, region, account, resource string) string {
	return arn.ARN{Partition: p.Name, Service: service, Region: region, AccountID: account, Resource: resource}.String()
}

// RoleARN of a role: its path is part of the ARN (IAM guide, "IAM identifiers"). Path "" stands for "/".
func (p Partition) RoleARN(account, path, name string) string {
	return p.ARN("iam", "", account, "role/"+strings.TrimPrefix(path, "/")+name)
}
