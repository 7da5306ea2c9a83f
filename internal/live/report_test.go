package live

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/prove"
	"sharedhub/internal/report"
	"sharedhub/internal/topology"
)

// A report says the same of templates and of what AWS answers once they are deployed, but for the ids.
func TestReportSaysTheSame(t *testing.T) {
	const dir = "../cli/testdata/network"
	cfg, diags := config.Load(dir + "/config")
	if cfg == nil {
		t.Fatal(diags)
	}
	a, err := assembly.Read(dir + "/assembly")
	if err != nil {
		t.Fatal(err)
	}
	of := func(net *topology.Network) []report.Hub {
		return report.Of(report.Input{Config: cfg, Network: net, Proof: prove.Network(cfg, net)}).Hubs
	}
	want, have := of(topology.Link(a.Records())), of(topology.Link(records(deploy(t, a.Records()))))
	if len(want[0].Groups) == 0 || len(want[0].Services) == 0 || len(want[0].Services[0].UsedBy) == 0 {
		t.Fatal("the network has no groups or no services")
	}
	ids := cmp.Options{cmpopts.IgnoreFields(report.Service{}, "Where"), cmpopts.IgnoreFields(report.Share{}, "Where"),
		cmpopts.IgnoreFields(report.TransitFacts{}, "ID"), cmpopts.IgnoreFields(report.Hub{}, "Roles"), // what the next deployment reads
		cmpopts.IgnoreUnexported(report.Group{}), cmpopts.EquateEmpty()}
	if diff := cmp.Diff(want, have, ids); diff != "" {
		t.Errorf("- templates, + live\n%s", diff)
	}
}
