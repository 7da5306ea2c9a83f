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
