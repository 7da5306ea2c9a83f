package topology

import "reflect"

// Record is one part as a reader found it: flat, with ids as text, and nothing resolved. Readers translate a template's
// resource or an answer of AWS into records; Link alone puts them together.
type Record interface {
	meta() *Meta
	// stage says after which other parts the record is put in its place.
	stage() stage
	// link puts it there.
	link(*linker)
}

// Meta is what every record has.
type Meta struct {
	// ID by which other records name this one: what Ref gives in a template, the id in AWS of a live part. Required.
	ID string
	// Type is the name of the CloudFormation type, also of a live part.
	Type string
	// Source for messages. Required.
	Source                     Source
	Account, Region, Partition string
	// Tags of the part, those of its stack included.
	Tags map[string]string
	// DependsOn are the ids of parts of the same template that are made first: it names them, or says that it depends on them.
	DependsOn []string
	// DeletionPolicy of a template's resource; "" where nothing is said.
	DeletionPolicy string
	// Condition that only AWS decides, and with it whether there is the part; "" where that is known.
	Condition string
}

func (m *Meta) meta() *Meta { return m }

// Records are everything that a reader found.
type Records struct {
	Stacks []Stack
	Reads  []Read
	// Ignored counts resources of harmless types.
	Ignored map[string]int
	Parts   []Record
}

// Add adds parts; nil is none.
func (r *Records) Add(parts ...Record) {
	for _, p := range parts {
		if v := reflect.ValueOf(p); p != nil && !(v.Kind() == reflect.Pointer && v.IsNil()) {
			r.Parts = append(r.Parts, p)
		}
	}
}

// UnknownPart is a part that this program does not understand, or a part of a known type with properties that nothing
// reads. A reader records it; the network lists it, so that a proof can say what it did not look at.
type UnknownPart struct {
	Meta
	// Properties that nothing reads, as paths such as "PortRange.From"; empty where the whole type is unknown.
	Properties []string
	// Touches are the ids of parts, account numbers aside, that its properties name, sorted.
	Touches []string
	// Opens says what way in or out of a network it makes. Default: that of its type, "" for one that nobody knows.
	Opens string
}

// NamedPart is a part of a harmless type whose name AWS takes once an account and region.
type NamedPart struct {
	Meta
	Name string
}

func (*NamedPart) stage() stage { return alone }

func (r *NamedPart) link(l *linker) { l.only(r, r.Type+" "+r.Name, r.Account, r.Region) }

// Undecided is what a template leaves to AWS: a condition, a macro, a nested stack, a custom resource. ID is the
// resource's it stands in; "" for a whole stack.
type Undecided struct {
	Meta
	// Path in the template, such as "Resources.Rule.Properties.CidrIp".
	Path string
	// Reason in one sentence.
	Reason string
	// Touches are the ids of parts that the resource, or the whole template, names, sorted.
	Touches []string
}

// Other is a part of a type without a record, with what it says of itself: the texts of its properties by their paths, such as
// "SubnetMappings.SubnetId". The proof judges such a part by its type alone.
type Other struct {
	Meta
	Says map[string][]string
}

func (*Other) stage() stage { return alone }

func (r *Other) link(l *linker) { l.Others = append(l.Others, r) }
