package perimeter_test

import (
	"fmt"

	"sharedhub/constructs/catalog"
	"sharedhub/constructs/perimeter"
)

func Example() {
	s3, _ := catalog.Lookup("us-east-1", "s3")
	policy := perimeter.Organization("o-a1b2c3d4e5", s3)
	fmt.Println(len(policy["Statement"].([]any)), "statements")
	// Output: 3 statements
}
