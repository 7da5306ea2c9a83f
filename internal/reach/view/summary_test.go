package view

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/reach"
)

// network is a random result of a few kinds of VPCs, with details that name the VPCs themselves.
func network(r *rand.Rand) *reach.Result {
	n, kinds := 1+r.IntN(9), 1+r.IntN(3)
	out := &reach.Result{VPCs: make([]reach.VPC, n)}
	kind := make([]int, n)
	between := map[[2]int]int{}
	for i := range n {
		kind[i] = r.IntN(kinds)
		v := &out.VPCs[i]
		v.Name, v.Account, v.CIDRs = fmt.Sprintf("v%d", i), fmt.Sprintf("%012d", i), []string{fmt.Sprintf("10.%d.0.0/16", i)}
		v.Resource = fmt.Sprintf("s%d/Vpc", i)
		for k := range kind[i] {
			v.Names = append(v.Names, fmt.Sprintf("n%d.example", k))
		}
		if kind[i] == 1 {
			v.Internet = []string{fmt.Sprintf("0.0.0.0/0 by nat gateway s%d/Nat (s%d/Route)", i, i)}
		}
	}
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			key := [2]int{kind[i], kind[j]}
			if _, ok := between[key]; !ok {
				between[key] = r.IntN(5)
			}
			what := between[key]
			if r.IntN(12) == 0 {
				what = r.IntN(5)
			}
			v := &out.VPCs[i]
			to := out.VPCs[j].Name
			switch what {
			case 1:
				v.Reaches, v.Answers = append(v.Reaches, to), append(v.Answers, reach.Answer{To: to, Verdict: reach.Yes})
			case 2:
				v.Reaches, v.Answers = append(v.Reaches, to), append(v.Answers, reach.Answer{To: to, Verdict: reach.Yes, Ports: []string{"tcp 443"}})
			case 3:
				v.Reaches, v.Answers = append(v.Reaches, to), append(v.Answers, reach.Answer{To: to, Verdict: reach.Yes,
					Partly: []string{fmt.Sprintf("not to 10.%d.1.0/24 in z", j)}})
			case 4:
				v.Undecided, v.Answers = append(v.Undecided, to), append(v.Answers, reach.Answer{To: to, Verdict: reach.Undecided,
					Reasons: []string{fmt.Sprintf("account %012d decides", j)}})
			}
		}
	}
	return out
}

func everybody(n int) Asked {
	all := slices.Repeat([]bool{true}, n)
	return Asked{all, all}
}

// what is an answer without the names of its ends; "" for no.
func what(r *reach.Result, i, j int) string {
	for _, a := range r.VPCs[i].Answers {
		if a.To == r.VPCs[j].Name {
			blank := blanker(r.VPCs[i], r.VPCs[j])
			return fmt.Sprint(a.Verdict, a.Ports, blank(a.Partly), blank(a.Reasons))
		}
	}
	return ""
}

// The groups expand to exactly the full answer: every pair of every VPC, what it resolves, and its ways to the internet.
func TestGroupsExpandToTheFullAnswer(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	grouped := 0
	for range 1500 {
		r := network(rnd)
		n := len(r.VPCs)
		asked := everybody(n)
		if rnd.IntN(3) == 0 { // some are asked for only
			asked = Asked{make([]bool, n), make([]bool, n)}
			for i := range n {
				asked.From[i], asked.To[i] = rnd.IntN(2) == 0, rnd.IntN(2) == 0
			}
		}
		s := Summarise(r, asked, make([]map[string]string, n))
		between := map[[2]string]reach.Answer{}
		for _, b := range s.Between {
			between[[2]string{b.From, b.To}] = b.Answer
		}
		for _, g := range s.Groups {
			grouped += len(g.VPCs) - 1
			for k, i := range g.members {
				v, first := r.VPCs[i], r.VPCs[g.members[0]]
				same := slices.Equal(v.Names, first.Names) && len(v.Internet) == len(first.Internet)
				if v.Name != g.VPCs[k] || asked.From[i] && !same {
					t.Fatalf("%s is in a group with %s: %v", v.Name, first.Name, r)
				}
				if asked.From[i] != asked.From[g.members[0]] || asked.To[i] != asked.To[g.members[0]] {
					t.Fatalf("%s is asked for otherwise than %s", v.Name, first.Name)
				}
			}
			for _, h := range s.Groups {
				for _, i := range g.members {
					for _, j := range h.members {
						if i == j || !asked.From[i] || !asked.To[j] {
							continue
						}
						got, full := between[[2]string{g.ID, h.ID}], what(r, i, j)
						if (full == "") != (got.Verdict == "") || full != "" && !strings.HasPrefix(full, fmt.Sprint(got.Verdict, got.Ports)) {
							t.Fatalf("groups say %v of v%d and v%d, expected %q", got, i, j, full)
						}
						a, b := g.members[0], h.members[len(h.members)-1]
						if g.ID == h.ID && a == b {
							continue
						}
						if other := what(r, a, b); other != full {
							t.Fatalf("one cell has %q and %q", other, full)
						}
					}
				}
			}
		}
		var b bytes.Buffer
		s.Write(&b, nil, true)
		s.WriteFull(&b, nil)
	}
	if grouped < 500 {
		t.Errorf("expected many groups of several, found %d VPCs grouped", grouped)
	}
}

// What is left out is counted, with the flag that prints it.
func TestNothingIsLeftOutSilently(t *testing.T) {
	const n = 120
	r := &reach.Result{VPCs: make([]reach.VPC, n)}
	for i := range n { // a chain: no two VPCs have equal answers
		v := &r.VPCs[i]
		v.Name = fmt.Sprintf("v%03d", i)
		v.Internet = []string{fmt.Sprintf("10.%d.0.0/16 by a", i)}
		v.Closed = []string{fmt.Sprintf("c%d: reason", i)}
		if i > 0 {
			v.Answers = []reach.Answer{{To: r.VPCs[i-1].Name, Verdict: reach.Undecided, Reasons: []string{fmt.Sprint("why ", i)}}}
		}
	}
	parts := slices.Repeat([]reach.Part{{Resource: "s/P", Type: "T", Why: "nobody knows", Could: []string{"v001"}}}, 30)
	var short, full bytes.Buffer
	s := Summarise(r, everybody(n), make([]map[string]string, n))
	s.Write(&short, parts, false)
	s.WriteFull(&full, parts)
	if lines := strings.Count(short.String(), "\n"); lines > 200 {
		t.Errorf("expected a few screens, found %d lines", lines)
	}
	for _, want := range []string{"120 VPCs in 120 groups", "… and 80 more; --full prints every VPC", "… and 99 more; --full prints all",
		"… and 100 more; --names prints all", "… and 10 more; --json has all"} {
		if !strings.Contains(short.String(), want) {
			t.Errorf("expected %q in\n%s", want, short.String())
		}
	}
	for i := 1; i < n; i++ {
		if !strings.Contains(full.String(), fmt.Sprintf("v%03d (why %d)", i-1, i)) {
			t.Errorf("--full lacks the answer of v%03d", i)
		}
	}
	if strings.Contains(full.String(), "more;") {
		t.Errorf("--full leaves out something")
	}
}

func TestSelect(t *testing.T) {
	vpcs := []Known{
		{[]string{"use1", "use1-network/Vpc"}, map[string]string{"hub": "use1"}},
		{[]string{"payments-prod", "use1-spoke-payments-prod/Vpc", "vpc-1"}, map[string]string{"hub": "use1", "segment": "prod"}},
		{[]string{"orders-dev", "euw1-spoke-orders-dev/Vpc"}, map[string]string{"hub": "euw1", "segment": "dev"}},
	}
	for _, c := range []struct {
		patterns []string
		hub      string
		want     string
	}{
		{nil, "", "[true true true]"},
		{nil, "use1", "[true true false]"},
		{[]string{"*-prod", "orders-dev"}, "", "[false true true]"},
		{[]string{"segment=*"}, "use1", "[false true false]"},
		{[]string{"vpc-?"}, "", "[false true false]"},
		{[]string{"use1-network/*"}, "", "[true false false]"},
		{[]string{"payment-prod"}, "", `--from: no VPC is called "payment-prod", by name, id, spoke or tag; did you mean payments-prod?`},
		{[]string{"x.y[z"}, "", `--from: no VPC is called "x.y[z", by name, id, spoke or tag; there are orders-dev, payments-prod, use1`},
		{nil, "use2", `no VPC is of hub "use2"; did you mean use1?`},
		{[]string{"orders-dev"}, "use1", `no VPC is of hub "use1" and named by --from; the hubs are euw1, use1`},
	} {
		got, err := Select(vpcs, "--from", c.patterns, c.hub)
		text := fmt.Sprint(got)
		if err != nil {
			text = err.Error()
		}
		if text != c.want {
			t.Errorf("%q of %q: expected %s, found %s", c.patterns, c.hub, c.want, text)
		}
	}
}

func TestFoldNames(t *testing.T) {
	got := fold([]string{"ssm.us-east-1.amazonaws.com, ssm.us-east-1.api.aws", "*.s3.us-east-1.amazonaws.com", "kms.us-east-1.amazonaws.com",
		"a.corp.example", "b.corp.example", "plain"})
	want := []string{"plain", "{a, b}.corp.example", "{*.s3, kms, ssm}.us-east-1.amazonaws.com", "ssm.us-east-1.api.aws"}
	if !slices.Equal(got, want) {
		t.Errorf("expected %q, found %q", want, got)
	}
}
