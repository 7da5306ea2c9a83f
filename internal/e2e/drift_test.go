package e2e

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/drift"
	"sharedhub/internal/live"
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// Changes by hand after a good deployment: verify finds each, calls it by its kind, and names the stack that owns the
// part. docs/reference/verify.md has the table.
func TestDriftOfZones(t *testing.T) {
	t.Parallel()
	s := newSite(t, connect(t), "testdata/zones", hubAccount+"/"+hubRegion, farAccount+"/"+hubRegion)
	s.deploy(t)
	s.same(t)
	drifts(t, s, "10.16.0.0/22", "10.32.0.0/22", zonedDrifts)
}

// drifts makes the changes, one after the other, on a site that is as configured; near and far are the ranges of its spokes.
func drifts(t *testing.T, s *site, near, far string, changes []byHand) {
	t.Helper()
	cfg, _ := config.Load(s.dir)
	a, err := assembly.Read(s.out)
	if err != nil {
		t.Fatal(err)
	}
	want := prove.Linked(cfg, a.Records()) // with what the configuration says of networks that exist
	// look looks until all is as hoped for: AWS tells of a change after a while, and the emulator at once.
	look := func(hoped func(*live.View, diag.List) bool) (*live.View, diag.List) {
		for began := time.Now(); ; time.Sleep(10 * time.Second) {
			view, err := live.Look(context.Background(), live.ScopeOf(want), live.Options{})
			if err != nil || len(view.Unseen) > 0 {
				t.Fatal(err, view.Unseen)
			}
			found := drift.Between(want, view.Network, view.Sees)
			if emulated() || hoped(view, found) || time.Since(began) > 5*time.Minute {
				return view, found
			}
		}
	}
	none := func(view *live.View, found diag.List) bool {
		return len(found) == 0 && len(proved(cfg, want, view)) == 0
	}
	view, _ := look(none)
	least := live.Permissions()["Statement"].([]any)[0].(map[string]any)["Action"].([]string)
	for _, call := range sortedKeys(view.Calls) {
		if a := action(call); !slices.Contains(least, a) && !strings.HasPrefix(a, "sts:") {
			t.Errorf("verify --policy does not hold %s", a)
		}
	}
	h := &hand{
		ctx: context.Background(), net: view.Network, near: ec2.NewFromConfig(sdk(t, hubAccount, hubRegion)), far: ec2.NewFromConfig(sdk(t,
			farAccount, hubRegion)), names: route53.NewFromConfig(sdk(t, farAccount, hubRegion)),
	}
	for _, v := range view.Network.VPCs {
		if v.Tags["hub"] != cfg.Hubs[0].Name {
			continue
		}
		switch v.CIDRs[0].String() {
		case cfg.Hubs[0].CIDR.String():
			h.hub = v
		case near:
			h.nearVPC = v
		case far:
			h.farVPC = v
		}
	}
	foreign(t, h, cfg.Hubs[0].CIDR.String())
	if view, found := look(none); !none(view, found) {
		t.Errorf("somebody else's VPC of the same range is a difference: %v", found)
	}
	for i, d := range changes {
		t.Run(strings.ReplaceAll(d.name, " ", "-"), func(t *testing.T) {
			h.t = t
			undo := d.do(h)
			told := func(view *live.View, found diag.List) bool {
				if code, proof := strings.CutPrefix(d.kind, "proof: "); proof {
					return slices.ContainsFunc(proved(cfg, want, view), func(f diag.Diagnostic) bool {
						return f.Code.String() == code && stackOf(f) == d.stack
					})
				}
				return slices.ContainsFunc(found, func(f diag.Diagnostic) bool { return f.Code.String() == d.kind && stackOf(f) == d.stack })
			}
			view, found := look(told)
			if !told(view, found) {
				t.Errorf("verify does not tell %s of %s:\n%v", d.kind, d.stack, found)
			}
			if undo == nil {
				return
			}
			t.Logf("%d differences, %d findings: %v", len(found), len(proved(cfg, want, view)), found)
			undo()
			// On the emulator, which tells all at once, it is enough to look after some changes whether all are undone.
			if emulated() && i%6 != 5 && len(changes)-i > 3 {
				return
			}
			if view, left := look(none); !none(view, left) {
				t.Fatalf("undone, there is still\n%v\n%v", left, proved(cfg, want, view))
			}
		})
	}
	table := documented(t)
	for _, d := range changes {
		if !strings.Contains(table, "| "+d.name+" | `"+d.kind+"` |") {
			t.Errorf("docs/reference/verify.md does not tell of %q, %s", d.name, d.kind)
		}
	}
}

func stackOf(d diag.Diagnostic) string {
	at, _ := d.Where.(diag.Resource)
	return at.Stack
}

// proved are the errors of the proof of what is live.
func proved(cfg *config.Config, want *topology.Network, view *live.View) diag.List {
	view.Network.Reads = want.Reads
	return prove.Seen(cfg, view.Network, view.Sees).Findings.Errors()
}

// action is the IAM action of an SDK's call, "EC2:DescribeVpcs".
func action(call string) string {
	service, op, _ := strings.Cut(call, ":")
	prefix := map[string]string{"CloudWatch Logs": "logs", "Route 53": "route53",
		"Elastic Load Balancing v2": "elasticloadbalancing"}[service]
	return cmp.Or(prefix, strings.ToLower(service)) + ":" + op
}

func documented(t *testing.T) string {
	b, err := os.ReadFile(filepath.Join(repo, "docs/reference/verify.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
