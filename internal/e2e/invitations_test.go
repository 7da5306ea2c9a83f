package e2e

import (
	"slices"
	"strings"
	"testing"
)

// Without an organization RAM invites the spoke's account, which sees no Transit Gateway before it accepts: everything at once fails
// at the spoke, and the documents' two steps, word for word, do not.
func TestInvitations(t *testing.T) {
	t.Parallel()
	c := connect(t)
	if !emulated() {
		t.Skip("a sandbox organization has no account outside that this may bootstrap")
	}
	c.bootstrap(t, hubAccount+"/"+hubRegion, outsider+"/"+hubRegion)
	r := newReader(t, c)
	s := &site{cloud: c, dir: r.dir + "/config", out: t.TempDir(), flags: []string{"--method", "direct", "--concurrency", "8"}}
	for _, file := range []string{"hubs/use1.yaml", "spokes/payments-prod.yaml", "spokes/payments-dev.yaml", "spokes/orders-prod.yaml",
		"spokes/orders-dev.yaml"} {
		s.remove(t, file)
	}
	s.write(t, "hubs/alone.yaml", `account: "`+hubAccount+`"
region: us-east-1
vpc: {cidr: 10.7.0.0/22, zones: 2}
pools: {prod: [10.96.0.0/16]}
segments: {prod: {accounts: ["`+outsider+`"]}}
endpoints: {services: [sts]}
`)
	s.write(t, "spokes/guest.yaml", "hub: alone\naccount: \""+outsider+"\"\nsegment: prod\ncidr: 10.96.0.0/22\n")

	said, err := s.try(t)
	if err == nil || !strings.Contains(said, "InvalidTransitGatewayID.NotFound") || !strings.Contains(said, "alone-spoke-guest failed") {
		t.Fatalf("everything at once ended with %v:\n%s", err, tail(said))
	}
	r.run(t, "deploy use1-network", "use1", "alone") // nothing new: the share is there, and the invitation open
	guest := *r
	guest.cloud = &cloud{program: c.program, cdk: c.cdk, env: keys(t, outsider)}
	contains(t, guest.run(t, "aws ram accept-resource-share-invitation"), `"status": "ACCEPTED"`)
	changed := changedStacks(r.run(t, "deploy 'use1-*' --require-approval never", "use1", "alone"))
	for _, stack := range []string{"alone-spoke-guest", "alone-link-guest", "alone-dns-" + outsider} {
		if !slices.Contains(changed, stack) {
			t.Errorf("once accepted, %s was not deployed, but %v", stack, changed)
		}
	}
	s.flags = nil
	s.deploy(t) // into s.out, which same and leave read
	s.same(t)
	s.end(t)
}
