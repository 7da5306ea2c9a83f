package live

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

const stacksPage = `<DescribeStacksResponse><DescribeStacksResult><Stacks/>%s</DescribeStacksResult></DescribeStacksResponse>`

// What is no answer: each ends, is said in one sentence with the fix, and is asked for as often as makes sense.
var noAnswers = []struct {
	name, want string
	attempts   int64
	write      func(w http.ResponseWriter, n int)
}{
	{"hanging", "did not answer in 0.5 s", slowAttempts, func(w http.ResponseWriter, _ int) { time.Sleep(time.Second) }},
	{"dripping", "did not answer in 0.5 s", slowAttempts, func(w http.ResponseWriter, _ int) {
		for range 50 {
			fmt.Fprint(w, " ")
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	}},
	{"cut", "the connection was cut", attempts, func(w http.ResponseWriter, _ int) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprintf(w, stacksPage, "")
	}},
	{"cut, and whole for HTTP", "did not answer as AWS does (HTTP 200)", 1, func(w http.ResponseWriter, _ int) {
		fmt.Fprint(w, stacksPage[:60])
	}},
	{"without end", "answered more than 65536 bytes", 1, func(w http.ResponseWriter, _ int) {
		for line := strings.Repeat("<a></a>", 1000); ; {
			if _, err := fmt.Fprint(w, line); err != nil {
				return
			}
		}
	}},
	{"without end after its end", "answered more than 65536 bytes", 1, func(w http.ResponseWriter, _ int) {
		fmt.Fprintf(w, stacksPage, "")
		for line := strings.Repeat(" ", 1000); ; {
			if _, err := fmt.Fprint(w, line); err != nil {
				return
			}
		}
	}},
	{"nested without end", "did not answer as AWS does (HTTP 200)", 1, func(w http.ResponseWriter, _ int) {
		fmt.Fprint(w, "<DescribeStacksResponse>", strings.Repeat("<a>", 5000))
	}},
	{"the same page", "answered pages that lead back to each other", 2, func(w http.ResponseWriter, _ int) {
		fmt.Fprintf(w, stacksPage, "<NextToken>same</NextToken>")
	}},
	{"two pages in turn", "answered pages that lead back to each other", 3, func(w http.ResponseWriter, n int) {
		fmt.Fprintf(w, stacksPage, fmt.Sprintf("<NextToken>%d</NextToken>", n%2))
	}},
	{"nothing", "answered nothing (HTTP 200)", 1, func(http.ResponseWriter, int) {}},
	{"white space", "answered nothing (HTTP 200)", 1, func(w http.ResponseWriter, _ int) { fmt.Fprint(w, " \n") }},
	{"no content", "answered nothing (HTTP 204)", 1, func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusNoContent) }},
	{"a web page", "did not answer as AWS does (HTTP 200)", 1, func(w http.ResponseWriter, _ int) {
		fmt.Fprint(w, "<!DOCTYPE html><html><body>Sign in</body></html>")
	}},
	{"a proxy's error", "did not answer as AWS does (HTTP 502)", attempts, func(w http.ResponseWriter, _ int) {
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, "<html><body>Bad Gateway</body></html>")
	}},
	{"a proxy's refusal", "did not answer as AWS does (HTTP 403)", 1, func(w http.ResponseWriter, _ int) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "blocked by policy")
	}},
	{"JSON for XML", "did not answer as AWS does (HTTP 200)", 1, func(w http.ResponseWriter, _ int) { fmt.Fprint(w, `{}`) }},
	{"another response", "did not answer as AWS does", 1, func(w http.ResponseWriter, _ int) { fmt.Fprint(w, `<OtherResponse/>`) }},
	{"bytes", "did not answer as AWS does (HTTP 200)", 1, func(w http.ResponseWriter, _ int) { fmt.Fprint(w, "\x00\xff\x1b[2J") }},
	{"a hang-up", "did not answer: EOF", attempts, func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) }},
}

var quick = Options{Limits: Limits{Attempt: 500 * time.Millisecond, Place: time.Minute, Answer: 1 << 16}}

func healthy(string, string) (string, int) { return "", 0 }

func TestNoAnswer(t *testing.T) {
	for _, c := range noAnswers {
		t.Run(c.name, func(t *testing.T) {
			asked := int64(0)
			fakeAWS(t, healthy, func(w http.ResponseWriter, account, action string) bool {
				if account != "222222222222" || action != "DescribeStacks" {
					return false
				}
				asked++
				c.write(w, int(asked))
				return true
			})
			v, err := Look(context.Background(), twoAccounts(), quick)
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Unseen) != 1 || accountOf(v.Unseen[0]) != "222222222222" || !v.Sees("111111111111") {
				t.Fatalf("unseen are %v, expected account 222222222222 alone", v.Unseen)
			}
			said := v.Unseen[0].Summary
			if !strings.HasPrefix(said, "cloudformation:DescribeStacks in us-east-1 ") || !strings.Contains(said, c.want) ||
				!strings.HasSuffix(said, checkNetwork) || strings.Contains(said, "\n") {
				t.Errorf("said %q, expected %q", said, c.want)
			}
			if asked != c.attempts {
				t.Errorf("asked %d times, expected %d", asked, c.attempts)
			}
		})
	}
}

// Services that answer in JSON are held to it as well.
func TestNoObject(t *testing.T) {
	for body, want := range map[string]string{"": "answered nothing", "<html/>": "as AWS does", `{"ProfileAssociations": [`: "as AWS does",
		"[]": "as AWS does", `{"NextToken": "same"}`: "lead back to each other"} {
		fakeAWS(t, healthy, func(w http.ResponseWriter, account, action string) bool {
			if account != "222222222222" || action != "/profileassociations" {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, body)
			return true
		})
		v, err := Look(context.Background(), twoAccounts(), quick)
		if err != nil || len(v.Unseen) != 1 || !strings.Contains(v.Unseen[0].Summary, want) {
			t.Errorf("%q: %v %v, expected %q", body, v.Unseen, err, want)
		}
	}
}

// One account and region ends in its time, however quickly each new page comes.
func TestPlaceEnds(t *testing.T) {
	n := 0
	fakeAWS(t, healthy, func(w http.ResponseWriter, account, action string) bool {
		if account != "222222222222" || action != "DescribeStacks" {
			return false
		}
		n++
		fmt.Fprintf(w, stacksPage, fmt.Sprintf("<NextToken>%d</NextToken>", n))
		return true
	})
	opt := quick
	opt.Limits.Attempt, opt.Limits.Place = time.Minute, 1500*time.Millisecond
	v, err := Look(context.Background(), twoAccounts(), opt)
	want := "cloudformation:DescribeStacks in us-east-1 was not reached in time: one account and region may take 1.5 s; try again later"
	if err != nil || len(v.Unseen) != 1 || v.Unseen[0].Summary != want {
		t.Errorf("got %v (%v), expected %q", v, err, want)
	}
}

// Without an answer to who asks, or to a role, nothing is looked at.
func TestNoIdentity(t *testing.T) {
	for action, answer := range map[string]string{
		"GetCallerIdentity": `<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>`,
		"AssumeRole":        `<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>`,
	} {
		fakeAWS(t, healthy, func(w http.ResponseWriter, _, asked string) bool {
			if asked == action {
				fmt.Fprint(w, answer)
			}
			return asked == action
		})
		v, err := Look(context.Background(), twoAccounts(), quick)
		if action == "AssumeRole" && (err != nil || len(v.Unseen) != 1) ||
			action != "AssumeRole" && (err == nil || !strings.Contains(err.Error(), "answered without what was asked for")) {
			t.Errorf("%s: %v %v", action, v, err)
		}
	}
}

// The other commands that ask AWS end in the same way.
func TestOthersEnd(t *testing.T) {
	for _, c := range noAnswers {
		if c.name != "hanging" && c.name != "the same page" && c.name != "nothing" && c.name != "a web page" {
			continue
		}
		fakeAWS(t, healthy, func(w http.ResponseWriter, _, action string) bool {
			switch action {
			case "DescribeStacks":
				c.write(w, 1)
			case "DescribeVpcEndpointServices":
				if c.name == "the same page" {
					fmt.Fprint(w, `<DescribeVpcEndpointServicesResponse><nextToken>same</nextToken></DescribeVpcEndpointServicesResponse>`)
				} else {
					c.write(w, 1)
				}
			default:
				return false
			}
			return true
		})
		if stuck, unseen, err := Unstick(context.Background(), twoAccounts(), quick, true); err != nil || len(stuck) > 0 || len(unseen) != 2 ||
			!strings.Contains(unseen[0].Summary, c.want) {
			t.Errorf("unstick, %s: %v %v %v", c.name, stuck, unseen, err)
		}
		if _, err := Services(context.Background(), "us-east-1", quick); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("services, %s: %v, expected %q", c.name, err, c.want)
		}
	}
}

// Elastic Load Balancing is called otherwise by the SDK than by IAM, and answers in XML.
func TestElasticLoadBalancing(t *testing.T) {
	if got := action(elb.ServiceID, "DescribeTags"); got != "elasticloadbalancing:DescribeTags" || !slices.Contains(actions, got) {
		t.Errorf("expected a permitted action elasticloadbalancing:DescribeTags, found %s", got)
	}
	if !inXML[elb.ServiceID] {
		t.Error("expected answers in XML")
	}
}
