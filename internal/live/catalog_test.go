package live

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"sharedhub/constructs/catalog"
)

// ec2API answers DescribeVpcEndpointServices as EC2 does, in pages, after failing as often as told; and says the ids of zones.
func ec2API(t *testing.T, fail int, code string, status int) (calls *int) {
	t.Helper()
	calls = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*calls++
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		a := r.Form.Get("Action")
		if a != "DescribeVpcEndpointServices" && a != "DescribeAvailabilityZones" {
			t.Errorf("called %s", a)
		}
		if *calls <= fail {
			w.WriteHeader(status)
			fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>no</Message></Error></Errors></Response>`, code)
			return
		}
		if a == "DescribeAvailabilityZones" {
			fmt.Fprint(w, `<ZonesResponse><availabilityZoneInfo>
			<item><zoneName>us-east-1a</zoneName><zoneId>use1-az6</zoneId></item>
			<item><zoneName>us-east-1b</zoneName><zoneId>use1-az1</zoneId></item>
			<item><zoneName>us-east-1-bos-1a</zoneName><zoneId>use1-bos1-az1</zoneId></item></availabilityZoneInfo></ZonesResponse>`)
			return
		}
		fmt.Fprint(w, page(r.Form))
	}))
	t.Cleanup(s.Close)
	for k, v := range map[string]string{"AWS_ENDPOINT_URL": s.URL, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
		"AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE":           os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_PROFILE": "", "AWS_SESSION_TOKEN": ""} {
		t.Setenv(k, v)
	}
	return calls
}

func page(form url.Values) string {
	detail := func(name, typ, names string, policy bool) string {
		ids := ""
		if policy { // as a newer API answers
			ids = `<availabilityZoneIdSet><item>use1-az2</item><item>use1-bos1-az1</item></availabilityZoneIdSet>`
		}
		return `<item>` + ids + `<serviceName>` + name + `</serviceName>
		<serviceType><item><serviceType>` + typ + `</serviceType></item></serviceType>
		<availabilityZoneSet><item>us-east-1b</item><item>us-east-1a</item><item>us-east-1-bos-1a</item></availabilityZoneSet>
		<privateDnsNameSet>` + names + `</privateDnsNameSet><vpcEndpointPolicySupported>` + fmt.Sprint(policy) + `</vpcEndpointPolicySupported>
		<supportedIpAddressTypeSet><item>ipv4</item></supportedIpAddressTypeSet></item>`
	}
	name := func(n string) string { return `<item><privateDnsName>` + n + `</privateDnsName></item>` }
	if form.Get("NextToken") == "" {
		return `<ServicesResponse><serviceDetailSet>` + detail("com.amazonaws.us-east-1.sts", "Interface",
			name("sts.us-east-1.amazonaws.com"), true) +
			detail("com.amazonaws.us-east-1.s3", "Gateway", "", true) + `</serviceDetailSet><nextToken>2</nextToken></ServicesResponse>`
	}
	return `<ServicesResponse><serviceDetailSet>` + detail("com.amazonaws.us-east-1.kms", "Interface", name("kms.us-east-1.api.aws")+
		name("kms.us-east-1.amazonaws.com"), false) +
		detail("com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", "Interface", "", false) + `</serviceDetailSet></ServicesResponse>`
}

func TestServices(t *testing.T) {
	calls := ec2API(t, 0, "", 0)
	o, err := Services(context.Background(), "us-east-1", Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.SplitN(string(o.Encode()), "\n", 2)[1]
	want := `{"service":"com.amazonaws.us-east-1.kms","names":["kms.us-east-1.amazonaws.com","kms.us-east-1.api.aws"],` +
		`"zones":["us-east-1a","us-east-1b"],"zoneIds":["use1-az1","use1-az6"],"policy":false,"ip":["ipv4"]},` + "\n" +
		`{"service":"com.amazonaws.us-east-1.sts","names":["sts.us-east-1.amazonaws.com"],` +
		`"zones":["us-east-1a","us-east-1b"],"zoneIds":["use1-az2"],"policy":true,"ip":["ipv4"]}` + "\n]}\n"
	if got != want || *calls != 3 {
		t.Errorf("%d calls, got\n%s\nwant\n%s", *calls, got, want)
	}
	if back, err := catalog.ParseObservation(o.Encode(), "us-east-1"); err != nil || len(back.Services) != 2 {
		t.Errorf("its own file is refused: %v", err)
	}
}

func TestServicesRetries(t *testing.T) {
	calls := ec2API(t, 2, "RequestLimitExceeded", 503)
	if _, err := Services(context.Background(), "us-east-1", Options{}); err != nil || *calls != 5 {
		t.Errorf("%d calls, %v", *calls, err)
	}
}

func TestServicesErrors(t *testing.T) {
	for _, c := range []struct {
		code   string
		status int
		want   string
	}{
		{"UnauthorizedOperation", 403, "ec2:DescribeVpcEndpointServices in us-east-1 is denied"},
		{"AuthFailure", 401, "is the region enabled in the account?"},
		{"ExpiredToken", 400, "the credentials have expired"},
		{"InvalidParameter", 400, "InvalidParameter: no"},
	} {
		calls := ec2API(t, 1000, c.code, c.status)
		if _, err := Services(context.Background(), "us-east-1", Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s after %d calls: %v, want %q", c.code, *calls, err, c.want)
		}
	}
}

func TestServicesWithoutCredentials(t *testing.T) {
	calls := ec2API(t, 0, "", 0)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, err := Services(context.Background(), "us-east-1", Options{}); err == nil || !strings.Contains(err.Error(),
		"there are no AWS credentials") || *calls != 0 {
		t.Errorf("%d calls: %v", *calls, err)
	}
	if _, err := Services(context.Background(), "us-east-1", Options{CLIProfile: "nobody"}); err == nil ||
		!strings.Contains(err.Error(), "nobody") {
		t.Errorf("an unknown profile: %v", err)
	}
}

func TestSavedServices(t *testing.T) {
	saved := `{"ServiceNames": [], "ServiceDetails": [{"ServiceName": "com.amazonaws.eu-west-1.logs",
		"ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZones": ["eu-west-1a"],
		"PrivateDnsName": "logs.eu-west-1.amazonaws.com", "PrivateDnsNames": [{"PrivateDnsName": "logs.eu-west-1.amazonaws.com"}],
		"VpcEndpointPolicySupported": true, "SupportedIpAddressTypes": ["ipv4"]}]}`
	o, err := SavedServices("eu-west-1", []byte(saved))
	if err != nil || len(o.Services) != 1 || o.Services[0].Names[0] != "logs.eu-west-1.amazonaws.com" {
		t.Fatalf("%v %+v", err, o)
	}
	for _, c := range []struct{ name, in, want string }{
		{"truncated", saved[:100], "not the JSON of aws ec2 describe-vpc-endpoint-services"},
		{"empty", "{}", "holds no service"},
		{"a name twice", strings.Replace(saved, `"ServiceDetails": [`,
			`"ServiceDetails": [{"ServiceName": "com.amazonaws.eu-west-1.x", "ServiceType": [{"ServiceType": "Interface"}], "PrivateDnsNames": `+
				`[{"PrivateDnsName": "logs.eu-west-1.amazonaws.com"}]},`, 1), "is claimed by both"},
	} {
		if _, err := SavedServices("eu-west-1", []byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
