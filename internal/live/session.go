package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"sharedhub/constructs/awsfacts"
)

// session holds the credentials to begin with, and one set for each account.
type session struct {
	base   aws.Config
	caller string // account of the credentials
	// identity is the ARN that the credentials act as.
	identity string
	role     string
	limits   Limits
	// elsewhere is the ARN of the role in other accounts than the caller's, where role names none.
	elsewhere func(Place) string
	hubs      []string // their accounts
	counter   counter
	mu        sync.Mutex
	places    map[Place]*access
	paces     map[string]*pace // by account
}

// newRetryer slows down with AWS's throttling, besides trying again.
var newRetryer = func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewAdaptiveMode(), attempts) }

// counter counts the calls by "service:Operation".
type counter struct {
	mu    sync.Mutex
	calls map[string]int
	// permitted are the IAM actions that may be called, beside STS's.
	permitted []string
}

func (s *session) calls() map[string]int {
	s.counter.mu.Lock()
	defer s.counter.mu.Unlock()
	return maps.Clone(s.counter.calls)
}

// add counts the calls of a client, and lets none out that is not permitted: a reader that needs
// another one fails its tests.
func (c *counter) add(stack *middleware.Stack) error {
	count := func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
		middleware.InitializeOutput, middleware.Metadata, error) {
		service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
		if a := action(service, operation); service != sts.ServiceID && !slices.Contains(c.permitted, a) {
			return middleware.InitializeOutput{}, middleware.Metadata{}, fmt.Errorf("%s is not among the permissions of this command", a)
		}
		c.mu.Lock()
		c.calls[service+":"+operation]++
		c.mu.Unlock()
		return next.HandleInitialize(ctx, in)
	}
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("countCalls", count), middleware.After)
}

// action is the IAM action of an SDK's operation.
func action(service, operation string) string {
	prefix := map[string]string{"CloudWatch Logs": "logs", "Route 53": "route53",
		"Elastic Load Balancing v2": "elasticloadbalancing", "Service Quotas": "servicequotas"}[service]
	return cmp.Or(prefix, strings.ToLower(service)) + ":" + operation
}

// open finds the credentials, and whose they are.
func open(ctx context.Context, opt Options, scope Scope) (*session, error) {
	region := anyRegion(scope)
	s := &session{role: opt.Role, limits: opt.Limits.orDefaults(), elsewhere: scope.lookupRole, hubs: slices.Sorted(maps.Keys(scope.Hubs)),
		places: map[Place]*access{}, paces: map[string]*pace{}, counter: counter{calls: map[string]int{}, permitted: actions}}
	var err error
	ctx, cancel := s.limits.within(ctx)
	defer cancel()
	if s.base, err = configure(ctx, region, opt, awsconfig.WithRetryer(newRetryer)); err != nil {
		return nil, err
	}
	s.base.APIOptions = append(s.base.APIOptions, s.counter.add)
	who, err := sts.NewFromConfig(s.base).GetCallerIdentity(ctx, nil)
	if err != nil {
		return nil, explain(err, "sts:GetCallerIdentity", region)
	}
	s.caller, s.identity = aws.ToString(who.Account), aws.ToString(who.Arn)
	return s, nil
}

// access is the configuration to call a place with, found out once.
type access struct {
	once sync.Once
	cfg  aws.Config
	err  error
}

// at is the configuration to call a place with. Roles of several places are assumed at the same time.
func (s *session) at(ctx context.Context, p Place) (aws.Config, error) {
	s.mu.Lock()
	a := s.places[p]
	if a == nil {
		a = &access{}
		s.places[p] = a
	}
	s.mu.Unlock()
	a.once.Do(func() { a.cfg, a.err = s.assume(ctx, p) })
	return a.cfg, a.err
}

func (s *session) assume(ctx context.Context, p Place) (aws.Config, error) {
	cfg := s.base.Copy()
	cfg.Region = p.Region
	if cfg.BaseEndpoint == nil { // what answers in AWS's place has its own limits
		cfg.APIOptions = append(cfg.APIOptions, s.paceOf(p.Account).add)
	}
	arn := s.roleAt(p)
	if arn == "" {
		return cfg, nil
	}
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), arn,
		func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "sharedhub-verify" })
	cfg.Credentials = aws.NewCredentialsCache(provider)
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, s.refused(err, p, arn)
	}
	return cfg, nil
}

// roleAt is the ARN of the role to assume at a place; "" where the credentials are the account's.
func (s *session) roleAt(p Place) string {
	switch {
	case s.role != "":
		return awsfacts.MustPartition(p.Region).RoleARN(p.Account, "/", s.role)
	case p.Account == s.caller:
		return ""
	}
	return s.elsewhere(p)
}

// lookupRole is the role that the assembly names for looking up what is there, else that of a bootstrap without a qualifier
// of its own; deployRole likewise the one that the CDK CLI deploys with.
func (s Scope) lookupRole(p Place) string {
	return cmp.Or(s.LookupRoles[p], awsfacts.MustPartition(p.Region).LookupRole(awsfacts.DefaultQualifier, p.Account, p.Region))
}

func (s Scope) deployRole(p Place) string {
	return cmp.Or(s.DeployRoles[p], awsfacts.MustPartition(p.Region).DeployRole(awsfacts.DefaultQualifier, p.Account, p.Region))
}

var qualified = regexp.MustCompile(`^cdk-([a-z0-9]+)-(lookup|deploy)-role-`)

func (s *session) refused(err error, p Place, arn string) error {
	_, role, _ := strings.Cut(arn, ":role/")
	qualifier := ""
	if m := qualified.FindStringSubmatch(role); m != nil && m[1] != awsfacts.DefaultQualifier {
		qualifier = " --qualifier " + m[1]
	}
	var api smithy.APIError
	if errors.As(err, &api) && (api.ErrorCode() == "AccessDenied" || api.ErrorCode() == "AccessDeniedException") {
		fix := "create the role there, trusting account " + s.caller
		if s.role == "" {
			fix = fmt.Sprintf("bootstrap it with `cdk bootstrap aws://%s/%s%s --trust %s`, or name another role with --role", p.Account, p.Region,
				qualifier, s.caller)
			if len(s.hubs) > 0 && !slices.Contains(s.hubs, s.caller) {
				fix = fmt.Sprintf("sign in to the hub's account, %s, or %s", strings.Join(s.hubs, " or "), fix)
			}
		}
		return fmt.Errorf("account %s refuses role %s to account %s: %s", p.Account, role, s.caller, fix)
	}
	return explain(err, "sts:AssumeRole", p.Region)
}
