package view

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sharedhub/internal/diag"
	"sharedhub/internal/reach"
	"sharedhub/internal/topology"
)

// Known is what people call a VPC: words, the first of which is its name, and tags.
type Known struct {
	Words []string
	Tags  map[string]string
}

// KnownIn is what people call the VPCs of a result, and their tags.
func KnownIn(net *topology.Network, r *reach.Result) ([]Known, []map[string]string) {
	byResource := map[string]*topology.VPC{}
	for _, v := range net.VPCs {
		byResource[topology.Plain(v.Source.String())] = v
	}
	vpcs, tags := make([]Known, len(r.VPCs)), make([]map[string]string, len(r.VPCs))
	for i, v := range r.VPCs {
		vpcs[i].Words = []string{v.Name}
		if in := byResource[v.Resource]; in != nil {
			vpcs[i].Words, tags[i] = append(vpcs[i].Words, in.KnownAs()...), in.Tags
		}
		vpcs[i].Tags = tags[i]
	}
	return vpcs, tags
}

// Select finds the VPCs that patterns name, and those of a hub, by its tag or its own name. A pattern is a word with * for any
// characters and ? for one, or a tag, key=value. No pattern means all.
func Select(vpcs []Known, flag string, patterns []string, hub string) ([]bool, error) {
	out := make([]bool, len(vpcs))
	for i, v := range vpcs {
		out[i] = len(patterns) == 0 && v.of(hub)
	}
	for _, p := range patterns {
		found := false
		is := Matcher(p)
		for i, v := range vpcs {
			if v.matches(is) {
				found = true
				out[i] = out[i] || v.of(hub)
			}
		}
		if !found {
			return nil, fmt.Errorf("%s: no VPC is called %q, by name, id, spoke or tag; %s", flag, p, meant(p, vpcs))
		}
	}
	if !slices.Contains(out, true) {
		return nil, fmt.Errorf("no VPC is of hub %q%s; %s", hub, map[bool]string{true: " and named by " + flag}[len(patterns) > 0],
			hubs(hub, vpcs))
	}
	return out, nil
}

func (v Known) of(hub string) bool {
	return hub == "" || v.Tags["hub"] == hub || slices.Contains(v.Words, hub)
}

func (v Known) matches(is *regexp.Regexp) bool {
	if slices.ContainsFunc(v.Words, is.MatchString) {
		return true
	}
	for key, value := range v.Tags {
		if is.MatchString(key + "=" + value) {
			return true
		}
	}
	return false
}

// Matcher is a pattern in which * stands for any characters, and ? for one.
func Matcher(pattern string) *regexp.Regexp {
	text := regexp.QuoteMeta(pattern)
	text = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(text)
	return regexp.MustCompile("(?s)^" + text + "$")
}

// meant is the word that was meant, or what there is.
func meant(word string, vpcs []Known) string {
	var all, names []string
	for _, v := range vpcs {
		all, names = append(all, v.Words...), append(names, v.Words[0])
		for key, value := range v.Tags {
			all = append(all, key+"="+value)
		}
	}
	slices.Sort(all)
	slices.Sort(names)
	if len(names) == 0 {
		return "there is no VPC at all"
	}
	return cmp.Or(diag.DidYouMean(word, slices.Compact(all)), "there are "+some(names))
}

func hubs(word string, vpcs []Known) string {
	var names []string
	for _, v := range vpcs {
		if h := v.Tags["hub"]; h != "" {
			names = append(names, h)
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return "no VPC has a tag hub"
	}
	return cmp.Or(diag.DidYouMean(word, names), "the hubs are "+some(names))
}
