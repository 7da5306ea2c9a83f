package cost

import (
	"fmt"
	"math"
	"slices"

	"sharedhub/internal/config"
)

// Alternative is the same workload without the hub: what its spokes would pay to reach the same services.
type Alternative struct {
	Text string `json:"alternative"`
	// Monthly is what it costs; absent where a price is not known.
	Monthly *float64 `json:"monthly,omitempty"`
	// Hub is what this hub costs beside it: all but the attachments of spokes that need theirs to reach other spokes anyway.
	Hub float64 `json:"hub"`
	// Needed is the number of those attachments.
	Needed int    `json:"attachmentsNeededAnyway,omitempty"`
	Items  []Item `json:"items"`
	// Spokes is the number of spokes, as this hub's are on average, from which on the hub is cheaper; absent where it never is.
	Spokes *int `json:"cheaperFromSpokes,omitempty"`
	// BelowGB and AboveGB are the traffic of a spoke and month up to which, or from which on, this hub with its spokes is cheaper.
	BelowGB *float64 `json:"cheaperBelowGB,omitempty"`
	AboveGB *float64 `json:"cheaperAboveGB,omitempty"`
	// Lacks are the prices that the comparison would need, in words.
	Lacks []string `json:"lacks,omitempty"`
}

// Names is what each way to share names would cost this hub.
type Names struct {
	Zones   float64 `json:"zones"`
	Profile float64 `json:"profile"`
	// Cheaper is "zones" or "profile".
	Cheaper string `json:"cheaper"`
	// Accounts is the number of accounts with zones, of this hub's size, from which on a Profile is cheaper.
	Accounts int `json:"profileCheaperFromAccounts"`
}

// model is a cost that grows with spokes and with their traffic.
type model struct{ fixed, perSpoke, perGB float64 }

// spokesAttached are those that take part in a comparison.
func spokesAttached(h *config.Hub) (out []*config.Spoke) {
	for _, s := range h.Spokes {
		if s.Attached() {
			out = append(out, s)
		}
	}
	return out
}

func (c *calculator) alternatives(h *config.Hub, hub *Hub) []Alternative {
	spokes := spokesAttached(h)
	if len(spokes) == 0 || len(h.Endpoints) == 0 {
		return []Alternative{}
	}
	return []Alternative{c.endpointsInEachVPC(h, hub, spokes), c.natGateways(h, hub, spokes)}
}

func (c *calculator) endpointsInEachVPC(h *config.Hub, hub *Hub, spokes []*config.Spoke) Alternative {
	c.unknown[h] = nil
	a := Alternative{Text: "the same endpoints in each VPC"}
	zones, gb := 0, 0.0
	for _, s := range spokes { // a VPC of two zones has endpoints in two
		for _, e := range h.Endpoints {
			zones += min(len(s.AZs), len(e.AZs))
		}
		gb += c.traffic.of(s.Name)
	}
	a.Items = append(a.Items, c.item(h, "", "interface endpoints in each VPC", "endpoint in a zone", float64(zones), EndpointHour,
		HoursPerMonth))
	perGB, _ := c.processed(h)
	if gb == 0 {
		perGB, _ = c.price(h, EndpointGB)
	} else {
		data := Item{Text: "data through the endpoints", Quantity: gb, Unit: "GB"}
		data.pay(gb * perGB)
		a.Items = append(a.Items, data)
	}
	hour, _ := c.price(h, EndpointHour)
	each := float64(zones) * hour * HoursPerMonth / float64(len(spokes))
	return c.compare(h, hub, spokes, a, model{perSpoke: each, perGB: perGB}, perGB)
}

func (c *calculator) natGateways(h *config.Hub, hub *Hub, spokes []*config.Spoke) Alternative {
	c.unknown[h] = nil
	a := Alternative{Text: "a NAT gateway in each zone of each VPC"}
	zones, gb := 0, 0.0
	for _, s := range spokes {
		zones += len(s.AZs)
		gb += c.traffic.of(s.Name)
	}
	a.Items = append(a.Items,
		c.item(h, "", "NAT gateways", "gateway", float64(zones), NATHour, HoursPerMonth),
		c.item(h, "", "their public IPv4 addresses", "address", float64(zones), PublicIPv4Hour, HoursPerMonth))
	if gb > 0 {
		a.Items = append(a.Items, c.item(h, "", "data through the NAT gateways", "GB", gb, NATGB, 1))
	}
	perGB, _ := c.processed(h)
	if gb == 0 {
		perGB, _ = c.price(h, EndpointGB)
	}
	hour, _ := c.price(h, NATHour)
	address, _ := c.price(h, PublicIPv4Hour)
	nat, _ := c.price(h, NATGB)
	each := float64(zones) * (hour + address) * HoursPerMonth / float64(len(spokes))
	return c.compare(h, hub, spokes, a, model{perSpoke: each, perGB: nat}, perGB)
}

// compare works out from where on the hub is cheaper. Attachments of spokes that reach other spokes are needed in any case, and
// stand on neither side.
func (c *calculator) compare(h *config.Hub, hub *Hub, spokes []*config.Spoke, a Alternative, other model, endpointGB float64) Alternative {
	n := float64(len(spokes))
	attachment, _ := c.price(h, AttachmentHour)
	transit, _ := c.price(h, TransitGB)
	needed, gb := 0, 0.0
	for _, s := range spokes {
		if len(h.Peers(s.Segment)) > 0 {
			needed++
		}
		gb += c.traffic.of(s.Name)
	}
	a.Needed = needed
	detached := len(h.Spokes) - len(spokes)
	a.Hub = cents(hub.Monthly - float64(needed+detached)*cents(attachment*HoursPerMonth))
	mine := model{perGB: transit + endpointGB}
	for _, i := range hub.Items {
		switch {
		case i.Monthly == nil:
		case i.Account != h.Account && i.Unit == "zone": // zones come with the spokes' accounts
			mine.perSpoke += *i.Monthly / n
		default:
			mine.fixed += *i.Monthly
		}
	}
	mine.perSpoke += (n - float64(needed)) / n * attachment * HoursPerMonth
	a.Lacks = slices.Clone(hub.Unknown)
	for _, name := range c.unknown[h] {
		if !slices.Contains(a.Lacks, words[name]) {
			a.Lacks = append(a.Lacks, words[name])
		}
	}
	if len(hub.Unknown) > 0 || missing(a.Items) {
		return a
	}
	total := sum(a.Items)
	a.Monthly = &total
	if len(a.Lacks) > 0 {
		return a
	}
	average := gb / n
	if gain := other.perSpoke + average*other.perGB - mine.perSpoke - average*mine.perGB; gain > 0 {
		from := int(math.Floor(mine.fixed/gain)) + 1
		a.Spokes = &from
	}
	// n spokes with x GB each cost the same: mine.fixed + n(mine.perSpoke + x·mine.perGB) = n(other.perSpoke + x·other.perGB)
	spread := n*(other.perSpoke-mine.perSpoke) - mine.fixed // what the hub saves without traffic
	switch slope := n * (mine.perGB - other.perGB); {
	case slope > 0 && spread > 0:
		x := math.Floor(spread / slope)
		a.BelowGB = &x
	case slope < 0 && spread < 0:
		x := math.Ceil(spread / slope)
		a.AboveGB = &x
	}
	return a
}

func missing(items []Item) bool {
	for _, i := range items {
		if i.Monthly == nil {
			return true
		}
	}
	return false
}

// compareNames works out both ways to share names, of this hub alone, since the other hubs' choices stand.
func (c *calculator) compareNames(h *config.Hub) *Names {
	total := func(s config.Sharing) (float64, bool) {
		items := c.names(func(other *config.Hub) config.Sharing {
			if other == h {
				return s
			}
			return other.Sharing
		})[h.Name]
		return sum(items), !missing(items)
	}
	zones, ok := total(config.SharingZones)
	profile, ok2 := total(config.SharingProfile)
	if !ok || !ok2 || len(h.NamedEndpoints()) == 0 {
		return nil
	}
	out := &Names{Zones: zones, Profile: profile, Cheaper: "zones"}
	if profile < zones {
		out.Cheaper = "profile"
	}
	if accounts := len(zoneAccounts(h, true)); zones > 0 {
		out.Accounts = int(math.Floor(profile/(zones/float64(accounts)))) + 1
	}
	return out
}

// Verdict says in a sentence from where on the hub is cheaper.
func (a *Alternative) Verdict() string {
	if a.Monthly == nil {
		return "not compared, for lack of the price of " + list(a.Lacks)
	}
	difference := *a.Monthly - a.Hub
	out := fmt.Sprintf("the hub costs %s more", Dollars(-difference))
	if difference >= 0 {
		out = fmt.Sprintf("the hub saves %s", Dollars(difference))
	}
	switch {
	case a.Needed == 1:
		out += ", besides 1 attachment that its spoke needs to reach others"
	case a.Needed > 1:
		out += fmt.Sprintf(", besides %d attachments that their spokes need to reach others", a.Needed)
	}
	switch {
	case len(a.Lacks) > 0:
		return out + "; from where on it is cheaper needs the price of " + list(a.Lacks)
	case a.Spokes != nil:
		out += fmt.Sprintf("; it is cheaper from %s on", spokes(*a.Spokes))
	default:
		out += "; more spokes like these do not make it cheaper"
	}
	switch {
	case a.BelowGB != nil:
		out += fmt.Sprintf(", and with these up to %s GB a spoke", number(*a.BelowGB))
	case a.AboveGB != nil:
		out += fmt.Sprintf(", and with these above %s GB a spoke", number(*a.AboveGB))
	}
	return out
}
