package diag

import "fmt"

// Code is a kind of diagnostic. Only Declare makes one, so that each has a meaning, and is written in one place.
type Code struct{ name string }

// Meaning is what a code stands for; the tables of docs/reference are made of them.
type Meaning struct {
	Code Code
	// Severity that its diagnostics have where nothing else is said.
	Severity Severity
	// Text completes "this means that …".
	Text string
	// Fix is what usually ends it.
	Fix string
	// group and rank: the layer that declares it, and its place there.
	group string
	rank  int
}

var (
	declared = map[string]Meaning{}
	order    []string
)

// Declare gives a layer the function that declares its codes, causes before what follows from them.
func Declare(group string) func(name string, severity Severity, text, fix string) Code {
	return func(name string, severity Severity, text, fix string) Code {
		if _, twice := declared[name]; twice {
			panic(fmt.Sprintf("code %s is declared twice", name))
		}
		c := Code{name}
		declared[name] = Meaning{c, severity, text, fix, group, len(order)}
		order = append(order, name)
		return c
	}
}

// Codes are the codes of a layer, in the order of their declaration.
func Codes(group string) []Meaning {
	var out []Meaning
	for _, name := range order {
		if m := declared[name]; m.group == group {
			out = append(out, m)
		}
	}
	return out
}

func (c Code) String() string { return c.name }

// Severity that diagnostics of the code have where nothing else is said.
func (c Code) Severity() Severity { return declared[c.name].Severity }

// Fix is what usually ends diagnostics of the code.
func (c Code) Fix() string { return declared[c.name].Fix }

func (c Code) rank() int { return declared[c.name].rank }

// IsZero is true for no code.
func (c Code) IsZero() bool { return c == Code{} }

// MarshalText and UnmarshalText make a code its name in JSON.
func (c Code) MarshalText() ([]byte, error)  { return []byte(c.name), nil }
func (c *Code) UnmarshalText(b []byte) error { c.name = string(b); return nil }
