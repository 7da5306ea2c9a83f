package topology

import (
	"maps"
	"slices"
)

// Type is what this program knows of a CloudFormation type. It is declared beside the record of the type, and a type
// that has only half of what it needs fails TestRegistry. A type is modelled (it has a Record), or harmless (with the
// reason), or opens a way that no record follows; any other is unknown.
type Type struct {
	// Name, such as "AWS::EC2::VPC". Required.
	Name string
	// Harmless says why a resource of this type neither carries, filters or redirects packets or names, nor lets anybody
	// use a part.
	Harmless string
	// Guest says what one of a harmless type does that names a subnet or a security group. Default: none names any.
	Guest string
	// Unique is the property with the name of such a resource, which AWS takes once an account and region. Default: none.
	Unique string
	// Opens says what way in or out a resource of this type makes, in words that follow the part it names. Such a part is
	// unknown to everything that follows packets, and its words are all that is known of it.
	Opens string
	// Record is an empty record of this type.
	Record Record
	// Actions of IAM that reading it from a live account needs.
	Actions []string
	// Unseen says why a live account is not asked for it.
	Unseen string
	// NoFacts says why drift does not tell that one is gone. Default: it does, by the facts of its part (Parts).
	NoFacts string
	// Ignored are the properties that change nothing for packets or names, with the reason. Tags is one for all types.
	Ignored map[string]string
}

var types = map[string]Type{}

func declare(list ...Type) bool {
	for _, t := range list {
		types[t.Name] = t
	}
	return true
}

// TypeOf finds a type by its name.
func TypeOf(name string) (Type, bool) { t, ok := types[name]; return t, ok }

// Types are all types that this program knows, by name.
func Types() []Type {
	out := make([]Type, 0, len(types))
	for _, name := range slices.Sorted(maps.Keys(types)) {
		out = append(out, types[name])
	}
	return out
}

// Actions are those of IAM that reading all modelled types from a live account needs, sorted.
func Actions() []string {
	var out []string
	for _, t := range types {
		out = append(out, t.Actions...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
