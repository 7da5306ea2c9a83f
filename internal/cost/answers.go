package cost

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Query is a question to AWS's Price List API: a service code, and the attributes that its products must have.
type Query struct {
	Service string
	Fields  map[string]string
}

// Queries are what is asked of a region.
func Queries(region string) []Query {
	in := func(service string, fields map[string]string) Query {
		fields["regionCode"] = region
		return Query{service, fields}
	}
	return []Query{
		in("AmazonVPC", map[string]string{"endpointType": "PrivateLink"}),
		in("AmazonVPC", map[string]string{"group": "AWSTransitGateway", "operation": "TransitGatewayVPC"}),
		in("AmazonVPC", map[string]string{"group": "VPCPublicIPv4Address"}),
		in("AmazonEC2", map[string]string{"productFamily": "NAT Gateway"}),
		in("AWSELB", map[string]string{"productFamily": "Load Balancer-Network"}),
		in("AmazonRoute53", map[string]string{}),
	}
}

// usageTypes are the lines of a bill that have our prices. A region's own prefix comes before ("EUC1-"), none in some files; other
// words in between make another product (RegionalNatGateway-Hours).
var usageTypes = map[string]Name{
	"VpcEndpoint-Hours": EndpointHour, "VpcEndpoint-Bytes": EndpointGB, "TransitGateway-Hours": AttachmentHour,
	"TransitGateway-Bytes": TransitGB, "NatGateway-Hours": NATHour, "NatGateway-Bytes": NATGB, "PublicIPv4:InUseAddress": PublicIPv4Hour,
	"LoadBalancerUsage": BalancerHour, "ResolverNetworkInterface": ResolverHour,
}

// operations tell the products of one usage type apart.
var operations = map[Name]string{
	AttachmentHour: "TransitGatewayVPC", TransitGB: "TransitGatewayVPC", BalancerHour: "LoadBalancing:Network",
}

// regional are the prices that a refresh asks for in each region; those of a GB through endpoints come in three steps.
var regional = slices.Sorted(slices.Values(append(slices.Collect(maps.Values(usageTypes)), EndpointGBAbove1PB, EndpointGBAbove5PB)))

// product is what the API says of one product.
type product struct {
	Product struct {
		Attributes struct {
			UsageType  string `json:"usagetype"`
			Operation  string `json:"operation"`
			RegionCode string `json:"regionCode"`
		} `json:"attributes"`
	} `json:"product"`
	PublicationDate string `json:"publicationDate"`
	Terms           struct {
		OnDemand map[string]struct {
			PriceDimensions map[string]struct {
				BeginRange   string            `json:"beginRange"`
				PricePerUnit map[string]string `json:"pricePerUnit"`
			} `json:"priceDimensions"`
		} `json:"OnDemand"`
	} `json:"terms"`
}

// Answers are the prices that the API gave, by region and price. Several prices of one thing are kept, to be refused.
type Answers map[string]map[Name][]float64

var regionPrefix = regexp.MustCompile(`^[A-Z]{2,4}[0-9]?-`)

// Add takes the products of one answer in.
func (a Answers) Add(products []string) error {
	for _, text := range products {
		var p product
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return fmt.Errorf("not a product of the Price List API: %w", err)
		}
		if err := a.take(&p); err != nil {
			return err
		}
	}
	return nil
}

// AddSaved takes in what `aws pricing get-products` has printed.
func (a Answers) AddSaved(b []byte) error {
	var saved struct {
		PriceList []json.RawMessage
		NextToken string
	}
	if err := json.Unmarshal(b, &saved); err != nil || saved.PriceList == nil {
		return errors.New("not the JSON of aws pricing get-products: expected an object with PriceList")
	}
	if saved.NextToken != "" {
		return errors.New("it holds a part of the products only; save it again without --max-items and --no-paginate")
	}
	for _, raw := range saved.PriceList {
		text := string(raw)
		if strings.HasPrefix(text, `"`) {
			if err := json.Unmarshal(raw, &text); err != nil {
				return err
			}
		}
		if err := a.Add([]string{text}); err != nil {
			return err
		}
	}
	return nil
}

func (a Answers) take(p *product) error {
	at := p.Product.Attributes
	name, ok := usageTypes[regionPrefix.ReplaceAllString(at.UsageType, "")]
	if want := operations[name]; !ok || want != "" && at.Operation != want {
		return nil
	}
	for _, term := range p.Terms.OnDemand {
		for _, d := range term.PriceDimensions {
			usd, ok := d.PricePerUnit["USD"]
			if !ok {
				return fmt.Errorf("%s in %s: expected a price in US dollars, found one in %s", at.UsageType, at.RegionCode,
					strings.Join(slices.Sorted(maps.Keys(d.PricePerUnit)), ", "))
			}
			price, err := strconv.ParseFloat(usd, 64)
			if err != nil || price < 0 || math.IsInf(price, 0) || math.IsNaN(price) {
				return fmt.Errorf("%s in %s: expected a price, found %q", at.UsageType, at.RegionCode, usd)
			}
			of := name
			if name == EndpointGB {
				switch from, _ := strconv.ParseFloat(d.BeginRange, 64); {
				case from >= 5<<20:
					of = EndpointGBAbove5PB
				case from > 0:
					of = EndpointGBAbove1PB
				}
			}
			if a[at.RegionCode] == nil {
				a[at.RegionCode] = map[Name][]float64{}
			}
			if !slices.Contains(a[at.RegionCode][of], price) {
				a[at.RegionCode][of] = append(a[at.RegionCode][of], price)
			}
		}
	}
	return nil
}

// Prices are a price file of the answers for regions, and what they do not say, in words.
func (a Answers) Prices(regions []string, today string) (p *Prices, missing []string) {
	source := "price-list-" + today
	p = &Prices{Sources: map[string]Source{source: {today, "AWS Price List API, pricing:GetProducts"}}, Regions: map[string]map[Name]Price{}}
	for _, region := range regions {
		for _, name := range regional {
			switch found := a[region][name]; len(found) {
			case 1:
				if p.Regions[region] == nil {
					p.Regions[region] = map[Name]Price{}
				}
				p.Regions[region][name] = Price{found[0], source}
			case 0:
				missing = append(missing, fmt.Sprintf("%s: no price of %s in the answers", region, words[name]))
			default:
				missing = append(missing, fmt.Sprintf("%s: expected one price of %s, found %v", region, words[name], found))
			}
		}
	}
	return p, missing
}

// Changes are the prices of a new file that differ from those before, a sentence each.
func Changes(before, now *Prices) (out []string) {
	for _, region := range slices.Sorted(maps.Keys(now.Regions)) {
		for _, name := range slices.SortedFunc(maps.Keys(now.Regions[region]), func(a, b Name) int { return cmp.Compare(words[a], words[b]) }) {
			price := now.Regions[region][name].USD
			switch was, ok := before.in(region, name); {
			case !ok:
				out = append(out, fmt.Sprintf("%s: %s costs $%v; it was not known", region, words[name], price))
			case was.USD != price:
				out = append(out, fmt.Sprintf("%s: %s costs $%v, before $%v", region, words[name], price, was.USD))
			}
		}
	}
	return out
}
