package live

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Only a stack of the scope whose creation failed and that is protected is stuck, and only --yes touches it.
func TestUnstick(t *testing.T) {
	var lifted []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		switch r.Form.Get("Action") {
		case "GetCallerIdentity":
			fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111111111111</Account>`+
				`</GetCallerIdentityResult></GetCallerIdentityResponse>`)
		case "DescribeStacks":
			fmt.Fprint(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks>`)
			for _, s := range []struct{ name, status, protected string }{
				{"use1-network", "ROLLBACK_COMPLETE", "true"}, {"use1-dns", "UPDATE_ROLLBACK_COMPLETE", "true"},
				{"use1-spoke-a", "ROLLBACK_COMPLETE", "false"}, {"theirs", "ROLLBACK_COMPLETE", "true"},
				{"use1-endpoints", "ROLLBACK_FAILED", "true"}, {"use1-link-a", "UPDATE_ROLLBACK_FAILED", "true"},
			} {
				fmt.Fprintf(w, `<member><StackId>id-of-%[1]s</StackId><StackName>%[1]s</StackName><StackStatus>%s</StackStatus>`+
					`<EnableTerminationProtection>%s</EnableTerminationProtection></member>`, s.name, s.status, s.protected)
			}
			fmt.Fprint(w, `</Stacks></DescribeStacksResult></DescribeStacksResponse>`)
		case "UpdateTerminationProtection":
			lifted = append(lifted, r.Form.Get("StackName")+" "+r.Form.Get("EnableTerminationProtection"))
			fmt.Fprint(w, `<UpdateTerminationProtectionResponse><UpdateTerminationProtectionResult/></UpdateTerminationProtectionResponse>`)
		case "AssumeRole": // the other account does not let the caller in
			if !strings.HasSuffix(r.Form.Get("RoleArn"), "::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-us-east-1") {
				t.Errorf("%s is assumed", r.Form.Get("RoleArn"))
			}
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`)
		default:
			t.Errorf("%s is called", r.Form.Get("Action"))
		}
	}))
	defer server.Close()
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "",
	} {
		t.Setenv(k, v)
	}
	scope := twoAccounts()
	scope.Stacks = map[string]bool{"use1-network": true, "use1-dns": true, "use1-spoke-a": true, "use1-endpoints": true,
		"use1-link-a": true}
	want := []Stuck{{"use1-network", "111111111111", "us-east-1", "ROLLBACK_COMPLETE"},
		{"use1-endpoints", "111111111111", "us-east-1", "ROLLBACK_FAILED"}}
	for _, lift := range []bool{false, true} {
		stuck, unseen, err := Unstick(context.Background(), scope, Options{}, lift)
		if err != nil || !slices.Equal(stuck, want) {
			t.Errorf("stuck are %v (%v)", stuck, err)
		}
		if len(unseen) != 1 || accountOf(unseen[0]) != "222222222222" || !strings.Contains(unseen[0].Summary, "deploy-role") {
			t.Errorf("unseen are %v", unseen)
		}
		if want := map[bool][]string{true: {"id-of-use1-network false", "id-of-use1-endpoints false"}}[lift]; !slices.Equal(lifted, want) {
			t.Errorf("lifted is %v, and is to be %v", lifted, want)
		}
	}
}
