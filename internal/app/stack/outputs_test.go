package stack

import (
	"fmt"
	"testing"

	"sharedhub/constructs/awsfacts"
)

// However many values there are, each is in one group, in its order, and each group fits a parameter.
func TestGrouped(t *testing.T) {
	for _, n := range []int{0, 1, 2, 40, 500} {
		var values []Value
		for i := range n {
			values = append(values, Value{Name: fmt.Sprintf("Value%d", i), Longest: 20 + i%90})
		}
		next := 0
		for _, group := range grouped(values) {
			size := len(",")
			for _, v := range group {
				if v.Name != values[next].Name {
					t.Fatalf("%d values: expected %s, found %s", n, values[next].Name, v.Name)
				}
				next++
				size += len(marker(v.Name)) + v.Longest
			}
			if size > awsfacts.ParameterBytes.Max || len(group) == 0 {
				t.Errorf("%d values: a group has %d values and up to %d bytes", n, len(group), size)
			}
		}
		if next != n {
			t.Errorf("expected %d values, found %d", n, next)
		}
	}
}
