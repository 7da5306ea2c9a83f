package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sharedhub/internal/prove"
)

// way is a path from one subnet to another, stopped by a text or not.
func way(from, fromZone, to, toZone, stop string) prove.Path {
	cidr := map[string]string{"a": "10.1.0.0/24", "b": "10.1.1.0/24", "c": "10.1.2.0/24", "x": "10.2.0.0/24", "y": "10.2.1.0/24"}
	p := prove.Path{
		From:  prove.Stop{Subnet: from, CIDR: cidr[from], AvailabilityZone: fromZone, Resource: "s/" + from},
		To:    prove.Stop{Subnet: to, CIDR: cidr[to], AvailabilityZone: toZone, Resource: "s/" + to},
		There: []prove.Hop{{What: fmt.Sprintf("subnet %s, %s, %s", from, cidr[from], fromZone), Resource: "s/" + from}},
	}
	if stop != "" {
		p.Stopped = &prove.Hop{What: stop, Resource: "s/r"}
		return p
	}
	p.There = append(p.There, prove.Hop{What: fmt.Sprintf("table of %s sends %s on", from, cidr[to]), Resource: "s/t" + from})
	p.Arrives, p.Answered = true, true
	p.Back = []prove.Hop{{What: "back to " + cidr[from], Resource: "s/back"}}
	return p
}

// Ways are drawn once where they differ in their ends alone, and what is drawn says for whom it stands.
func TestFold(t *testing.T) {
	for _, c := range []struct {
		name  string
		paths []prove.Path
		want  []string // of each drawing, its label
	}{
		{"alike", []prove.Path{way("a", "z1", "x", "z1", ""), way("b", "z2", "x", "z1", "")},
			[]string{"from z1, z2 to z1 alike; this is from z1 to z1"}},
		{"alike everywhere", []prove.Path{way("a", "z1", "y", "z2", ""), way("a", "z1", "x", "z1", ""), way("b", "z2", "x", "z1", ""),
			way("b", "z2", "y", "z2", "")}, []string{"in z1, z2 and between them alike; this is z1"}},
		{"one way", []prove.Path{way("a", "z1", "x", "z1", "")}, []string{""}},
		{"another reason in one zone", []prove.Path{way("a", "z1", "x", "z1", ""), way("b", "z2", "x", "z1", "no route to 10.2.0.0/25")},
			[]string{"from z1 to z1", "from z2 to z1"}},
		{"another reason in one subnet of a zone", []prove.Path{way("a", "z1", "x", "z1", ""), way("b", "z1", "x", "z1", "dropped"),
			way("c", "z2", "x", "z1", "")}, []string{"from subnets a, c to z1", "from subnet b to z1"}},
		{"a range outside both ends", []prove.Path{way("a", "z1", "x", "z1", "no route to 10.9.0.0/24"),
			way("b", "z2", "x", "z1", "no route to 10.9.1.0/24")}, []string{"from z1 to z1", "from z2 to z1"}},
	} {
		var got []string
		n := 0
		folded := fold(c.paths)
		for _, f := range folded {
			got = append(got, covers(f, c.paths, len(folded) > 1))
			n += len(f)
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") || n != len(c.paths) {
			t.Errorf("%s: expected %q, found %q of %d paths", c.name, c.want, got, n)
		}
	}
}

// The answer says how much of the way there is, and every name that leads elsewhere.
func TestAnswer(t *testing.T) {
	yes, no := true, false
	elsewhere := []prove.NameAnswer{{Name: "sts", LeadsTo: "sts", By: "hosted zone sts"}, {Name: "kms", By: "a rule", Wrong: "a rule"}}
	arrived := way("a", "z1", "x", "z1", "")
	for _, c := range []struct {
		x    prove.Explanation
		want string
	}{
		{prove.Explanation{Reaches: prove.Fully}, "reaches it"},
		{prove.Explanation{Reaches: prove.Partly, Expected: prove.Fully, AsConfigured: &no, Because: "w"},
			"reaches it in part, which is not as configured (w)"},
		{prove.Explanation{Reaches: prove.NotAtAll, Expected: prove.NotAtAll, AsConfigured: &yes, Because: "w"},
			"does not reach it, as configured (w)"},
		{prove.Explanation{Reaches: prove.NotAtAll, Expected: prove.NotAtAll, AsConfigured: &no, Because: "w", Paths: []prove.Path{arrived}},
			"packets arrive and no answers come back, which is not as configured (w)"},
		{prove.Explanation{Reaches: prove.Fully, Expected: prove.Fully, AsConfigured: &no, Because: "w", Names: elsewhere},
			"reaches it, but 1 of 2 names does not lead there, which is not as configured (w)"},
		{prove.Explanation{Reaches: prove.Fully, Expected: prove.Fully, AsConfigured: &no, Because: "w", Unknown: []prove.Hop{{What: "u"}}},
			"reaches it, but something around it is not known (w)"},
	} {
		if got := answer(&c.x); got != c.want {
			t.Errorf("expected %q, found %q", c.want, got)
		}
	}
}

// What stands in a template's names is text, within its line.
func TestExplanationIsText(t *testing.T) {
	evil := "x\n::error::pwned\x1b[2J"
	hop := prove.Hop{What: evil, Resource: evil}
	x := &prove.Explanation{From: evil, To: evil, Names: []prove.NameAnswer{{Name: evil, By: evil, Resource: evil}}, Unknown: []prove.Hop{hop},
		Paths: []prove.Path{{From: prove.Stop{Subnet: evil, AvailabilityZone: evil, Resource: evil}, There: []prove.Hop{hop}, Stopped: &hop}}}
	var b bytes.Buffer
	writeExplanation(&b, x)
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.ContainsAny(line, "\x1b") {
			t.Errorf("not harmless: %q", line)
		}
	}
	if strings.Count(b.String(), "\n") != 8 {
		t.Errorf("expected 8 lines, found\n%s", b.String())
	}
}
