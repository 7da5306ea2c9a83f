package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"sharedhub/constructs/addressing"
	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
)

// AZSpec is a number of availability zones, or their names.
type AZSpec struct {
	Count int
	Names []string
}

func (z *AZSpec) decode(d *decoder, n *yaml.Node, path string) {
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int":
		z.Count, _ = strconv.Atoi(n.Value)
		if z.Count < 1 || z.Count > addressing.Slots {
			d.errorf(path, fmt.Sprintf("write a number from 1 to %d, letters [a, b], or zone ids [use1-az1, use1-az2]", addressing.Slots), "%s zones are not possible", n.Value)
		}
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		for i, c := range n.Content {
			p := fmt.Sprintf("%s[%d]", path, i)
			d.at[p] = placeOf(c)
			if s, ok := d.text(c, p); ok {
				z.Names = append(z.Names, s)
			}
		}
	default:
		d.errorf(path, "write a number (3), letters [a, b], or zone ids [use1-az1, use1-az2]", "%s is not zones", describe(n))
	}
}

var (
	azLetter = regexp.MustCompile(`^[a-f]$`)
	azID     = regexp.MustCompile(`^([a-z]+[0-9])-az([1-6])$`)
)

// resolve makes AZs of an AZSpec in a region; mistakes go to the file at path.
func (z AZSpec) resolve(f *File, path, region string) []AZ {
	if len(z.Names) == 0 {
		return countedAZs(f, path, region, z.Count)
	}
	var out []AZ
	for i, name := range z.Names {
		p := fmt.Sprintf("%s[%d]", path, i)
		zone := AZ{Name: name}
		if m := azID.FindStringSubmatch(name); m != nil {
			zone.ByID, zone.Slot = true, int(m[2][0]-'1')
			if want := awsfacts.ZoneIDPrefix(region); want != "" && m[1] != want {
				f.errorf(p, fmt.Sprintf("zone ids of %s begin with %s-", region, want), "zone %s is not in %s", name, region)
				continue
			}
		} else if azLetter.MatchString(name) {
			zone.Slot = int(name[0] - 'a')
		} else {
			f.errorf(p, "write a letter from a to f, or a zone id such as "+cmp.Or(awsfacts.ZoneIDPrefix(region), "use1")+"-az1", "%q is not a zone", name)
			continue
		}
		switch {
		case len(out) > 0 && out[0].ByID != zone.ByID:
			f.errorf(p, "use letters or zone ids, not both: which letter is which id differs between accounts", "zone %s is named differently from %s", name, out[0].Name)
		case slices.Contains(out, zone):
			f.errorf(p, "", "zone %s is given twice", name)
		default:
			out = append(out, zone)
		}
	}
	sortAZs(out)
	return out
}

func countedAZs(f *File, path, region string, count int) []AZ {
	if count == 0 {
		count = 3
	}
	letters := catalog.AZs(region)
	if letters == "" {
		letters = "abcdef" // nobody looked; a region's zones begin with a
	}
	if count > len(letters) {
		f.errorf(path, fmt.Sprintf("write zones: %d, or name them", len(letters)), "%s has %d zones as far as is known (%s), not %d",
			region, len(letters), strings.Join(strings.Split(letters, ""), ", "), count)
		count = len(letters)
	}
	var out []AZ
	for _, l := range letters[:count] {
		out = append(out, AZ{Name: string(l), Slot: int(l - 'a')})
	}
	return out
}

func sortAZs(z []AZ) {
	slices.SortFunc(z, func(a, b AZ) int { return a.Slot - b.Slot })
}
