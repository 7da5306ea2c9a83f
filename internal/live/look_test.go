package live

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"sharedhub/internal/topology"
)

// answer is what a fake AWS answers to an action of an account: an error's code, or "" for an empty list.
type answer func(account, action string) (code string, status int)

// fault answers an action of an account in no way of AWS's, and is true where it did.
type fault func(w http.ResponseWriter, account, action string) bool

// fakeAWS knows two accounts, tells them apart by their keys, and holds nothing.
func fakeAWS(t *testing.T, a answer, faults ...fault) *atomic.Int64 {
	t.Helper()
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		account := "111111111111"
		if strings.Contains(r.Header.Get("Authorization"), "KEYOF222222222222") {
			account = "222222222222"
		}
		r.ParseForm()
		action := r.Form.Get("Action")
		if _, operation, json := strings.Cut(r.Header.Get("X-Amz-Target"), "."); json {
			action = operation
		} else if action == "" {
			action = r.URL.Path
		}
		for _, f := range faults {
			if f(w, account, action) {
				return
			}
		}
		if code, status := a(account, action); code != "" {
			w.WriteHeader(status)
			if action == "AssumeRole" || action == "GetCallerIdentity" { // STS
				fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, code)
				return
			}
			fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>no</Message></Error></Errors></Response>`, code)
			return
		}
		switch action {
		case "GetCallerIdentity":
			fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111111111111</Account>`+
				`</GetCallerIdentityResult></GetCallerIdentityResponse>`)
		case "AssumeRole":
			fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>KEYOF%s</AccessKeyId>`+
				`<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%s</Expiration>`+
				`</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
				strings.Split(r.Form.Get("RoleArn"), ":")[4], time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
		case "DescribeStacks":
			fmt.Fprint(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>`)
		case "/profileassociations":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{}`)
		default:
			fmt.Fprintf(w, `<%sResponse/>`, action)
		}
	}))
	t.Cleanup(server.Close)
	for k, v := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
		"AWS_SESSION_TOKEN": "", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": ""} {
		t.Setenv(k, v)
	}
	patient := newRetryer
	newRetryer = func() aws.Retryer {
		return retry.AddWithMaxBackoffDelay(retry.AddWithMaxAttempts(retry.NewStandard(), attempts), time.Millisecond)
	}
	t.Cleanup(func() { newRetryer = patient })
	return &calls
}

func twoAccounts() Scope {
	return Scope{Places: map[Place]bool{{"111111111111", "us-east-1"}: true, {"222222222222", "us-east-1"}: true}}
}

// What keeps verify from looking is one sentence with the fix; the other places are still looked at.
func TestUnseen(t *testing.T) {
	far := func(action, code string, status int) answer {
		return func(account, a string) (string, int) {
			if a == action && (account == "222222222222" || a == "AssumeRole") {
				return code, status
			}
			return "", 0
		}
	}
	for _, c := range []struct {
		name   string
		answer answer
		want   string
	}{
		{"a throttled API", far("DescribeVpcs", "RequestLimitExceeded", 503),
			"ec2:DescribeVpcs in us-east-1 was throttled 6 times; try again later"},
		{"a region that is not enabled", far("DescribeVpcs", "AuthFailure", 401), "is the region enabled in the account?"},
		{"a role that may not look", far("DescribeTransitGateways", "UnauthorizedOperation", 403),
			"ec2:DescribeTransitGateways in us-east-1 is denied: the credentials need that permission"},
		{"something that goes while it is looked at", far("DescribeTransitGateways", "InvalidTransitGatewayID.NotFound", 400),
			"it was deleted while verify ran; let the deployment end, and verify again"},
		{"a session that has expired", far("DescribeVpcs", "RequestExpired", 400), "the credentials have expired; sign in again"},
	} {
		fakeAWS(t, c.answer)
		v, err := Look(context.Background(), twoAccounts(), Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if len(v.Unseen) != 1 || accountOf(v.Unseen[0]) != "222222222222" || !strings.Contains(v.Unseen[0].Summary, c.want) ||
			strings.Contains(v.Unseen[0].Summary, "\n") {
			t.Errorf("%s: %v, want %q", c.name, v.Unseen, c.want)
		}
		if v.Sees("222222222222") || !v.Sees("111111111111") || v.Calls["EC2:DescribeVpcs"] == 0 {
			t.Errorf("%s: the other account was not looked at: %v", c.name, v.Calls)
		}
	}
}

// Credentials of an account that nobody trusts: each place says whose to use instead.
func TestWrongAccount(t *testing.T) {
	fakeAWS(t, func(_, action string) (string, int) {
		if action == "AssumeRole" {
			return "AccessDenied", 403
		}
		return "", 0
	})
	scope := twoAccounts()
	delete(scope.Places, Place{"111111111111", "us-east-1"})
	scope.Places[Place{"333333333333", "us-east-1"}], scope.Hubs = true, map[string]bool{"333333333333": true}
	v, err := Look(context.Background(), scope, Options{})
	if err != nil || len(v.Unseen) != 2 || v.Calls["EC2:DescribeVpcs"] > 0 {
		t.Fatalf("%v %v", v, err)
	}
	for _, u := range v.Unseen {
		want := fmt.Sprintf("account %s refuses role cdk-hnb659fds-lookup-role-%s-us-east-1 to account 111111111111: sign in to the hub's "+
			"account, 333333333333, or bootstrap it with", accountOf(u), accountOf(u))
		if !strings.HasPrefix(u.Summary, want) {
			t.Errorf("%s\nwant %s", u.Summary, want)
		}
	}
}

func TestRefusedRole(t *testing.T) {
	place := Place{"222222222222", "us-east-1"}
	for _, c := range []struct{ role, lookup, want string }{
		{"", "", "account 222222222222 refuses role cdk-hnb659fds-lookup-role-222222222222-us-east-1 to account 111111111111: bootstrap it " +
			"with `cdk bootstrap aws://222222222222/us-east-1 --trust 111111111111`, or name another role with --role"},
		{"", "arn:aws:iam::222222222222:role/cdk-acme01-lookup-role-222222222222-us-east-1",
			"account 222222222222 refuses role cdk-acme01-lookup-role-222222222222-us-east-1 to account 111111111111: bootstrap it with `cdk " +
				"bootstrap aws://222222222222/us-east-1 --qualifier acme01 --trust 111111111111`"},
		{"mine", "arn:aws:iam::222222222222:role/x", "refuses role mine to account 111111111111: create the role there, trusting account " +
			"111111111111"},
	} {
		s := &session{role: c.role, caller: "111111111111", elsewhere: Scope{LookupRoles: map[Place]string{place: c.lookup}}.lookupRole}
		if err := s.refused(apiError("AccessDenied"), place, s.roleAt(place)); !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// apiError is an error as the SDK returns it.
type apiError string

func (e apiError) Error() string                 { return string(e) }
func (e apiError) ErrorCode() string             { return string(e) }
func (e apiError) ErrorMessage() string          { return "no" }
func (e apiError) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

func TestNobodyToAskWith(t *testing.T) {
	calls := fakeAWS(t, func(string, string) (string, int) { return "", 0 })
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, err := Look(context.Background(), twoAccounts(), Options{}); err == nil || !strings.Contains(err.Error(),
		"there are no AWS credentials") || calls.Load() != 0 {
		t.Errorf("%d calls: %v", calls.Load(), err)
	}
	if _, err := Look(context.Background(), twoAccounts(), Options{CLIProfile: "nobody"}); err == nil || !strings.Contains(err.Error(),
		"nobody") {
		t.Errorf("an unknown profile: %v", err)
	}
}

// What gives credentials may not work: the sentence says which it is.
func TestUnsigned(t *testing.T) {
	for _, c := range []struct {
		name, profile, env, want string
		answer                   answer
	}{
		{"single sign-on that was never signed in", "sso", "", "the sign-in has expired: run `aws sso login --profile sso`", nil},
		{"the older form of it, by the environment", "", "old-sso", "the sign-in has expired: run `aws sso login --profile old-sso`", nil},
		{"a program that fails", "program", "", "profile program gives no credentials: ", nil},
		{"keys that have expired", "", "", "sts:GetCallerIdentity in us-east-1: the credentials have expired; sign in again",
			func(_, a string) (string, int) {
				if a == "GetCallerIdentity" {
					return "ExpiredToken", 403
				}
				return "", 0
			}},
	} {
		if c.answer == nil {
			c.answer = func(string, string) (string, int) { return "", 0 }
		}
		fakeAWS(t, c.answer)
		file := filepath.Join(t.TempDir(), "config")
		text := "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.org\n[profile sso]\nsso_session = " +
			"s\nsso_account_id = 111111111111\nsso_role_name = r\n" +
			"[profile old-sso]\nsso_region = us-east-1\nsso_start_url = https://example.org\nsso_account_id = 111111111111\nsso_role_name = r\n" +
			"[profile program]\ncredential_process = false\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_CONFIG_FILE", file)
		t.Setenv("HOME", t.TempDir())
		if c.env != "" || c.profile != "" {
			t.Setenv("AWS_PROFILE", c.env)
			t.Setenv("AWS_ACCESS_KEY_ID", "")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		}
		if _, err := Look(context.Background(), twoAccounts(), Options{CLIProfile: c.profile}); err == nil || !strings.Contains(err.Error(),
			c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestUnsignedByARole(t *testing.T) {
	if err := unsigned(apiError("AccessDenied"), "us-east-1", "role"); err.Error() != "sts:AssumeRole in us-east-1 is denied: the "+
		"credentials need that permission" {
		t.Error(err)
	}
	forbidden := fmt.Errorf("operation error SSO: GetRoleCredentials, %w", apiError("ForbiddenException"))
	if err := unsigned(forbidden, "us-east-1", "role"); err.Error() != "profile role gives no credentials: operation error SSO: "+
		"GetRoleCredentials, ForbiddenException" {
		t.Error(err)
	}
	expired := fmt.Errorf("operation error SSO: GetRoleCredentials, %w", apiError("UnauthorizedException"))
	if err := unsigned(expired, "us-east-1", "role"); err.Error() != "the sign-in has expired: run `aws sso login --profile role`" {
		t.Error(err)
	}
}

// verify asks, and never writes.
func TestPolicyOnlyReads(t *testing.T) {
	reads := regexp.MustCompile(`^[a-z0-9]+:(Describe|Get|List|Search)[A-Za-z]+$`)
	for _, a := range actions {
		if !reads.MatchString(a) {
			t.Errorf("%s is more than reading", a)
		}
	}
}

// A call that --policy does not hold never leaves.
func TestOnlyPermittedCalls(t *testing.T) {
	calls := fakeAWS(t, func(string, string) (string, int) { return "", 0 })
	s, err := open(context.Background(), Options{}, twoAccounts())
	if err != nil {
		t.Fatal(err)
	}
	before := calls.Load()
	cfg, _ := s.at(context.Background(), Place{"111111111111", "us-east-1"})
	_, err = ec2.NewFromConfig(cfg).DeleteVpc(context.Background(), &ec2.DeleteVpcInput{VpcId: aws.String("vpc-1")})
	if err == nil || !strings.Contains(err.Error(), "ec2:DeleteVpc is not among the permissions of this command") || calls.Load() != before {
		t.Errorf("%v after %d calls", err, calls.Load()-before)
	}
}

// A role that is named is assumed in the credentials' own account too.
func TestNamedRole(t *testing.T) {
	fakeAWS(t, func(string, string) (string, int) { return "", 0 })
	v, err := Look(context.Background(), twoAccounts(), Options{Role: "mine"})
	if err != nil || len(v.Unseen) > 0 || v.Calls["STS:AssumeRole"] != 2 {
		t.Errorf("%v %v %v", err, v.Unseen, v.Calls)
	}
}

// The roles of several places are assumed at the same time.
func TestRolesAtOnce(t *testing.T) {
	var asked sync.WaitGroup
	asked.Add(2)
	fakeAWS(t, func(_, action string) (string, int) {
		if action == "AssumeRole" {
			asked.Done()
			asked.Wait()
		}
		return "", 0
	})
	done := make(chan error, 1)
	go func() {
		_, err := Look(context.Background(), twoAccounts(), Options{Role: "mine"})
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the second role waits for the first")
		asked.Done()
	}
}

// What EC2 says of a route, under the names that templates use; routes that no stack makes are none.
func TestRouteRecords(t *testing.T) {
	for _, c := range []struct {
		in   types.Route
		want map[string]string // nil: no record
	}{
		{types.Route{DestinationCidrBlock: aws.String("10.0.0.0/8"), GatewayId: aws.String("local")}, nil},
		{types.Route{DestinationIpv6CidrBlock: aws.String("2600::/56"), GatewayId: aws.String("local")}, nil},
		{types.Route{DestinationPrefixListId: aws.String("pl-1"), GatewayId: aws.String("vpce-1")}, nil}, // a gateway endpoint's
		{types.Route{DestinationPrefixListId: aws.String("pl-1"), GatewayId: aws.String("igw-1")}, map[string]string{"GatewayId": "igw-1"}},
		{types.Route{DestinationCidrBlock: aws.String("10.0.0.0/8"), GatewayId: aws.String("vgw-1")}, map[string]string{"GatewayId": "vgw-1"}},
		// a Gateway Load Balancer's
		{types.Route{DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: aws.String("vpce-1")},
			map[string]string{"VpcEndpointId": "vpce-1"}},
		{types.Route{DestinationCidrBlock: aws.String("10.0.0.0/8"), TransitGatewayId: aws.String("tgw-1"), State: types.RouteStateBlackhole},
			map[string]string{"TransitGatewayId": "tgw-1"}},
		{types.Route{DestinationCidrBlock: aws.String("0.0.0.0/0"), InstanceId: aws.String("i-1"), NetworkInterfaceId: aws.String("eni-1")},
			map[string]string{"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}},
	} {
		rec, _ := routeRecord(topology.Meta{ID: "rtb-1"}, c.in).(*topology.RouteRecord)
		switch {
		case rec == nil && c.want == nil:
		case rec == nil || !maps.Equal(rec.Targets, c.want) || rec.Table != "rtb-1" || rec.Blackhole != (c.in.State == types.RouteStateBlackhole):
			t.Errorf("%+v: %+v", c.in, rec)
		}
	}
}

func TestDocuments(t *testing.T) {
	plain := `{"Version":"2012-10-17","Statement":[]}`
	for _, in := range []string{plain, url.QueryEscape(plain)} {
		if got := document(&in); got != plain {
			t.Errorf("%s: %s", in, got)
		}
	}
}

// What an account that was not seen has attached is passed over, with all that leads to it; a route to what was deleted
// leads nowhere.
func TestUnseenAttachments(t *testing.T) {
	attachment := func(id, owner string, state types.TransitGatewayAttachmentState) types.TransitGatewayAttachment {
		return types.TransitGatewayAttachment{TransitGatewayAttachmentId: &id, ResourceOwnerId: &owner, State: state}
	}
	learned := func(id string) types.TransitGatewayRouteTablePropagation {
		return types.TransitGatewayRouteTablePropagation{TransitGatewayAttachmentId: &id}
	}
	route := func(id string) types.TransitGatewayRoute {
		return types.TransitGatewayRoute{TransitGatewayAttachments: []types.TransitGatewayRouteAttachment{{TransitGatewayAttachmentId: &id}}}
	}
	r := &raw{
		attachments: []types.TransitGatewayAttachment{
			attachment("seen", "1", "available"), attachment("unseen", "2", "available"), attachment("gone", "1", "deleted"),
		},
		learned: map[string][]types.TransitGatewayRouteTablePropagation{"t": {learned("seen"), learned("unseen"), learned("gone")}},
		static:  map[string][]types.TransitGatewayRoute{"t": {route("seen"), route("unseen"), route("gone")}},
	}
	r.dropUnseen(map[string]bool{"2": true})
	if len(r.attachments) != 1 || len(r.learned["t"]) != 1 || len(r.static["t"]) != 2 || len(r.static["t"][1].TransitGatewayAttachments) != 0 {
		t.Errorf("%+v", r)
	}
}
