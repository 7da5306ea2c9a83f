package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"

	"sharedhub/internal/runbook"
)

// What the runbooks' services are asked by, as AWS's pages have it.
var askedFor = map[string][]string{
	"sts": {"sts.us-east-1.amazonaws.com"}, "sqs": {"sqs.us-east-1.amazonaws.com"},
	"s3": {"s3.us-east-1.amazonaws.com", "bucket.s3.us-east-1.amazonaws.com"},
}

// lookup is a question of a spoke, and the endpoint service that must answer; "" for a service of one's own.
type lookup struct{ spoke, name, service string }

var (
	accountKey = regexp.MustCompile(`(?m)^account: "(\d+)"$`)
	hubKey     = regexp.MustCompile(`(?m)^hub: (\S+)$`)
)

// lookups are what attached spokes must resolve privately by the files of a runbook, read without the program's help.
func lookups(files runbook.Files) (out []lookup) {
	for name, text := range files {
		if !strings.HasPrefix(name, "spokes/") || strings.Contains(text, "state: detached") {
			continue
		}
		spoke, hub := strings.TrimSuffix(filepath.Base(name), ".yaml"), files["hubs/"+hubKey.FindStringSubmatch(text)[1]+".yaml"]
		for service, asked := range askedFor {
			listed := regexp.MustCompile(`[\[ ]` + service + `[],\n]`).MatchString(hub)
			if listed && !strings.Contains(hub, "name: "+service+", state: leaving") {
				for _, n := range asked {
					out = append(out, lookup{spoke, n, "com.amazonaws.us-east-1." + service})
				}
			}
		}
		if strings.Contains(hub, "billing.example.com") {
			out = append(out, lookup{spoke, "billing.example.com", ""})
		}
	}
	return out
}

// asker answers as Route 53 Resolver does in a VPC, from what the services themselves say: the VPC's private zones first, then its
// Profile. It shares no code with the program.
type asker struct {
	t      *testing.T
	hub    *ec2.Client
	vpcs   map[string]string // by spoke
	served map[string][]string
}

func newAsker(t *testing.T) *asker {
	return &asker{t, ec2.NewFromConfig(sdk(t, hubAccount, hubRegion)), map[string]string{}, map[string][]string{}}
}

// wrong says what a question gets in place of the endpoint; "" where that answers.
func (r *asker) wrong(files runbook.Files, q lookup) string {
	ctx := context.Background()
	text := files["spokes/"+q.spoke+".yaml"]
	account, hub := accountKey.FindStringSubmatch(text)[1], hubKey.FindStringSubmatch(text)[1]
	cfg := sdk(r.t, account, hubRegion)
	vpc, err := r.vpc(ec2.NewFromConfig(cfg), hub, q.spoke)
	if err != nil {
		return err.Error()
	}
	zones := route53.NewFromConfig(cfg)
	list, err := zones.ListHostedZonesByVPC(ctx, &route53.ListHostedZonesByVPCInput{VPCId: &vpc, VPCRegion: hubRegion,
		MaxItems: aws.Int32(100)})
	if err != nil {
		return err.Error()
	}
	best := r53types.HostedZoneSummary{}
	for _, z := range list.HostedZoneSummaries {
		apex := strings.TrimSuffix(aws.ToString(z.Name), ".")
		if (q.name == apex || strings.HasSuffix(q.name, "."+apex)) && len(aws.ToString(z.Name)) > len(aws.ToString(best.Name)) {
			best = z
		}
	}
	endpoints, err := r.hub.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{
		Filters: []ec2types.Filter{{Name: aws.String("tag:hub"), Values: []string{hub}}}})
	if err != nil {
		return err.Error()
	}
	var target func(e ec2types.VpcEndpoint) bool
	if best.HostedZoneId != nil {
		records, err := zones.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: best.HostedZoneId})
		if err != nil {
			return err.Error()
		}
		alias := aliasOf(records.ResourceRecordSets, q.name)
		if alias == "" {
			return fmt.Sprintf("zone %s has no record of it", *best.Name)
		}
		target = func(e ec2types.VpcEndpoint) bool {
			return slices.ContainsFunc(e.DnsEntries, func(d ec2types.DnsEntry) bool {
				return strings.TrimPrefix(aws.ToString(d.DnsName), "*.") == strings.TrimPrefix(alias, "*.")
			})
		}
	} else {
		carried, err := profileOf(ctx, route53profiles.NewFromConfig(cfg), vpc)
		if err != nil {
			return err.Error()
		}
		target = func(e ec2types.VpcEndpoint) bool {
			return aws.ToBool(e.PrivateDnsEnabled) && slices.Contains(carried, aws.ToString(e.VpcEndpointId)) && r.serves(ctx, e, q.name)
		}
	}
	i := slices.IndexFunc(endpoints.VpcEndpoints, target)
	switch {
	case i < 0:
		return "no endpoint of the hub answers"
	case q.service != "" && aws.ToString(endpoints.VpcEndpoints[i].ServiceName) != q.service:
		return "it leads to " + aws.ToString(endpoints.VpcEndpoints[i].ServiceName)
	}
	return ""
}

func (r *asker) vpc(client *ec2.Client, hub, spoke string) (string, error) {
	if r.vpcs[spoke] == "" {
		found, err := client.DescribeVpcs(context.Background(), &ec2.DescribeVpcsInput{Filters: []ec2types.Filter{
			{Name: aws.String("tag:aws:cloudformation:stack-name"), Values: []string{hub + "-spoke-" + spoke}}}})
		if err != nil || len(found.Vpcs) != 1 {
			return "", fmt.Errorf("expected one VPC of spoke %s, found %d: %w", spoke, len(found.Vpcs), err)
		}
		r.vpcs[spoke] = *found.Vpcs[0].VpcId
	}
	return r.vpcs[spoke], nil
}

// star is how Route 53 writes an asterisk.
var star = strings.NewReplacer(`\052`, "*")

// aliasOf is where a zone's A record leads: that of the name, or a wildcard's.
func aliasOf(records []r53types.ResourceRecordSet, name string) string {
	_, parent, _ := strings.Cut(name, ".")
	for _, asked := range []string{name, "*." + parent} {
		for _, rr := range records {
			found := strings.TrimSuffix(star.Replace(aws.ToString(rr.Name)), ".")
			if found == asked && rr.Type == r53types.RRTypeA && rr.AliasTarget != nil {
				return strings.TrimSuffix(star.Replace(aws.ToString(rr.AliasTarget.DNSName)), ".")
			}
		}
	}
	return ""
}

// profileOf are the endpoints that a VPC's Profile carries.
func profileOf(ctx context.Context, client *route53profiles.Client, vpc string) (out []string, err error) {
	of, err := client.ListProfileAssociations(ctx, &route53profiles.ListProfileAssociationsInput{ResourceId: &vpc})
	if err != nil {
		return nil, err
	}
	for _, a := range of.ProfileAssociations {
		carried, err := client.ListProfileResourceAssociations(ctx, &route53profiles.ListProfileResourceAssociationsInput{ProfileId: a.ProfileId})
		if err != nil {
			return nil, err
		}
		for _, c := range carried.ProfileResourceAssociations {
			_, id, _ := strings.Cut(aws.ToString(c.ResourceArn), ":vpc-endpoint/")
			out = append(out, id)
		}
	}
	return out, nil
}

// serves is true where AWS lists a name among the private ones of an endpoint's service.
func (r *asker) serves(ctx context.Context, e ec2types.VpcEndpoint, name string) bool {
	service := aws.ToString(e.ServiceName)
	if r.served[service] == nil {
		found, err := r.hub.DescribeVpcEndpointServices(ctx, &ec2.DescribeVpcEndpointServicesInput{ServiceNames: []string{service}})
		if err != nil {
			return false
		}
		for _, d := range found.ServiceDetails {
			for _, p := range d.PrivateDnsNames {
				r.served[service] = append(r.served[service], aws.ToString(p.PrivateDnsName))
			}
		}
	}
	// AWS lists *.s3.us-east-1.amazonaws.com alone, and serves s3.us-east-1.amazonaws.com too (S3 user guide, "AWS PrivateLink for
	// Amazon S3").
	_, parent, _ := strings.Cut(name, ".")
	return slices.ContainsFunc(r.served[service], func(n string) bool { return n == name || n == "*."+name || n == "*."+parent })
}

// resolve wants every lookup of some files to be answered.
func (s *site) resolve(t *testing.T, files runbook.Files) {
	t.Helper()
	r, all := newAsker(t), lookups(files)
	if len(all) == 0 {
		t.Error("expected names to look up, found none")
	}
	for _, q := range all {
		if said := r.wrong(files, q); said != "" {
			t.Errorf("%s does not resolve privately from %s: %s", q.name, q.spoke, said)
		}
	}
}

// watch asks again and again, until it is told to stop, for a name of each service from one spoke, which has them before and after.
func (s *site) watch(t *testing.T, before, after runbook.Files) (stop func()) {
	t.Helper()
	var both []lookup
	later := lookups(after)
	for _, q := range lookups(before) {
		if slices.Contains(later, q) && (len(both) == 0 || both[0].spoke == q.spoke) {
			both = append(both, q)
		}
	}
	r, end, asked, told := newAsker(t), make(chan struct{}), 0, map[string]bool{}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			for _, q := range both {
				if said := r.wrong(before, q); said != "" && !told[q.name] {
					told[q.name] = true
					t.Errorf("during the deployment, %s does not resolve privately from %s: %s", q.name, q.spoke, said)
				}
				asked++
			}
			select {
			case <-end:
				return
			case <-time.After(2 * time.Second):
			}
		}
	})
	return func() {
		close(end)
		wg.Wait()
		if asked == 0 && len(both) > 0 {
			t.Error("nothing was asked during the deployment")
		}
	}
}
