package cost

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"sharedhub/internal/diag"
)

// Dollars is an amount in words, with thousands set apart.
func Dollars(usd float64) string {
	sign := ""
	if usd < 0 {
		sign, usd = "-", -usd
	}
	whole, part, _ := strings.Cut(strconv.FormatFloat(usd, 'f', 2, 64), ".")
	return sign + "$" + thousands(whole) + "." + part
}

// number is a number in words, without needless zeros.
func number(n float64) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(n, 'f', -1, 64), ".")
	if part != "" {
		return thousands(whole) + "." + part
	}
	return thousands(whole)
}

func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func spokes(n int) string {
	if n == 1 {
		return "1 spoke"
	}
	return strconv.Itoa(n) + " spokes"
}

func (i Item) amount() string {
	if i.Monthly == nil {
		return "unknown"
	}
	return Dollars(*i.Monthly)
}

// of is the quantity in words: "57 × endpoint in a zone".
func (i Item) of() string { return number(i.Quantity) + " × " + i.Unit }

// group is spokes of a segment that cost the same.
type group struct {
	names   []string
	segment string
	each    float64
	// lacks is true where something of it has no known price.
	lacks bool
}

// Text is the group in words: its spokes by name while they are few.
func (g group) String() string {
	if len(g.names) <= 3 {
		return strings.Join(g.names, ", ")
	}
	return fmt.Sprintf("%s of segment %s", spokes(len(g.names)), g.segment)
}

// amount is a sum in words: without what has no known price, where there is such.
func (g group) amount(sum float64) string {
	switch {
	case g.lacks && sum == 0:
		return "unknown"
	case g.lacks:
		return Dollars(sum) + " and unknown"
	}
	return Dollars(sum)
}

func (g group) total() float64 { return cents(g.each * float64(len(g.names))) }

// grouped are a hub's spokes, those of a segment and of one cost together.
func (h *Hub) grouped() (out []group) {
	at := map[string]int{}
	for _, s := range h.Spokes {
		lacks := slices.ContainsFunc(s.Items, func(i Item) bool { return i.Monthly == nil })
		key := fmt.Sprintf("%s %.2f %t", s.Segment, s.Monthly, lacks)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, group{segment: s.Segment, each: s.Monthly, lacks: lacks})
		}
		out[i].names = append(out[i].names, s.Name)
	}
	return out
}

// WriteText prints a report for people.
func (r *Report) WriteText(w io.Writer) {
	for i, h := range r.Hubs {
		if i > 0 {
			diag.Fprintf(w, "\n")
		}
		h.writeText(w)
	}
	diag.Fprintf(w, "\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, a := range r.Accounts {
		diag.Fprintf(t, "account %s\t%s\t\n", a.Account, Dollars(a.Monthly))
	}
	diag.Fprintf(t, "a month\t%s\t\n", Dollars(r.Monthly))
	_ = t.Flush()
	diag.Fprintf(w, "not counted: %s\n", strings.Join(r.NotCounted, "; "))
	diag.Fprintf(w, "%s\n", r.age())
}

// age says of which days the prices are.
func (r *Report) age() string {
	oldest, newest, undated := "", "", 0
	for _, s := range r.Sources {
		switch {
		case s.Date == "":
			undated++
			continue
		case oldest == "":
			oldest = s.Date
		}
		newest = s.Date
	}
	out := "prices of " + oldest
	if newest != oldest {
		out += " to " + newest
	}
	if oldest == "" {
		out = "prices without a date"
	} else if undated > 0 {
		out += ", some without a date"
	}
	return out + "; --json names their sources, and " + diag.Program() + " cost refresh asks AWS"
}

func (h *Hub) writeText(w io.Writer) {
	diag.Fprintf(w, "%s, %s: %s a month\n", h.Name, h.Region, Dollars(h.Monthly))
	if len(h.Unknown) > 0 {
		diag.Fprintf(w, "  the sums lack what has no known price in %s: %s; give it with --prices FILE, or run cost refresh\n",
			h.Region, list(h.Unknown))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, i := range h.Items {
		diag.Fprintf(t, "  %s\t%s\t%s\t%12s\n", i.Text, i.of(), i.Account, i.amount())
	}
	for _, g := range h.grouped() {
		each := ""
		if len(g.names) > 1 {
			each = fmt.Sprintf("%d × %s", len(g.names), g.amount(g.each))
		}
		diag.Fprintf(t, "  %s\t%s\tsegment %s\t%12s\n", g, each, g.segment, g.amount(g.total()))
	}
	_ = t.Flush()
	if len(h.Alternatives) > 0 {
		diag.Fprintf(w, "  the same workload otherwise\n")
	}
	for _, a := range h.Alternatives {
		diag.Fprintf(w, "    %s: %s; %s\n", a.Text, a.price(), a.Verdict())
	}
	if n := h.Names; n != nil {
		diag.Fprintf(w, "  names: %s\n", n)
	}
}

// price is what the alternative costs a month, in words.
func (a *Alternative) price() string {
	if a.Monthly == nil {
		return "unknown"
	}
	return Dollars(*a.Monthly)
}

// String compares the two ways to share names.
func (n *Names) String() string {
	out := fmt.Sprintf("dns.sharing zones costs %s, profile %s; %s is cheaper", Dollars(n.Zones), Dollars(n.Profile), n.Cheaper)
	if n.Cheaper == "zones" && n.Accounts > 0 {
		out += fmt.Sprintf(", up to %d accounts with these zones", n.Accounts-1)
	}
	return out
}

// WriteMarkdown prints a report for a pull request or a page.
func (r *Report) WriteMarkdown(w io.Writer) {
	for _, h := range r.Hubs {
		diag.Fprintf(w, "### %s, %s: %s a month\n\n", h.Name, h.Region, Dollars(h.Monthly))
		if len(h.Unknown) > 0 {
			diag.Fprintf(w, "The sums lack what has no known price in %s: %s.\n\n", h.Region, list(h.Unknown))
		}
		diag.Fprintf(w, "| item | quantity | account | a month |\n| --- | --- | --- | ---: |\n")
		for _, i := range h.Items {
			diag.Fprintf(w, "| %s | %s | %s | %s |\n", i.Text, i.of(), i.Account, i.amount())
		}
		for _, g := range h.grouped() {
			diag.Fprintf(w, "| %s | %d × %s | segment %s | %s |\n", g, len(g.names), g.amount(g.each), g.segment, g.amount(g.total()))
		}
		if len(h.Alternatives) > 0 {
			diag.Fprintf(w, "\n| the same workload otherwise | a month | |\n| --- | ---: | --- |\n")
		}
		for _, a := range h.Alternatives {
			diag.Fprintf(w, "| %s | %s | %s |\n", a.Text, a.price(), a.Verdict())
		}
		if n := h.Names; n != nil {
			diag.Fprintf(w, "\nNames: %s.\n", n)
		}
		diag.Fprintf(w, "\n")
	}
	diag.Fprintf(w, "**%s a month.** Not counted: %s. %s.\n", Dollars(r.Monthly), strings.Join(r.NotCounted, "; "), r.age())
}
