package view

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sharedhub/internal/reach"
)

// Summary is a result by groups of VPCs with equal answers.
type Summary struct {
	Groups []Group `json:"groups"`
	// Between is what each group's VPCs get of another's, and of each other's where it has several; what is in no entry is "no".
	Between []Between `json:"between"`

	vpcs   []reach.VPC
	all    []reach.Service
	asked  Asked
	of     []int   // the group of each VPC; -1 for one that nobody asked about
	label  [][]int // what each group gets of another
	labels []detail
	shared []map[string]bool // the tags that all VPCs of a group have, but not all VPCs there are
	own    []int             // what else each group has, as a number that equal groups share
}

// Group is VPCs with equal answers.
type Group struct {
	ID string `json:"id"`
	// Tag is one that all of its VPCs have and no other, such as "segment=prod"; "" where there is none.
	Tag  string   `json:"tag"`
	VPCs []string `json:"vpcs"`

	members []int
}

// Between is the answer that all pairs of VPCs of two groups have. Its details are those of one pair.
type Between struct {
	From string `json:"from"`
	reach.Answer
}

// Asked says which VPCs are asked for, by their place in the result: as senders, and as receivers.
type Asked struct{ From, To []bool }

// detail is an answer that is more than yes or no.
type detail struct {
	reach.Answer
	from int
}

// Labels of plain answers; others follow.
const (
	notAsked = iota
	no
	yes
	firstDetail
)

// Summarise groups a result's VPCs. Tags are those of each VPC.
func Summarise(r *reach.Result, asked Asked, tags []map[string]string) *Summary {
	s := &Summary{vpcs: r.VPCs, all: r.Services, asked: asked, of: make([]int, len(r.VPCs)), labels: make([]detail, firstDetail)}
	var in []int // those that are asked for
	for i := range r.VPCs {
		s.of[i] = -1
		if asked.From[i] || asked.To[i] {
			in = append(in, i)
		}
	}
	answers := s.answers(in)
	own, owns := make([]int, len(in)), map[string]int{}
	for k, i := range in {
		key := s.ownKey(i)
		if _, ok := owns[key]; !ok {
			owns[key] = len(owns)
		}
		own[k] = owns[key]
	}
	list := classes(len(in), own, answers)
	for g, members := range list {
		group := Group{ID: letters(g), members: members}
		s.own = append(s.own, own[members[0]])
		for k, m := range members {
			group.members[k] = in[m]
			group.VPCs = append(group.VPCs, r.VPCs[in[m]].Name)
			s.of[in[m]] = g
		}
		s.Groups = append(s.Groups, group)
	}
	place := map[int]int{}
	for k, i := range in {
		place[i] = k
	}
	s.between(place, answers)
	s.tag(tags)
	return s
}

// Asked is the part of a result that is asked for: its VPCs, and what they get of those.
func (s *Summary) Asked(r *reach.Result) *reach.Result {
	out := *r
	out.VPCs = []reach.VPC{}
	receives := map[string]bool{}
	for i, v := range r.VPCs {
		receives[v.Name] = s.asked.To[i]
	}
	for i, v := range r.VPCs {
		if !s.asked.From[i] {
			continue
		}
		elsewhere := func(name string) bool { return !receives[name] }
		v.Reaches = slices.DeleteFunc(slices.Clone(v.Reaches), elsewhere)
		v.Undecided = slices.DeleteFunc(slices.Clone(v.Undecided), elsewhere)
		v.Answers = slices.DeleteFunc(slices.Clone(v.Answers), func(a reach.Answer) bool { return elsewhere(a.To) })
		out.VPCs = append(out.VPCs, v)
	}
	out.Services = s.services()
	return &out
}

// answers are the labels of all pairs.
func (s *Summary) answers(in []int) [][]int {
	place := make(map[string]int, len(in))
	for k, i := range in {
		place[s.vpcs[i].Name] = k
	}
	known := map[string]int{}
	out := make([][]int, len(in))
	for k, i := range in {
		out[k] = make([]int, len(in))
		for j := range in {
			if s.asked.From[i] && s.asked.To[in[j]] {
				out[k][j] = no
			}
		}
		for _, a := range s.vpcs[i].Answers {
			if j, ok := place[a.To]; ok && out[k][j] != notAsked {
				out[k][j] = s.labelOf(i, in[j], a, known)
			}
		}
	}
	return out
}

func (s *Summary) labelOf(from, to int, a reach.Answer, known map[string]int) int {
	if a.Verdict == reach.Yes && len(a.Ports)+len(a.Partly)+len(a.Provided) == 0 {
		return yes
	}
	blank := blanker(s.vpcs[from], s.vpcs[to])
	key := fmt.Sprint(a.Verdict, a.Ports, blank(a.Partly), blank(a.Provided), blank(a.Reasons))
	if known[key] == 0 {
		known[key] = len(s.labels)
		s.labels = append(s.labels, detail{a, from})
	}
	return known[key]
}

// ownKey is all that a VPC has beside its answers.
func (s *Summary) ownKey(i int) string {
	v := s.vpcs[i]
	key := fmt.Sprint(s.asked.From[i], s.asked.To[i])
	if !s.asked.From[i] {
		return key // only what reaches it is asked for
	}
	blank := blanker(v)
	for _, list := range [][]string{blank(v.Internet), blank(v.InternetUndecided), blank(v.Outside), v.Names, blank(v.Closed),
		blank(v.NamesUndecided)} {
		key += "\n" + strings.Join(list, "\n") + "\n"
	}
	return key
}

// blanker takes out of texts what names VPCs themselves: their names, accounts, ranges within theirs and resources, so that two
// texts are equal where they say the same of their own VPC.
func blanker(vpcs ...reach.VPC) func([]string) []string {
	return func(list []string) []string {
		out := make([]string, len(list))
		for i, text := range list {
			out[i] = blankText(text, vpcs)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
}

func blankText(text string, vpcs []reach.VPC) string {
	for n, v := range vpcs {
		if strings.ContainsAny(v.Name, " /") {
			text = strings.ReplaceAll(text, v.Name, fmt.Sprint("·", n))
		}
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		bare := strings.Trim(word, "(),:;")
		if bare == "" {
			continue
		}
		if with, ok := stand(bare, vpcs); ok {
			words[i] = strings.Replace(word, bare, with, 1)
		}
	}
	return strings.Join(words, " ")
}

// stand is what stands for a word that names one of the VPCs, or a resource.
func stand(word string, vpcs []reach.VPC) (string, bool) {
	c, err := netip.ParsePrefix(word)
	for n, v := range vpcs {
		own := word == v.Name || word == v.Account || err == nil && slices.ContainsFunc(v.CIDRs, func(text string) bool {
			r, failed := netip.ParsePrefix(text)
			return failed == nil && r.Bits() <= c.Bits() && r.Contains(c.Addr())
		})
		if own {
			return fmt.Sprint("·", n), true
		}
	}
	return "·", err != nil && strings.Contains(word, "/")
}

// between notes what each group gets of each.
func (s *Summary) between(place map[int]int, answers [][]int) {
	s.Between = []Between{}
	for g, from := range s.Groups {
		s.label = append(s.label, make([]int, len(s.Groups)))
		for h, to := range s.Groups {
			i, j := from.members[0], to.members[0]
			if g == h {
				if len(to.members) == 1 {
					continue
				}
				j = to.members[1]
			}
			label := answers[place[i]][place[j]]
			s.label[g][h] = label
			b := Between{From: from.ID}
			switch {
			case label == yes:
				b.Verdict = reach.Yes
			case label >= firstDetail:
				b.Answer = s.labels[label].Answer
			default:
				continue
			}
			b.To = to.ID
			s.Between = append(s.Between, b)
		}
	}
}

// ordinary tags say who a VPC is, not what it is like.
var ordinary = []string{"Name", "spoke", "aws-cdk:id"}

// tag finds for each group the tags that all of its VPCs have, and for one of several a tag that nobody else has.
func (s *Summary) tag(tags []map[string]string) {
	holders, all := map[string]int{}, 0
	for i, g := range s.of {
		if g < 0 {
			continue
		}
		all++
		for k, v := range tags[i] {
			holders[k+"="+v]++
		}
	}
	for g := range s.Groups {
		members := s.Groups[g].members
		shared := map[string]bool{}
		var only []string
		for k, v := range tags[members[0]] {
			tag := k + "=" + v
			different := slices.ContainsFunc(members, func(i int) bool { return tags[i][k] != v })
			if different || slices.Contains(ordinary, k) || holders[tag] == all {
				continue
			}
			if shared[tag] = true; holders[tag] == len(members) && len(members) > 1 {
				only = append(only, tag)
			}
		}
		s.shared = append(s.shared, shared)
		if len(only) > 0 {
			s.Groups[g].Tag = slices.MinFunc(only, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b)) })
		}
	}
}

// related is true for two groups that share a tag, or have none that tells VPCs apart.
func (s *Summary) related(g, h int) bool {
	for tag := range s.shared[g] {
		if s.shared[h][tag] {
			return true
		}
	}
	return len(s.shared[g]) == 0 && len(s.shared[h]) == 0
}

func rank(tag string) int {
	if strings.HasPrefix(tag, "segment=") {
		return 0
	}
	return 1
}

// letters count A, B, … Z, AA, AB, …
func letters(n int) string {
	text := ""
	for n++; n > 0; n = (n - 1) / 26 {
		text = string(rune('A'+(n-1)%26)) + text
	}
	return text
}
