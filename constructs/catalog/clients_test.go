package catalog

import (
	"slices"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
)

// The table's names are those that the catalogue has for the services that the table names: what it says to write does serve
// the name, in every region.
func TestClients(t *testing.T) {
	for _, region := range awsfacts.Regions() {
		for _, c := range Clients(region) {
			for _, a := range c.Asks {
				if strings.Contains(a.Host, "{") || !strings.HasPrefix(a.Source, "https://") {
					t.Errorf("%s of %s asks for %q by %q", c.Name, region, a.Host, a.Source)
				}
				if a.Write == "" {
					continue
				}
				in := region
				if strings.Contains(a.Write, "region: us-east-1") {
					in = "us-east-1"
				}
				s, _ := Lookup(in, a.Service)
				names := s.PrivateNames
				if a.option != "" {
					names = append(names, s.Optional()[a.option].Names...)
				}
				if !Serves(names, a.Host) {
					t.Errorf("%s of %s: %s does not serve %s, but %q", c.Name, region, a.Write, a.Host, names)
				}
				if a.option != "" && Serves(s.PrivateNames, a.Host) {
					t.Errorf("%s of %s: %s is a name of %s without an option", c.Name, region, a.Host, a.Service)
				}
			}
		}
	}
	if !slices.IsSortedFunc(clients, func(a, b Client) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the clients are not sorted by name")
	}
}

// What no endpoint serves is listed here, so that a misspelt service is not taken for one without an endpoint.
func TestClientsWithoutEndpoint(t *testing.T) {
	for region, want := range map[string][]string{
		"us-east-1": {"shield.us-east-1.amazonaws.com", "waf-regional.us-east-1.amazonaws.com"},
		"eu-west-1": {"api.pricing.us-east-1.amazonaws.com", "shield.us-east-1.amazonaws.com", "sts.amazonaws.com",
			"waf-regional.eu-west-1.amazonaws.com"},
		"cn-north-1": {"eks-auth.cn-north-1.api.amazonwebservices.com.cn", "waf-regional.cn-north-1.amazonaws.com.cn"},
	} {
		var got []string
		for _, c := range Clients(region) {
			for _, a := range c.Asks {
				if a.Write == "" {
					got = append(got, a.Host)
				}
			}
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Errorf("%s: expected %q, found %q", region, want, got)
		}
	}
}

func TestServes(t *testing.T) {
	for _, c := range []struct {
		names []string
		host  string
		want  bool
	}{
		{[]string{"sts.us-east-1.amazonaws.com"}, "sts.us-east-1.amazonaws.com", true},
		{[]string{"sts.us-east-1.amazonaws.com"}, "sts.amazonaws.com", false},
		{[]string{"*.s3.us-east-1.amazonaws.com"}, "a.s3.us-east-1.amazonaws.com", true},
		{[]string{"*.s3.us-east-1.amazonaws.com"}, "*.s3.us-east-1.amazonaws.com", true},
		{[]string{"*.s3.us-east-1.amazonaws.com"}, "s3.us-east-1.amazonaws.com", false},
		{[]string{"*.s3.us-east-1.amazonaws.com"}, "a.s3.dualstack.us-east-1.amazonaws.com", false},
		{[]string{"s3.us-east-1.amazonaws.com"}, "*.s3.us-east-1.amazonaws.com", false},
	} {
		if got := Serves(c.names, c.host); got != c.want {
			t.Errorf("Serves(%q, %q) = %v", c.names, c.host, got)
		}
	}
}
