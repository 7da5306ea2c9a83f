package addressing_test

import (
	"fmt"
	"net/netip"

	"sharedhub/constructs/addressing"
)

func Example() {
	plan := addressing.NewPlan(netip.MustParsePrefix("10.16.4.0/22"), []addressing.Tier{{Name: "private"}})
	fmt.Println(plan.Subnet("private", 0)) // in the AZ of slot 0
	fmt.Println(plan.Transit(0))           // for the Transit Gateway's attachment
	// Output:
	// 10.16.4.0/25
	// 10.16.7.240/28
}

func ExamplePlan_Check() {
	small := addressing.NewPlan(netip.MustParsePrefix("10.16.4.0/24"), []addressing.Tier{{Name: "apps", Bits: 26}})
	fmt.Println(small.Check([]int{0, 1, 2, 3}, nil)) // for a VPC in four AZs without further ranges
	// Output:
	// tier "apps" (/26) and tier "apps" (/26) do not both fit 10.16.4.0/24 in 4 zones: use a larger range, fewer zones, or size 27 for apps
}
