package cost

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
)

// Report is what a configuration costs.
type Report struct {
	// Monthly is the sum of the hubs, in US dollars, of what has a known price.
	Monthly  float64   `json:"monthly"`
	Hubs     []Hub     `json:"hubs"`
	Accounts []Account `json:"accounts"`
	// NotCounted says what the sums leave out.
	NotCounted []string `json:"notCounted"`
	// Sources of the prices that were used, oldest first.
	Sources []Source `json:"sources"`
}

// Hub is what a hub and its spokes cost a month.
type Hub struct {
	Name    string  `json:"name"`
	Region  string  `json:"region"`
	Monthly float64 `json:"monthly"`
	// Items that the hub's and the spokes' accounts pay for the whole hub.
	Items  []Item  `json:"items"`
	Spokes []Spoke `json:"spokes"`
	// Unknown are the prices that are not known, in words. The sums are without them.
	Unknown []string `json:"unknown,omitempty"`
	// Alternatives are what the same workload costs otherwise, without what spokes pay to reach each other.
	Alternatives []Alternative `json:"alternatives"`
	Names        *Names        `json:"names,omitempty"`
}

// Item is one line of a bill.
type Item struct {
	Account string `json:"account"`
	Text    string `json:"item"`
	// Quantity of what has the price: an endpoint in a zone, an attachment, a hosted zone, a GB.
	Quantity float64 `json:"quantity"`
	Unit     string  `json:"unit"`
	// Monthly is absent where a price is not known.
	Monthly *float64 `json:"monthly,omitempty"`
}

// Spoke is what one spoke adds.
type Spoke struct {
	Name    string  `json:"name"`
	Account string  `json:"account"`
	Segment string  `json:"segment"`
	GB      float64 `json:"gb"`
	Monthly float64 `json:"monthly"`
	Items   []Item  `json:"items"`
}

// Account is what one account pays.
type Account struct {
	Account string  `json:"account"`
	Monthly float64 `json:"monthly"`
}

// Traffic is what spokes exchange with the endpoints in a month, in GB by spoke, both directions together; "*" stands for every
// other spoke.
type Traffic map[string]float64

func (t Traffic) of(spoke string) float64 {
	if gb, ok := t[spoke]; ok {
		return gb
	}
	return t["*"]
}

// calculator works out one configuration.
type calculator struct {
	cfg     *config.Config
	prices  *Prices
	traffic Traffic
	used    map[string]bool        // sources
	unknown map[*config.Hub][]Name // prices that were asked for and are not known
}

// Of works out what a configuration costs.
func Of(cfg *config.Config, prices *Prices, traffic Traffic) *Report {
	c := &calculator{cfg: cfg, prices: prices, traffic: traffic, used: map[string]bool{}, unknown: map[*config.Hub][]Name{}}
	r := &Report{Hubs: []Hub{}, Accounts: []Account{}, Sources: []Source{}, NotCounted: c.notCounted()}
	names := c.names(func(h *config.Hub) config.Sharing { return h.Sharing })
	paid := map[string]float64{}
	for _, h := range cfg.Hubs {
		hub := c.hub(h, names[h.Name])
		r.Monthly += hub.Monthly
		r.Hubs = append(r.Hubs, hub)
		for _, i := range hub.all() {
			if i.Monthly != nil {
				paid[i.Account] += *i.Monthly
			}
		}
	}
	r.Monthly = cents(r.Monthly)
	for _, a := range slices.Sorted(maps.Keys(paid)) {
		r.Accounts = append(r.Accounts, Account{a, cents(paid[a])})
	}
	for key := range c.used {
		r.Sources = append(r.Sources, prices.Sources[key])
	}
	slices.SortFunc(r.Sources, func(a, b Source) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Text, b.Text)) })
	return r
}

// all are the items of a hub and of its spokes.
func (h *Hub) all() []Item {
	out := slices.Clone(h.Items)
	for _, s := range h.Spokes {
		out = append(out, s.Items...)
	}
	return out
}

// price is a price of the hub's region; where it is not known, that is kept for the report.
func (c *calculator) price(h *config.Hub, n Name) (float64, bool) {
	p, ok := c.prices.in(h.Region, n)
	if !ok {
		if !slices.Contains(c.unknown[h], n) {
			c.unknown[h] = append(c.unknown[h], n)
		}
		return 0, false
	}
	c.used[p.Source] = true
	return p.USD, true
}

// item is a quantity at a price.
func (c *calculator) item(h *config.Hub, account, text, unit string, quantity float64, n Name, hours float64) Item {
	i := Item{Account: account, Text: text, Quantity: quantity, Unit: unit}
	if usd, ok := c.price(h, n); ok {
		i.pay(quantity * usd * hours)
	}
	return i
}

func (i *Item) pay(usd float64) {
	usd = cents(usd)
	i.Monthly = &usd
}

func sum(items []Item) (usd float64) {
	for _, i := range items {
		if i.Monthly != nil {
			usd += *i.Monthly
		}
	}
	return cents(usd)
}

// resolver are the items of Resolver endpoints, which are paid by the address.
func (c *calculator) resolver(h *config.Hub) (out []Item) {
	add := func(what string) {
		addresses := float64(len(h.ResolverSubnets()))
		out = append(out, c.item(h, h.Account, what+" Resolver endpoint", "address", addresses, ResolverHour, HoursPerMonth))
	}
	if len(h.Resolver.From) > 0 {
		add("inbound")
	}
	if len(h.Resolver.Forwards) > 0 {
		add("outbound")
	}
	return out
}

// endpointZones counts the endpoints of a hub, one for each availability zone it is in.
func endpointZones(h *config.Hub) (n int) {
	for _, e := range h.MadeEndpoints() { // what exists costs what it did before
		n += len(e.AZs)
	}
	return n
}

const attachmentText = "Transit Gateway attachment"

func (c *calculator) hub(h *config.Hub, names []Item) Hub {
	out := Hub{Name: h.Name, Region: h.Region, Spokes: []Spoke{}}
	if n := len(h.MadeEndpoints()); n > 0 {
		out.Items = append(out.Items, c.item(h, h.Account, fmt.Sprintf("%d interface endpoints", n), "endpoint in a zone",
			float64(endpointZones(h)), EndpointHour, HoursPerMonth))
	}
	out.Items = append(out.Items,
		c.item(h, h.Account, attachmentText+" of the hub", "attachment", 1, AttachmentHour, HoursPerMonth))
	if n := len(h.External); n > 0 { // the gateway's owner pays, but for a VPC's, which its own account pays (Transit Gateway pricing)
		out.Items = append(out.Items, c.item(h, h.GatewayAccount(), "attachments by id (external)", "attachment", float64(n), AttachmentHour,
			HoursPerMonth))
	}
	out.Items = append(out.Items, names...)
	out.Items = append(out.Items, c.resolver(h)...)
	var published []Item // the same with a hub or without: no part of a comparison
	for _, s := range h.Published {
		published = append(published, c.published(h, s)...)
	}
	perGB, processed := c.processed(h)
	for _, s := range h.Spokes {
		spoke := Spoke{Name: s.Name, Account: s.Account, Segment: s.Segment}
		spoke.Items = append(spoke.Items, c.item(h, s.Account, attachmentText, "attachment", 1, AttachmentHour, HoursPerMonth))
		if gb := c.traffic.of(s.Name); gb > 0 && s.Attached() {
			spoke.GB = gb
			spoke.Items = append(spoke.Items, c.item(h, s.Account, "data through the Transit Gateway", "GB", gb, TransitGB, 1))
			data := Item{Account: h.Account, Text: "data through the endpoints", Quantity: gb, Unit: "GB"}
			if processed {
				data.pay(gb * perGB)
			}
			spoke.Items = append(spoke.Items, data)
		}
		spoke.Monthly = sum(spoke.Items)
		out.Spokes = append(out.Spokes, spoke)
	}
	out.Monthly = sum(out.all())
	for _, n := range c.unknown[h] { // before the comparisons, which say for themselves what they lack
		out.Unknown = append(out.Unknown, words[n])
	}
	out.Alternatives = c.alternatives(h, &out)
	out.Names = c.compareNames(h)
	out.Items = append(out.Items, published...)
	out.Monthly = sum(out.all())
	return out
}

// processed is the price of a GB through the hub's endpoints, on average over the steps of a month.
func (c *calculator) processed(h *config.Hub) (usd float64, known bool) {
	total := 0.0
	for _, s := range h.Spokes {
		if s.Attached() {
			total += c.traffic.of(s.Name)
		}
	}
	if total == 0 {
		return 0, true
	}
	const pb = 1 << 20 // GB, as the price list counts
	left := total
	for _, step := range []struct {
		name Name
		gb   float64
	}{{EndpointGB, pb}, {EndpointGBAbove1PB, 4 * pb}, {EndpointGBAbove5PB, math.Inf(1)}} {
		price, ok := c.price(h, step.name)
		if !ok {
			return 0, false
		}
		gb := min(left, step.gb)
		if usd, left = usd+gb*price, left-gb; left <= 0 {
			break
		}
	}
	return usd / total, true
}

// hostedZones counts the private hosted zones that an account needs for a hub's names.
func hostedZones(h *config.Hub) int {
	seen := map[string]bool{}
	for _, e := range h.NamedEndpoints() {
		for _, z := range catalog.HostedZones(e.Catalog.PrivateNames) {
			seen[z.Name] = true
		}
	}
	for _, s := range h.SharedServices() {
		if !s.Leaving {
			seen[s.Domain] = true
		}
	}
	return len(seen)
}

// published are what a service of a spoke costs its provider, its consumers and the hub by the hour. A consumer's zone is counted at
// the price of an account's first.
func (c *calculator) published(h *config.Hub, s *config.Published) (out []Item) {
	if s.LoadBalancer == "" {
		out = append(out, c.item(h, h.Spoke(s.Provider).Account, "load balancer of service "+s.Name, "load balancer", 1, BalancerHour,
			HoursPerMonth))
	}
	endpoint := func(account, of string, azs []config.AZ) {
		out = append(out, c.item(h, account, fmt.Sprintf("endpoint of service %s in %s", s.Name, of), "endpoint in a zone", float64(len(azs)),
			EndpointHour, HoursPerMonth))
	}
	if s.Shared {
		endpoint(h.Account, "the hub", s.SharedAZs)
		if h.HasR53Profile() && !s.Leaving {
			out = append(out, c.item(h, h.Account, "private hosted zone of service "+s.Name, "zone", 1, HostedZoneMonth, 1))
		}
	}
	for _, consumer := range s.Consumers {
		if spoke := h.Spoke(consumer.Spoke); spoke.Attached() && !s.Leaving {
			endpoint(spoke.Account, "spoke "+spoke.Name, consumer.AZs)
			out = append(out, c.item(h, spoke.Account, "private hosted zone of service "+s.Name, "zone", 1, HostedZoneMonth, 1))
		}
	}
	return out
}

// zoneAccounts are the accounts that have a hub's zones, sorted.
func zoneAccounts(h *config.Hub, serveHub bool) []string {
	seen := map[string]bool{}
	if serveHub {
		seen[h.Account] = true
	}
	for _, s := range h.Spokes {
		if s.Attached() {
			seen[s.Account] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// names are the items of names, by hub, if each hub shares them as it is told to. An account pays less for its 26th zone, whichever
// hub it is of, and one price for all its Profiles in a region.
func (c *calculator) names(sharing func(*config.Hub) config.Sharing) map[string][]Item {
	out := map[string][]Item{}
	zones := map[string]int{}
	type owner struct{ account, region string }
	associations := map[owner]int{}
	for _, h := range c.cfg.Hubs {
		as := *h
		as.Sharing = sharing(h)
		if as.HasHostedZones() {
			n := hostedZones(h)
			for _, account := range zoneAccounts(h, as.HostedZonesServeHub()) {
				if n == 0 {
					continue
				}
				item := Item{Account: account, Text: "private hosted zones", Quantity: float64(n), Unit: "zone"}
				cheap := min(n, max(0, zones[account]+n-25))
				first, ok := c.price(h, HostedZoneMonth)
				above, ok2 := c.price(h, HostedZoneMonthAbove25)
				if ok && ok2 {
					item.pay(float64(n-cheap)*first + float64(cheap)*above)
				}
				zones[account] += n
				out[h.Name] = append(out[h.Name], item)
			}
		}
		if as.HasR53Profile() {
			o := owner{h.Account, h.Region}
			_, another := associations[o]
			n := 0
			for _, s := range h.Spokes {
				if s.Attached() {
					n++
				}
			}
			out[h.Name] = append(out[h.Name], c.profile(h, n, associations[o], another))
			associations[o] += n
		}
	}
	return out
}

// profile is the item of a Profile with n VPCs, where the account's others of the region have some already.
func (c *calculator) profile(h *config.Hub, n, already int, another bool) Item {
	item := Item{Account: h.Account, Text: "Route 53 Profile", Quantity: float64(n), Unit: "VPC"}
	hour, ok := c.price(h, ProfileHour)
	above, ok2 := c.price(h, ProfileHourAbove100)
	if !ok || !ok2 {
		return item
	}
	if another {
		hour = 0
	}
	item.pay(HoursPerMonth * (hour + above*float64(min(n, max(0, already+n-100)))))
	return item
}

func (c *calculator) notCounted() []string {
	out := []string{"taxes, discounts and free tiers", "traffic between spokes", "DNS queries"}
	if len(c.traffic) == 0 {
		out = append(out, "traffic to the endpoints: give it with --traffic SPOKE=GB")
	}
	if slices.ContainsFunc(c.cfg.Hubs, hasFlowLogs) {
		out = append(out, "flow logs, which cost by their volume")
	}
	if slices.ContainsFunc(c.cfg.Hubs, func(h *config.Hub) bool { return len(h.Published) > 0 }) {
		out = append(out, "traffic to services of spokes, and the capacity units of their load balancers")
	}
	if slices.ContainsFunc(c.cfg.Hubs, reachesAbroad) {
		out = append(out, "data transfer to services in other regions")
	}
	return out
}

func hasFlowLogs(h *config.Hub) bool {
	return !h.FlowLogs.Off() || !h.TransitGateway.FlowLogs.Off() ||
		slices.ContainsFunc(h.Spokes, func(s *config.Spoke) bool { return !s.FlowLogs.Off() })
}

func reachesAbroad(h *config.Hub) bool {
	return slices.ContainsFunc(h.Endpoints, func(e *config.Endpoint) bool { return e.Catalog.Region != h.Region })
}
