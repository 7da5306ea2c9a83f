package awsfacts_test

import (
	"fmt"

	"sharedhub/constructs/awsfacts"
)

func Example() {
	p, err := awsfacts.PartitionOf("eusc-de-east-1")
	fmt.Println(p.Name, p.DNSSuffix, p.ReverseDNS(), err)
	fmt.Println(p.RoleARN("111111111111", "/net/", "reader"))
	_, err = awsfacts.PartitionOf("nz-nord-1")
	fmt.Println(err)
	// Output:
	// aws-eusc amazonaws.eu eu.amazonaws <nil>
	// arn:aws-eusc:iam::111111111111:role/net/reader
	// "nz-nord-1" is not a region of any AWS partition; write one such as us-east-1
}
