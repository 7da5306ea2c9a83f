package file

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/awsfacts"
)

// AZs are a number of availability zones, or their names.
type AZs struct {
	Count int
	Names []string
}

func (z *AZs) decode(d *decoder, n *yaml.Node) {
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int":
		z.Count, _ = strconv.Atoi(n.Value)
		if z.Count < 1 || z.Count > addressing.Slots {
			d.wrong(n, fmt.Sprintf("write a number from 1 to %d, AZ ids [use1-az1, use1-az2], or letters [a, b]", addressing.Slots),
				"%s zones are not possible", n.Value)
			z.Count = max(z.Count, 0) // what reads on takes the default
		}
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		if !d.few(n, "zones", addressing.Slots) {
			return
		}
		z.Names = make([]string, len(n.Content))
		for i, c := range n.Content {
			if c.ShortTag() == "!!int" {
				d.wrong(c, "write zones: 3 for a number of them, or AZ ids: zones: [use1-az1, use1-az2]",
					"%s is a number; zone names are text", c.Value)
				continue
			}
			d.places[&z.Names[i]] = placeOf(c)
			z.Names[i], _ = d.text(c)
		}
	default:
		d.wrong(n, "write a number (3), AZ ids [use1-az1, use1-az2], or letters [a, b]",
			"zones must be a number or a list, found %s", describe(n))
	}
}

var (
	azLetter = lazy(`^[a-f]$`)
	azID     = lazy(`^([a-z]+[0-9])-az([1-6])$`)
)

// AZSlot is an AZ's place in every plan: 0 for the letter a and for an id that ends in az1; -1 for what names no AZ. The code
// is what an id says of its region: "use1". Where few accounts have one of a region's zones, that is the last, so that the zones
// which accounts do have lie side by side. A slot never changes: subnets would move.
func AZSlot(name string) (slot int, code string) {
	if azLetter.MatchString(name) {
		return int(name[0] - 'a'), ""
	}
	m := azID.FindStringSubmatch(name)
	if m == nil {
		return -1, ""
	}
	n, late := int(m[2][0]-'0'), awsfacts.LateZone[m[1]]
	switch {
	case n == late:
		return addressing.Slots - 1, m[1]
	case late > 0 && n > late:
		n--
	}
	return n - 1, m[1]
}

var azName = lazy(`^[a-z]{2,4}(?:-[a-z]+)+-[0-9]+([a-f])$`)

// AZMeant is what to write for a zone that is named in AWS's words, us-east-1a, or in capitals; "" for what is no zone.
func AZMeant(name string) string {
	lower := strings.ToLower(name)
	if m := azName.FindStringSubmatch(lower); m != nil {
		return m[1]
	}
	if slot, _ := AZSlot(lower); slot >= 0 && lower != name {
		return lower
	}
	return ""
}

func (z *AZs) check(f *File) {
	first := ""
	for i, name := range z.Names {
		slot, code := AZSlot(name)
		_, firstCode := AZSlot(first)
		switch {
		case slot < 0:
			fix := "write an AZ id such as use1-az1, or a letter from a to f"
			if meant := AZMeant(name); meant != "" {
				fix = "write " + meant
			}
			f.Errorf(Value, &z.Names[i], fix, "%q is not an availability zone", name)
			continue
		case first != "" && (firstCode == "") != (code == ""):
			f.Errorf(Value, &z.Names[i], "use AZ ids or letters, not both: which letter is which id differs between accounts",
				"zone %s is named differently from %s", name, first)
			continue
		case slices.Contains(z.Names[:i], name):
			f.Errorf(Value, &z.Names[i], "keep one of them", "zone %s is given twice", name)
		}
		if first == "" {
			first = name
		}
	}
}
