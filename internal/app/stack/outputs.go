package stack

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/stackname"
)

// Value is what a stack tells others.
type Value struct {
	// Name of the output.
	Name string
	// Value is a token: only AWS knows it.
	Value *string
	// Longest that the value can be, in bytes.
	Longest int
}

// LongestID is the most bytes that an id of EC2 or Route 53 has: "tgw-rtb-" and 17 digits are 25, a zone's are at most 32.
const LongestID = 32

// Joined says which output of a stack holds a value among others, by the value's name.
type Joined map[string]string

// Publish makes each value readable by its name, for people and other programs, and all of them together in as few outputs as
// possible, so that a stack that needs several looks up one. Each of those fits a standard SSM parameter.
func Publish(stack constructs.Construct, values []Value) Joined {
	where := Joined{}
	for n, group := range grouped(values) {
		name := stackname.Joined(n)
		parts := make([]*string, 0, 2*len(group)+1)
		for _, v := range group {
			Output(stack, v.Name, v.Value)
			parts = append(parts, jsii.String(marker(v.Name)), v.Value)
			where[v.Name] = name
		}
		parts = append(parts, jsii.String(",")) // so that the last value ends as all others do
		Output(stack, name, awscdk.Fn_Join(jsii.String(""), &parts))
	}
	return where
}

// grouped cuts the values into runs that fit a parameter, whatever AWS fills in.
func grouped(values []Value) [][]Value {
	var out [][]Value
	size := awsfacts.ParameterBytes.Max
	for _, v := range values {
		own := len(marker(v.Name)) + v.Longest
		if size+own >= awsfacts.ParameterBytes.Max {
			out, size = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], v)
		size += own
	}
	return out
}

// marker stands before each value in a joined output: ",VpcId=vpc-…,ASubnetId=subnet-…,". No id and no name holds a comma.
func marker(name string) string { return fmt.Sprintf(",%s=", name) }

// Part is one value of a joined output. It is found by its name, so it stays the same when others come and go.
func Part(joined *string, name string) *string {
	split := func(at string, of any) any { return map[string]any{"Fn::Split": []any{at, of}} }
	after := map[string]any{"Fn::Select": []any{1, split(marker(name), joined)}}
	return awscdk.Token_AsString(map[string]any{"Fn::Select": []any{0, split(",", after)}}, nil) // one call instead of four
}
