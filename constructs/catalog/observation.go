package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// Observation is what one account was told of a region's services (EC2 API, DescribeVpcEndpointServices), as the user's
// configuration keeps it in catalog/<region>.json.
type Observation struct {
	// Version of the file's format: 1.
	Version int `json:"version"`
	// Region that was asked.
	Region string `json:"region"`
	// Captured is the day, as 2026-11-24.
	Captured string `json:"captured"`
	// Services, sorted by full name.
	Services []ObservedService `json:"services"`
}

// ObservedService is one service of an observation.
type ObservedService struct {
	// Service is the full name.
	Service string `json:"service"`
	// Names are the private names, sorted.
	Names []string `json:"names"`
	// AZs are the availability zones, as the account names them: "us-east-1a".
	AZs []string `json:"zones"`
	// AZIDs are the ids of the same, sorted: "use1-az1". Nil in a file that was written before they were kept.
	AZIDs []string `json:"zoneIds,omitempty"`
	// Policy is whether the service takes an endpoint policy.
	Policy bool `json:"policy"`
	// IP are the address types: "ipv4", "ipv6".
	IP []string `json:"ip"`
}

var (
	day         = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	serviceForm = regexp.MustCompile(`^[a-z0-9.-]+$`)
	zoneID      = regexp.MustCompile(`^[a-z]+[0-9]-az[0-9]+$`)
)

// ParseObservation reads catalog/<region>.json. Errors say what is wrong, without the file's name.
func ParseObservation(b []byte, region string) (*Observation, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	o := &Observation{}
	if err := dec.Decode(o); err != nil {
		return nil, fmt.Errorf("damaged: %w; run catalog refresh --region %s", err, region)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text follows the end of the JSON; take it out, or run catalog refresh --region %s", region)
	}
	if err := o.Check(region); err != nil {
		return nil, err
	}
	return o, nil
}

// mostNames of one service; AWS's own have six at most.
const mostNames = 100

// Check says what is wrong with an observation of a region; nil for nothing.
func (o *Observation) Check(region string) error {
	switch {
	case o.Version != 1:
		return fmt.Errorf("version %d of the format is unknown; run catalog refresh --region %s", o.Version, region)
	case o.Region != region:
		return fmt.Errorf("it is of region %q; run catalog refresh --region %s", o.Region, region)
	case !day.MatchString(o.Captured):
		return fmt.Errorf("captured is %q, not a day such as 2026-11-24", o.Captured)
	case len(o.Services) == 0:
		return fmt.Errorf("it holds no service; run catalog refresh --region %s", region)
	}
	owner := map[string]string{}
	services := map[string]bool{}
	for _, s := range o.Services {
		if !serviceForm.MatchString(s.Service) || services[s.Service] {
			return fmt.Errorf("service %q is no name, or is given twice", s.Service)
		}
		services[s.Service] = true
		if len(s.Names) > mostNames {
			return fmt.Errorf("%s has %d names, and at most %d are possible", s.Service, len(s.Names), mostNames)
		}
		for _, n := range s.Names {
			if why := NotPrivate(n); why != "" {
				return fmt.Errorf("%s: %q is %s", s.Service, n, why)
			}
		}
		for _, z := range HostedZones(s.Names) {
			if other := owner[z.Name]; other != "" {
				return fmt.Errorf("zone %s is claimed by both %s and %s", z.Name, other, s.Service)
			}
			owner[z.Name] = s.Service
		}
		for _, z := range s.AZs {
			if letter, ok := strings.CutPrefix(z, region); !ok || len(letter) != 1 || letter < "a" || letter > "z" {
				return fmt.Errorf("%s: %q is not an availability zone of %s", s.Service, z, region)
			}
		}
		for _, id := range s.AZIDs {
			if !zoneID.MatchString(id) || !strings.HasPrefix(id, awsfacts.ZoneIDPrefix(region)) {
				return fmt.Errorf("%s: %q is not the id of an availability zone of %s", s.Service, id, region)
			}
		}
	}
	return nil
}

// over is a service as the observation tells it, with what only the embedded catalogue knows.
func (o *Observation) over(s *Service, seen *ObservedService) *Service {
	if s == nil {
		s = &Service{
			Name: shortName(seen.Service, o.Region), ServiceName: seen.Service, Region: o.Region, Ports: []int{443},
			FIPS: strings.HasSuffix(seen.Service, "-fips"),
		}
	}
	s.Know(seen.Names, "refreshed "+o.Captured, Observed)
	s.OnlyIn, s.Instead = "", ""
	s.AZs = ""
	for _, z := range slices.Sorted(slices.Values(seen.AZs)) {
		s.AZs += z[len(z)-1:]
	}
	s.AZIDs = slices.Clone(seen.AZIDs)
	s.Policy = No
	if seen.Policy {
		s.Policy = Yes
	}
	s.IPTypes = slices.Clone(seen.IP)
	if !slices.Contains(s.ObservedIn, o.Region) {
		s.ObservedIn = append(s.ObservedIn, o.Region)
	}
	return s
}

// zones are the letters of all zones in which any service is.
func (o *Observation) zones() string {
	var letters []byte
	for _, s := range o.Services {
		for _, z := range s.AZs {
			if c := z[len(z)-1]; !slices.Contains(letters, c) {
				letters = append(letters, c)
			}
		}
	}
	slices.Sort(letters)
	return string(letters)
}

// Encode is the file's content: a line a service, so that a reviewer sees what changed.
func (o *Observation) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"version\": %d, \"region\": %q, \"captured\": %q, \"services\": [\n", o.Version, o.Region, o.Captured)
	for i, s := range o.Services {
		line, err := json.Marshal(s)
		if err != nil {
			panic(err) // strings and booleans
		}
		b.Write(line)
		if i < len(o.Services)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return b.Bytes()
}

// Changes says how an observation differs from what was known before, a line a change, sorted.
func Changes(before, after *Catalog) []string {
	var out []string
	for _, o := range after.own.Services {
		now, _ := after.Lookup(o.Service)
		was, known := before.Lookup(o.Service)
		if !known || !was.Offered() {
			out = append(out, fmt.Sprintf("+ %s: %s", now.Name, strings.Join(now.PrivateNames, " ")))
			continue
		}
		for _, n := range now.PrivateNames {
			if !slices.Contains(was.PrivateNames, n) {
				out = append(out, fmt.Sprintf("~ %s: has %s too", now.Name, n))
			}
		}
		for _, n := range was.PrivateNames {
			if !slices.Contains(now.PrivateNames, n) {
				out = append(out, fmt.Sprintf("~ %s: has %s no more", now.Name, n))
			}
		}
		if was.AZs != now.AZs && was.AZs != "" {
			out = append(out, fmt.Sprintf("~ %s: is in zones %s, was in %s", now.Name, now.AZs, was.AZs))
		}
		if !slices.Equal(was.AZIDs, now.AZIDs) && was.AZIDs != nil {
			out = append(out, fmt.Sprintf("~ %s: is in %s, was in %s", now.Name, strings.Join(now.AZIDs, " "), strings.Join(was.AZIDs, " ")))
		}
		if was.Policy != now.Policy && was.Policy != Unknown {
			out = append(out, fmt.Sprintf("~ %s: takes a policy: %s, was %s", now.Name, now.Policy, was.Policy))
		}
	}
	for _, n := range before.Names() {
		was, _ := before.Lookup(n)
		if now, known := after.Lookup(n); slices.Contains(was.ObservedIn, before.Region) && was.Offered() && (!known || !now.Offered()) {
			out = append(out, fmt.Sprintf("- %s: is not offered any more", n))
		}
	}
	slices.Sort(out)
	return out
}
