package live

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Limits end what does not end by itself.
type Limits struct {
	// Attempt is the time for one request and its whole answer. Default: 10 seconds.
	Attempt time.Duration
	// Place is the time for one account and region. Default: 10 minutes, which is 3,000 of Route 53's requests at five a second.
	Place time.Duration
	// Answer is the size of one answer in bytes. Default: 32 MiB.
	Answer int64
}

func (l Limits) orDefaults() Limits {
	return Limits{cmp.Or(l.Attempt, 10*time.Second), cmp.Or(l.Place, 10*time.Minute), cmp.Or(l.Answer, 32<<20)}
}

// slowAttempts is how often a call may take too long: a lost connection is tried again, a silent API is not waited for six times.
const slowAttempts = 2

// noAnswer is why what came back is no answer of AWS.
type noAnswer struct {
	why   string
	again bool // worth another attempt
}

func (e *noAnswer) Error() string        { return e.why }
func (e *noAnswer) RetryableError() bool { return e.again }

// late is the end of a place's time.
type late struct{ limit time.Duration }

func (e *late) Error() string {
	return fmt.Sprintf("one account and region may take %s", seconds(e.limit))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%g s", d.Seconds()) }

// within gives a place its time.
func (l Limits) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, l.Place, &late{l.Place})
}

type slowKey struct{}

// add makes a client keep the limits.
func (l Limits) add(stack *middleware.Stack) error {
	call := func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
		middleware.InitializeOutput, middleware.Metadata, error) {
		out, meta, err := next.HandleInitialize(context.WithValue(ctx, slowKey{}, new(atomic.Int32)), in)
		if err == nil && hollow(out.Result) {
			err = &noAnswer{why: "answered without what was asked for"}
		}
		if why := (*late)(nil); err != nil && ctx.Err() != nil && errors.As(context.Cause(ctx), &why) {
			err = why
		}
		return out, meta, err
	}
	attempt := func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
		middleware.DeserializeOutput, middleware.Metadata, error) {
		out, meta, err := next.HandleDeserialize(ctx, in)
		if response, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil {
			err = l.whole(response, inXML[awsmiddleware.GetServiceID(ctx)])
		}
		if err != nil && ctx.Err() == nil && tooSlow(err) {
			n, _ := ctx.Value(slowKey{}).(*atomic.Int32)
			err = &noAnswer{"did not answer in " + seconds(l.Attempt), n != nil && n.Add(1) < slowAttempts}
		}
		return out, meta, err
	}
	if err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("limitCall", call), middleware.Before); err != nil {
		return err
	}
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("limitAnswer", attempt), middleware.After)
}

// whole reads an answer to its end, and refuses what AWS does not answer: the SDK takes a web page for an empty list.
func (l Limits) whole(response *smithyhttp.Response, xml bool) error {
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, l.Answer+1))
	response.Body = io.NopCloser(bytes.NewReader(body))
	success := response.StatusCode < http.StatusMultipleChoices
	switch {
	case tooSlow(err):
		return err
	case err != nil:
		return &noAnswer{"did not end its answer: the connection was cut", true}
	case int64(len(body)) > l.Answer:
		return &noAnswer{why: fmt.Sprintf("answered more than %d bytes", l.Answer)}
	case len(body) == 0 && !success && response.Header.Get("X-Amzn-ErrorType") != "": // all that the protocol asks for
		return nil
	case len(bytes.TrimSpace(body)) == 0:
		return &noAnswer{fmt.Sprintf("answered nothing (HTTP %d)", response.StatusCode), response.StatusCode >= 500}
	case xml && !isResponse(body), !xml && !isObject(body):
		return &noAnswer{fmt.Sprintf("did not answer as AWS does (HTTP %d)", response.StatusCode), response.StatusCode >= 500}
	}
	return nil
}

// tooSlow is true where an attempt's time was over: the client may also close the connection below the one that reads.
func tooSlow(err error) bool {
	slow := net.Error(nil)
	return errors.As(err, &slow) && slow.Timeout() || errors.Is(err, net.ErrClosed)
}

// deepest is more than any of AWS's answers nests.
const deepest = 100

// inXML are the services that answer in XML; the others answer in JSON.
var inXML = map[string]bool{cloudformation.ServiceID: true, ec2.ServiceID: true, iam.ServiceID: true, route53.ServiceID: true,
	sts.ServiceID: true, elb.ServiceID: true}

func isObject(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) && json.Valid(body)
}

// isResponse is true for whole XML whose root is a response, as in AWS's query and REST protocols.
func isResponse(body []byte) bool {
	decoder, depth, root := xml.NewDecoder(bytes.NewReader(body)), 0, ""
	for {
		token, err := decoder.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && root != ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			root = cmp.Or(root, t.Name.Local)
			if depth++; depth > deepest || !strings.HasSuffix(root, "Response") {
				return false
			}
		case xml.EndElement:
			depth--
		}
	}
}

// hollow is true for an answer that lacks the one thing that was asked for.
func hollow(result any) bool {
	switch o := result.(type) {
	case *sts.GetCallerIdentityOutput:
		return aws.ToString(o.Account) == ""
	case *route53.GetHostedZoneOutput:
		return o.HostedZone == nil
	case *ec2.DescribeVpcAttributeOutput:
		return o.EnableDnsSupport == nil && o.EnableDnsHostnames == nil
	}
	return false
}

// turned holds the tokens of a list's pages. A page that names one again as the next would be read for ever.
type turned map[string]bool

var errTurning = &noAnswer{why: "answered pages that lead back to each other"}

func (t turned) check(page any) error {
	token, v := "", reflect.Indirect(reflect.ValueOf(page))
	for _, name := range []string{"NextToken", "Marker", "NextRecordName", "NextRecordType", "NextRecordIdentifier"} {
		if f := reflect.Indirect(v.FieldByName(name)); f.IsValid() && f.String() != "" {
			token += name + f.String() + "\n"
		}
	}
	if token != "" && t[token] {
		return errTurning
	}
	t[token] = true
	return nil
}

const checkNetwork = "check the network, the proxy and AWS_ENDPOINT_URL, and try again"

// unanswered makes one sentence of a call that AWS did not answer; nil for other errors.
func unanswered(err error, action, region string) error {
	var none *noAnswer
	var over *late
	var send *smithyhttp.RequestSendError
	var malformed *smithy.DeserializationError
	switch {
	case errors.As(err, &none):
		return fmt.Errorf("%s in %s %w: %s", action, region, none, checkNetwork)
	case errors.As(err, &over):
		return fmt.Errorf("%s in %s was not reached in time: %w; try again later", action, region, over)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s in %s did not answer in time: %s", action, region, checkNetwork)
	case errors.As(err, &malformed):
		return fmt.Errorf("%s in %s did not answer as AWS does: %s", action, region, checkNetwork)
	case errors.As(err, &send):
		why, at := send.Err, (*url.Error)(nil)
		if errors.As(why, &at) {
			why = at.Err
		}
		return fmt.Errorf("%s in %s did not answer: %w; %s", action, region, why, checkNetwork)
	}
	return nil
}
