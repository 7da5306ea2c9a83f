package live

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// estate answers for AWS: accounts of one region with VPCs and private zones, which all VPCs of an account ask. It limits calls as AWS
// does.
type estate struct {
	accounts, vpcs, zones int // VPCs and zones of each account

	mu        sync.Mutex
	buckets   map[string]*bucket
	throttled int
}

// bucket holds what may be asked at once, and fills again.
type bucket struct {
	most, aSecond, left float64
	at                  time.Time
}

func (b *bucket) take() bool {
	now := time.Now()
	b.left, b.at = min(b.most, b.left+now.Sub(b.at).Seconds()*b.aSecond), now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// roundTrip is what a call takes.
const roundTrip = 80 * time.Millisecond

// Do answers a call, or refuses it: Route 53 takes five a second of an account (Route 53 developer guide, "Quotas"), EC2 100 of each
// action at once and 20 a second then, of an account and region (EC2 developer guide, "Request throttling").
func (e *estate) Do(r *http.Request) (*http.Response, error) {
	time.Sleep(roundTrip)
	_, account, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=KEYOF")
	account = account[:min(len(account), 12)]
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	form, _ := http.NewRequest(http.MethodGet, "/?"+string(body), nil)
	action := form.FormValue("Action")
	service, _, _ := strings.Cut(r.URL.Host, ".")
	switch {
	case service == "route53" && !e.may(account+service, 5, 5):
		return answered(http.StatusBadRequest,
			`<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`)
	case service == "ec2" && !e.may(account+action, 100, 20):
		return answered(http.StatusServiceUnavailable,
			`<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>`)
	case service == "route53":
		return answered(http.StatusOK, e.names(account, r))
	case action == "":
		return answered(http.StatusOK, `{}`)
	}
	return answered(http.StatusOK, e.parts(account, action, form.FormValue))
}

func answered(status int, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(body)))}, nil
}

func (e *estate) may(whose string, most, aSecond float64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.buckets[whose]
	if b == nil {
		b = &bucket{most, aSecond, most, time.Now()}
		e.buckets[whose] = b
	}
	ok := b.take()
	if !ok {
		e.throttled++
	}
	return ok
}

// parts are the answers that name an action.
func (e *estate) parts(account, action string, of func(string) string) string {
	inner := ""
	switch action {
	case "GetCallerIdentity":
		inner = "<GetCallerIdentityResult><Account>" + e.account(0) + "</Account></GetCallerIdentityResult>"
	case "AssumeRole":
		inner = fmt.Sprintf("<AssumeRoleResult><Credentials><AccessKeyId>KEYOF%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"+
			"<SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult>",
			strings.Split(of("RoleArn"), ":")[4], time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	case "DescribeStacks":
		inner = "<DescribeStacksResult><Stacks/></DescribeStacksResult>"
	case "DescribeVpcs":
		for i := range e.vpcs {
			inner += "<item><vpcId>" + vpcOf(account, i) + "</vpcId></item>"
		}
		inner = "<vpcSet>" + inner + "</vpcSet>"
	case "DescribeVpcAttribute":
		inner = "<enableDnsSupport><value>true</value></enableDnsSupport><enableDnsHostnames><value>true</value></enableDnsHostnames>"
	}
	return "<" + action + "Response>" + inner + "</" + action + "Response>"
}

// names are Route 53's answers.
func (e *estate) names(account string, r *http.Request) string {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/2013-04-01/"), "/")
	inner := ""
	switch {
	case path[0] == "hostedzonesbyvpc":
		for i := range e.zones {
			inner += fmt.Sprintf("<HostedZoneSummary><HostedZoneId>Z%s%d</HostedZoneId><Name>s%d.us-east-1.amazonaws.com.</Name>"+
				"<Owner><OwningAccount>%s</OwningAccount></Owner></HostedZoneSummary>", account, i, i, account)
		}
		return "<ListHostedZonesByVPCResponse><HostedZoneSummaries>" + inner + "</HostedZoneSummaries></ListHostedZonesByVPCResponse>"
	case len(path) == 3:
		return "<ListResourceRecordSetsResponse><ResourceRecordSets/></ListResourceRecordSetsResponse>"
	}
	for i := range e.vpcs {
		inner += "<VPC><VPCRegion>us-east-1</VPCRegion><VPCId>" + vpcOf(account, i) + "</VPCId></VPC>"
	}
	return "<GetHostedZoneResponse><HostedZone><Id>" + path[1] + "</Id><Name>s.</Name></HostedZone><VPCs>" + inner +
		"</VPCs></GetHostedZoneResponse>"
}

func (e *estate) account(i int) string { return fmt.Sprint(200000000000 + i) }

func vpcOf(account string, i int) string { return fmt.Sprintf("vpc-%s%05d", account, i) }

// How many calls VPCs and zones take, and how long they take under AWS's limits: 300 VPCs in 50 accounts, each with the 52 zones of 40
// services. No call is refused, since none is made too early.
func TestMany(t *testing.T) {
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": "KEYOF200000000000", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "",
		"AWS_ENDPOINT_URL": "", "AWS_CA_BUNDLE": ""} {
		t.Setenv(k, v)
	}
	usual := newHTTPClient
	defer func() { newHTTPClient = usual }()
	for _, c := range []struct {
		*estate
		most time.Duration
	}{{&estate{accounts: 2, vpcs: 1}, 3 * time.Second}, {&estate{accounts: 50, vpcs: 6, zones: 52}, time.Minute}} {
		synctest.Test(t, func(t *testing.T) { // where waiting takes no time
			e := c.estate
			e.buckets = map[string]*bucket{}
			newHTTPClient = func(time.Duration) aws.HTTPClient { return e }
			began := time.Now()
			v, err := Look(context.Background(), e.scope(), Options{})
			if err != nil || len(v.Unseen) > 0 {
				t.Fatal(err, v)
			}
			took := time.Since(began)
			t.Logf("%d VPCs in %d accounts with %d zones each: %d calls in %s", e.accounts*e.vpcs, e.accounts, e.zones, v.Total(), took)
			const aPlace, aVPC, aZone = 19, 3, 2 // the place's role among them
			if want := e.accounts * (aPlace + aVPC*e.vpcs + aZone*e.zones); v.Total() != want {
				t.Errorf("%d calls, expected %d: %v", v.Total(), want, v.Calls)
			}
			if e.throttled > 0 || took > c.most {
				t.Errorf("it took %s, and %d calls were refused; expected %s at most, and none", took, e.throttled, c.most)
			}
		})
	}
}

func (e *estate) scope() Scope {
	s := Scope{Places: map[Place]bool{}, VPCs: map[string]bool{}}
	for a := range e.accounts {
		s.Places[Place{e.account(a), "us-east-1"}] = true
		for i := range e.vpcs {
			s.VPCs[vpcOf(e.account(a), i)] = true
		}
	}
	return s
}
