package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
)

// writeExplanation draws an explanation: the answer, where the names lead, and each way that differs from the others.
func writeExplanation(w io.Writer, x *prove.Explanation) {
	diag.Fprintf(w, "%s → %s: %s\n", x.From, x.To, answer(x))
	writeNames(w, x.Names)
	folded := fold(x.Paths)
	for _, f := range folded {
		writePath(w, f, x.Paths, len(folded) > 1)
	}
	for i, u := range x.Unknown {
		if i == 0 {
			diag.Fprintf(w, "  not known, and could change this\n")
		}
		diag.Fprintf(w, "    %s%s\n", u.What, parenthesis(u.Resource))
	}
}

// parenthesis is a resource behind a sentence.
func parenthesis(resource string) string {
	if resource == "" {
		return ""
	}
	return " (" + resource + ")"
}

var reaching = map[prove.Extent]string{
	prove.Fully: "reaches it", prove.Partly: "reaches it in part", prove.NotAtAll: "does not reach it",
	prove.NotKnown: "may reach it: what is not known decides",
}

// asking are the same of a name that other servers answer.
var asking = map[prove.Extent]string{
	prove.Fully: "is asked of the servers that answer it", prove.Partly: "is asked of the servers that answer it, and some are out of reach",
	prove.NotAtAll: "is asked of servers that are out of reach",
}

// answer is the explanation in one sentence.
func answer(x *prove.Explanation) string {
	wrong := 0
	for _, n := range x.Names {
		if n.Wrong != "" {
			wrong++
		}
	}
	arrives := slices.ContainsFunc(x.Paths, func(path prove.Path) bool { return path.Arrives })
	said := reaching[x.Reaches]
	switch {
	case len(x.Paths) == 0 && len(x.Names) == 1 && x.Names[0].LeadsTo == "":
		said = "leads to no endpoint"
	case x.Asked:
		said = asking[x.Reaches]
	case x.Reaches == prove.NotAtAll && arrives:
		said = "packets arrive and no answers come back"
	}
	if wrong > 0 {
		verb := "do"
		if wrong == 1 {
			verb = "does"
		}
		said += fmt.Sprintf(", but %d of %s %s not lead there", wrong, count(len(x.Names), "name"), verb)
	}
	switch {
	case x.AsConfigured == nil:
		return said
	case *x.AsConfigured:
		return fmt.Sprintf("%s, as configured (%s)", said, x.Because)
	case x.Reaches == x.Expected && wrong == 0 && len(x.Unknown) > 0:
		return fmt.Sprintf("%s, but something around it is not known (%s)", said, x.Because)
	}
	return fmt.Sprintf("%s, which is not as configured (%s)", said, x.Because)
}

func writeNames(w io.Writer, names []prove.NameAnswer) {
	if len(names) == 0 {
		return
	}
	var rows []prove.Hop
	width := widest(names, func(n prove.NameAnswer) string { return n.Name })
	for _, n := range names {
		rows = append(rows, prove.Hop{What: pad(n.Name, width) + "  " + leads(n), Resource: n.Resource})
	}
	diag.Fprintf(w, "  names\n")
	writeHops(w, rows, "")
}

// leads says where a name leads.
func leads(n prove.NameAnswer) string {
	switch {
	case n.LeadsTo == "":
		return n.By
	case n.Wrong == "":
		return "by " + n.By
	}
	return n.Wrong + ", by " + n.By
}

// writeHops prints hops with their resources in a column.
func writeHops(w io.Writer, hops []prove.Hop, arrow string) {
	width := widest(hops, func(h prove.Hop) string { return h.What })
	for _, h := range hops {
		diag.Fprintf(w, "    %s%s\n", arrow, strings.TrimRight(pad(h.What, width)+"  "+h.Resource, " "))
	}
}

func widest[T any](list []T, text func(T) string) int {
	width := 0
	for _, item := range list {
		width = max(width, utf8.RuneCountInString(diag.Plain(text(item))))
	}
	return width
}

// pad fills a text that is printed plain up to a width.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(diag.Plain(s))))
}

func writePath(w io.Writer, f []prove.Path, all []prove.Path, several bool) {
	path := f[0]
	if label := covers(f, all, several); label != "" {
		diag.Fprintf(w, "  %s\n", label)
	}
	width := widest(slices.Concat(path.There, path.Back), func(h prove.Hop) string { return h.What })
	arrow := "  "
	write := func(title string, hops []prove.Hop) {
		diag.Fprintf(w, "  %s\n", title)
		for _, h := range hops {
			diag.Fprintf(w, "    %s%s  %s\n", arrow, pad(h.What, width), h.Resource)
			arrow = "→ "
		}
	}
	write("there", path.There)
	if path.Arrives && len(path.To.Resource) > 0 {
		write("back", path.Back)
	}
	if path.Stopped != nil {
		diag.Fprintf(w, "    ✗ stops: %s%s\n", path.Stopped.What, parenthesis(path.Stopped.Resource))
	}
}

// fold puts ways together that differ only in the names, ranges and availability zones of their ends. The first of each is
// the one to draw: within one availability zone, where there is one.
func fold(paths []prove.Path) [][]prove.Path {
	ordered := slices.Clone(paths)
	slices.SortStableFunc(ordered, func(a, b prove.Path) int {
		return cmp.Compare(crossing(a), crossing(b))
	})
	var out [][]prove.Path
	at := map[string]int{}
	for _, path := range ordered {
		key := form(path)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], path)
	}
	return out
}

func crossing(path prove.Path) int {
	if path.From.AvailabilityZone == path.To.AvailabilityZone {
		return 0
	}
	return 1
}

// form is what equal ways have in common.
func form(path prove.Path) string {
	var b strings.Builder
	for _, h := range path.There {
		b.WriteString(blank(h.What, path) + "\n")
	}
	for _, h := range path.Back {
		b.WriteString(blank(h.What, path) + "\n")
	}
	if path.Stopped != nil {
		fmt.Fprintf(&b, "stops %v: %s", path.Answered, blank(path.Stopped.What, path))
	}
	return b.String()
}

// blank takes out of a text what names the ends: subnets, availability zones and ranges within theirs.
func blank(text string, path prove.Path) string {
	var ends []netip.Prefix
	for _, s := range []prove.Stop{path.From, path.To} {
		if c, err := netip.ParsePrefix(s.CIDR); err == nil {
			ends = append(ends, c)
		}
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		bare := strings.TrimRight(word, ",:;")
		end := func(s prove.Stop) bool { return bare != "" && (bare == s.Subnet || bare == s.AvailabilityZone) }
		c, err := netip.ParsePrefix(bare)
		within := err == nil && slices.ContainsFunc(ends, func(e netip.Prefix) bool { return e.Bits() <= c.Bits() && e.Contains(c.Addr()) })
		if within || end(path.From) || end(path.To) {
			words[i] = "·" + word[len(bare):]
		}
	}
	return strings.Join(words, " ")
}

// covers says which subnets a way stands for: by their availability zones where all subnets there are alike.
func covers(f, all []prove.Path, several bool) string {
	if len(all) < 2 {
		return ""
	}
	from := ends(f, all, func(path prove.Path) prove.Stop { return path.From })
	to := ends(f, all, func(path prove.Path) prove.Stop { return path.To })
	switch {
	case several && to == "":
		return "from " + from
	case several:
		return fmt.Sprintf("from %s to %s", from, to)
	case to == "":
		return fmt.Sprintf("in %s alike; this is %s", from, zoneOf(f[0].From))
	case from == to:
		return fmt.Sprintf("in %s and between them alike; this is %s", from, zoneOf(f[0].From))
	}
	return fmt.Sprintf("from %s to %s alike; this is from %s to %s", from, to, zoneOf(f[0].From), zoneOf(f[0].To))
}

// zoneOf is the availability zone of an end, or what it is called where it is in none.
func zoneOf(s prove.Stop) string { return cmp.Or(s.AvailabilityZone, s.Subnet) }

// ends are the availability zones of one end, or where only some of their subnets are alike, those subnets.
func ends(f, all []prove.Path, of func(prove.Path) prove.Stop) string {
	members, zones, whole := map[string]bool{}, map[string]bool{}, true
	for _, path := range f {
		if of(path).Resource == "" {
			return ""
		}
		members[of(path).Resource] = true
		zones[zoneOf(of(path))] = true
	}
	names := map[string]bool{}
	for _, path := range all {
		s := of(path)
		if members[s.Resource] {
			names[s.Subnet] = true
		} else if zones[zoneOf(s)] {
			whole = false
		}
	}
	if whole {
		return listed(zones, "")
	}
	return listed(names, plural(len(names), "subnet")+" ")
}

// mostEnds are named before the others are counted.
const mostEnds = 6

func listed(set map[string]bool, noun string) string {
	var names []string
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	if n := len(names) - mostEnds; n > 1 {
		return fmt.Sprintf("%s%s and %d more (--json names all)", noun, strings.Join(names[:mostEnds], ", "), n)
	}
	return noun + strings.Join(names, ", ")
}
