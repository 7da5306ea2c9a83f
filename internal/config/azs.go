package config

import (
	"fmt"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
)

// resolveAZs are the AZs that a file asks for in a region, by slot.
func resolveAZs(f *file.File, in *file.AZs, region string) []AZ {
	if len(in.Names) == 0 {
		return countedAZs(f, in, region)
	}
	var out []AZ
	for i, name := range in.Names {
		slot, code := file.AZSlot(name)
		az := AZ{Name: name, Slot: slot, ByID: code != ""}
		if slot < 0 || slices.Contains(out, az) || len(out) > 0 && out[0].ByID != az.ByID {
			continue // said by the file's own checks
		}
		if want := awsfacts.ZoneIDPrefix(region); az.ByID && want != "" && code != want {
			f.Errorf(file.Reference, &in.Names[i], fmt.Sprintf("AZ ids of %s begin with %s-", region, want), "zone %s is not in %s", name, region)
			continue
		}
		out = append(out, az)
	}
	sortAZs(out)
	return out
}

// countedAZs are the first letters of a region, as the account names its zones.
func countedAZs(f *file.File, in *file.AZs, region string) []AZ {
	count := in.Count
	if count == 0 {
		count = 3
	}
	letters := catalog.AZs(region)
	if letters == "" {
		letters = "abcdef" // not observed; a region's zones begin with a
	}
	if count > len(letters) {
		fix := fmt.Sprintf("write zones: %d, or name them", len(letters))
		if ids := awsfacts.ZoneIDs(region); ids != nil {
			fix += ": zones: [" + strings.Join(ids, ", ") + "]"
		}
		f.Errorf(file.Value, in, fix, "%s has %d zones as far as is known (%s), not %d", region, len(letters), spaced(letters), count)
		count = len(letters)
	}
	var out []AZ
	for _, l := range letters[:count] {
		out = append(out, AZ{Name: string(l), Slot: int(l - 'a')})
	}
	return out
}

// spaced is a list of AZ letters for people: "a, b".
func spaced(letters string) string { return strings.Join(strings.Split(letters, ""), ", ") }

func sortAZs(z []AZ) {
	slices.SortFunc(z, func(a, b AZ) int { return a.Slot - b.Slot })
}

func azNames(azs []AZ) string {
	names := make([]string, len(azs))
	for i, z := range azs {
		names[i] = z.Name
	}
	return strings.Join(names, ", ")
}

func slots(azs []AZ) []int {
	out := make([]int, len(azs))
	for i, z := range azs {
		out[i] = z.Slot
	}
	return out
}
