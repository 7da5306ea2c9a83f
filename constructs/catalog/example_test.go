package catalog_test

import (
	"fmt"

	"sharedhub/constructs/catalog"
)

func Example() {
	s, _ := catalog.Lookup("us-east-1", "ecr.dkr")
	fmt.Println(s.ServiceName)
	fmt.Println(s.PrivateNames)
	fmt.Println(s.Sources())
	// Output:
	// com.amazonaws.us-east-1.ecr.dkr
	// [*.dkr.ecr.us-east-1.amazonaws.com dkr-ecr.us-east-1.on.aws *.dkr-ecr.us-east-1.on.aws]
	// dump-2023, measured-2026
}
