// Package live asks AWS accounts what is there. It only reads.
package live

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"sharedhub/constructs/catalog"
)

// attempts at one call; the SDK waits longer between them each time, up to 20 seconds.
const attempts = 6

// Services asks an account for the PrivateLink services of a region.
func Services(ctx context.Context, region string, opt Options) (*catalog.Observation, error) {
	opt.Limits = opt.Limits.orDefaults()
	ctx, cancel := opt.Limits.within(ctx)
	defer cancel()
	cfg, err := configure(ctx, region, opt,
		awsconfig.WithRetryer(func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), attempts) }))
	if errors.Is(err, errNoCredentials) {
		return nil, fmt.Errorf("%w, or read saved JSON with --from", err)
	}
	if err != nil {
		return nil, err
	}
	client := ec2.NewFromConfig(cfg)
	var all []types.ServiceDetail
	input := &ec2.DescribeVpcEndpointServicesInput{Filters: []types.Filter{{Name: aws.String("service-type"), Values: []string{"Interface"}}}}
	for seen := (turned{}); ; {
		page, err := client.DescribeVpcEndpointServices(ctx, input)
		if err == nil {
			err = seen.check(page)
		}
		if err != nil {
			return nil, explain(err, "ec2:DescribeVpcEndpointServices", region)
		}
		all = append(all, page.ServiceDetails...)
		if aws.ToString(page.NextToken) == "" {
			break
		}
		input.NextToken = page.NextToken
	}
	if err := zoneIDs(ctx, client, all); err != nil {
		return nil, explain(err, "ec2:DescribeAvailabilityZones", region)
	}
	return observation(region, all)
}

// zoneIDs adds the ids of the availability zones where AWS has named the account's letters only.
func zoneIDs(ctx context.Context, client *ec2.Client, all []types.ServiceDetail) error {
	if !slices.ContainsFunc(all, func(d types.ServiceDetail) bool { return len(d.AvailabilityZoneIds) == 0 }) {
		return nil
	}
	o, err := client.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{AllAvailabilityZones: aws.Bool(true)})
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for _, z := range o.AvailabilityZones {
		ids[aws.ToString(z.ZoneName)] = aws.ToString(z.ZoneId)
	}
	for i := range all {
		if d := &all[i]; len(d.AvailabilityZoneIds) == 0 {
			for _, name := range d.AvailabilityZones {
				if ids[name] != "" {
					d.AvailabilityZoneIds = append(d.AvailabilityZoneIds, ids[name])
				}
			}
		}
	}
	return nil
}

var errNoCredentials = errors.New("there are no AWS credentials: sign in, set AWS_PROFILE or name one with --profile")

// newHTTPClient makes what carries the calls, each of which may take so long.
var newHTTPClient = func(limit time.Duration) aws.HTTPClient { return awshttp.NewBuildableClient().WithTimeout(limit) }

// configure loads the configuration of the SDK with credentials that are there.
func configure(ctx context.Context, region string, opt Options, opts ...func(*awsconfig.LoadOptions) error) (aws.Config, error) {
	limits := opt.Limits.orDefaults()
	opts = append(opts, awsconfig.WithRegion(region), awsconfig.WithLogger(logging.Nop{}), // its warnings would stand between ours
		awsconfig.WithHTTPClient(newHTTPClient(limits.Attempt)))
	if opt.CLIProfile != "" {
		opts = append(opts, awsconfig.WithSharedConfigProfile(opt.CLIProfile))
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		if gone := (awsconfig.SharedConfigProfileNotExistError{}); errors.As(err, &gone) {
			return cfg, fmt.Errorf("there is no AWS profile %q in ~/.aws/config; set AWS_PROFILE or name one with --profile", gone.Profile)
		}
		return cfg, fmt.Errorf("AWS configuration: %w", err)
	}
	// only now: what gives the credentials (single sign-on, a machine's role) answers in its own way
	cfg.APIOptions = append(cfg.APIOptions, limits.add)
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, unsigned(err, region, opt.CLIProfile)
	}
	return cfg, nil
}

// unsigned says why there are no credentials: nobody gave any, or what gives them does not work.
func unsigned(err error, region, profile string) error {
	var api smithy.APIError
	profile = cmp.Or(profile, os.Getenv("AWS_PROFILE"))
	text, _, _ := strings.Cut(err.Error(), "\n")
	refused := errors.As(err, &api)
	singleSignOn := strings.Contains(text, "SSO")
	switch {
	case refused && !singleSignOn:
		return explain(err, "sts:AssumeRole", region)
	case singleSignOn && !(refused && api.ErrorCode() == "ForbiddenException"): // signed in, and the role is not for them
		if profile != "" {
			profile = " --profile " + profile
		}
		return fmt.Errorf("the sign-in has expired: run `aws sso login%s`", profile)
	case profile == "" || strings.Contains(text, "EC2 IMDS"):
		return errNoCredentials // the SDK's last resort is the role of a machine in EC2
	}
	return fmt.Errorf("profile %s gives no credentials: %s", profile, text)
}

// explain makes one sentence of an API's error.
func explain(err error, action, region string) error {
	var api smithy.APIError
	if why := unanswered(err, action, region); why != nil {
		return why
	}
	if !errors.As(err, &api) {
		return fmt.Errorf("%s in %s: %w", action, region, err)
	}
	switch code := api.ErrorCode(); {
	case code == "UnauthorizedOperation", code == "AccessDenied", code == "AccessDeniedException":
		return fmt.Errorf("%s in %s is denied: the credentials need that permission", action, region)
	case code == "AuthFailure", code == "OptInRequired", code == "RegionDisabledException", code == "UnrecognizedClientException",
		code == "InvalidClientTokenId":
		return fmt.Errorf("%s in %s: the credentials are not valid there; is the region enabled in the account? (%s)", action, region, code)
	case code == "ExpiredToken", code == "RequestExpired", code == "ExpiredTokenException":
		return fmt.Errorf("%s in %s: the credentials have expired; sign in again", action, region)
	case strings.Contains(code, "Throttl"), code == "RequestLimitExceeded":
		return fmt.Errorf("%s in %s was throttled %d times; try again later", action, region, attempts)
	case strings.HasSuffix(code, ".NotFound"), strings.HasPrefix(code, "NoSuch"):
		return fmt.Errorf("%s in %s: %s: it was deleted while verify ran; let the deployment end, and verify again", action, region,
			strings.TrimSuffix(api.ErrorMessage(), "."))
	default:
		return fmt.Errorf("%s in %s: %s: %s", action, region, code, api.ErrorMessage())
	}
}

// SavedServices reads what `aws ec2 describe-vpc-endpoint-services` has printed.
func SavedServices(region string, b []byte) (*catalog.Observation, error) {
	var saved struct {
		ServiceDetails []types.ServiceDetail
		NextToken      string
	}
	if err := json.Unmarshal(b, &saved); err != nil {
		return nil, fmt.Errorf("not the JSON of aws ec2 describe-vpc-endpoint-services: %w", err)
	}
	if saved.NextToken != "" {
		return nil, errors.New("it holds a part of the services only; save it again without --max-items, --page-size and --no-paginate")
	}
	if other := otherRegion(region, saved.ServiceDetails); other != "" {
		return nil, fmt.Errorf("it holds the services of %s, not of %s; name the region with --region %s, or save that of %s", other, region,
			other, region)
	}
	return observation(region, saved.ServiceDetails)
}

// otherRegion is the region whose services are listed, where there is none of the region that was meant.
func otherRegion(region string, all []types.ServiceDetail) string {
	other := ""
	for _, d := range all {
		switch in := catalog.RegionOf(aws.ToString(d.ServiceName)); in {
		case region:
			return ""
		case "":
		default:
			other = in
		}
	}
	return other
}

// observation keeps AWS's own interface endpoint services, in the form of the configuration's file.
func observation(region string, all []types.ServiceDetail) (*catalog.Observation, error) {
	o := &catalog.Observation{Version: 1, Region: region, Captured: time.Now().UTC().Format(time.DateOnly)}
	for _, d := range all {
		name := aws.ToString(d.ServiceName)
		isInterface := slices.ContainsFunc(d.ServiceType,
			func(t types.ServiceTypeDetail) bool { return t.ServiceType == types.ServiceTypeInterface })
		if !isInterface || strings.Contains(name, ".vpce-svc-") {
			continue
		}
		s := catalog.ObservedService{Service: name, Policy: aws.ToBool(d.VpcEndpointPolicySupported), Names: []string{}, AZs: []string{},
			IP: []string{}}
		for _, n := range d.PrivateDnsNames {
			s.Names = append(s.Names, strings.ToLower(aws.ToString(n.PrivateDnsName)))
		}
		if len(s.Names) == 0 && aws.ToString(d.PrivateDnsName) != "" {
			s.Names = append(s.Names, strings.ToLower(aws.ToString(d.PrivateDnsName)))
		}
		for _, z := range d.AvailabilityZones {
			if strings.HasPrefix(z, region) && len(z) == len(region)+1 { // local zones have longer names
				s.AZs = append(s.AZs, z)
			}
		}
		for _, id := range d.AvailabilityZoneIds {
			if strings.Contains(id, "-az") && strings.Count(id, "-") == 1 { // those of local zones have more words
				s.AZIDs = append(s.AZIDs, id)
			}
		}
		for _, t := range d.SupportedIpAddressTypes {
			s.IP = append(s.IP, string(t))
		}
		for _, l := range []*[]string{&s.Names, &s.AZs, &s.AZIDs, &s.IP} {
			slices.Sort(*l)
			*l = slices.Compact(*l)
		}
		o.Services = append(o.Services, s)
	}
	slices.SortFunc(o.Services, func(a, b catalog.ObservedService) int { return strings.Compare(a.Service, b.Service) })
	o.Services = slices.CompactFunc(o.Services, func(a, b catalog.ObservedService) bool { return a.Service == b.Service })
	if err := o.Check(region); err != nil {
		return nil, fmt.Errorf("what AWS answered for %s cannot be used: %w", region, err)
	}
	return o, nil
}
