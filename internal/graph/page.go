package graph

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed page.html
var page string

// HTML is the picture as one page that needs nothing else: it asks no network, and its Content-Security-Policy lets it ask none.
// Monthly is what each spoke costs, in words, by hub and name ("use1/payments-prod"); it may be nil.
func (p *Picture) HTML(monthly map[string]string) string {
	type pageSpoke struct {
		Spoke
		Monthly string `json:"monthly,omitempty"`
	}
	type pageSegment struct {
		Name   string      `json:"name"`
		Peers  []string    `json:"peers"`
		Spokes []pageSpoke `json:"spokes"`
	}
	type pageHub struct {
		Name      string        `json:"name"`
		Region    string        `json:"region"`
		Endpoints []Endpoint    `json:"endpoints"`
		Segments  []pageSegment `json:"segments"`
	}
	data := struct {
		Hubs  []pageHub           `json:"hubs"`
		Paths map[string][]string `json:"paths"`
	}{Paths: map[string][]string{}}
	for i := range p.Hubs {
		h := &p.Hubs[i]
		hub := pageHub{Name: h.Name, Region: h.Region, Endpoints: h.Endpoints}
		for j := range h.Segments {
			s := &h.Segments[j]
			segment := pageSegment{Name: s.Name, Peers: s.peers(), Spokes: []pageSpoke{}}
			for _, spoke := range s.Spokes {
				key := h.Name + "/" + spoke.Name
				segment.Spokes = append(segment.Spokes, pageSpoke{spoke, monthly[key]})
				data.Paths[key] = h.path(s, &spoke)
			}
			hub.Segments = append(hub.Segments, segment)
		}
		data.Hubs = append(data.Hubs, hub)
	}
	b, err := json.Marshal(data) // which writes < as \u003c, so that no text ends the script
	if err != nil {
		panic(err)
	}
	return strings.NewReplacer("<!--picture-->", p.SVG(false), "/*data*/", string(b)).Replace(page)
}

// peers are the segments that one exchanges packets with.
func (s *Segment) peers() []string {
	out := append(slices.Clone(s.Reaches), s.ReachedBy...)
	if s.Mesh {
		out = append(out, s.Name)
	}
	slices.Sort(out)
	return append([]string{}, slices.Compact(out)...)
}

// path are the hops of a packet from a spoke to the endpoints.
func (h *Hub) path(s *Segment, spoke *Spoke) []string {
	names := "private hosted zones of account " + spoke.Account
	if !strings.Contains(h.Names, "zones") {
		names = "the hub's Route 53 Profile"
	}
	return []string{
		"the name resolves to the endpoint's addresses, by " + names,
		fmt.Sprintf("a subnet of %s routes %s to the Transit Gateway", spoke.Name, h.Range),
		fmt.Sprintf("the route table of segment %s routes it to the attachment of hub %s", s.Name, h.Name),
		"the endpoint's security group admits the pools on the service's ports, and its policy decides",
		fmt.Sprintf("back: the hub's route table holds the ranges of %s", spoke.Name),
	}
}
