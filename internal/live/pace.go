package live

import (
	"context"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/smithy-go/middleware"
)

// Route 53 takes five requests a second of an account, in all regions (Route 53 developer guide, "Quotas"). Who asks faster is refused,
// and asks again: a third of the times, where an account has 50 zones. step is a little more than the fifth of a second, and burst
// are those that need not wait.
const (
	step  = 210 * time.Millisecond
	burst = 5
)

// pace keeps the requests of an account to Route 53 apart.
type pace struct {
	mu   sync.Mutex
	next time.Time
}

func (s *session) paceOf(account string) *pace {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paces[account] == nil {
		s.paces[account] = &pace{}
	}
	return s.paces[account]
}

// wait is for the turn of a request.
func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	turn := p.next
	if earliest := now.Add(-(burst - 1) * step); turn.Before(earliest) {
		turn = earliest
	}
	p.next = turn.Add(step)
	p.mu.Unlock()
	timer := time.NewTimer(turn.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// add makes a client wait, at each attempt.
func (p *pace) add(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("pace", func(ctx context.Context, in middleware.FinalizeInput,
		next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if awsmiddleware.GetServiceID(ctx) == route53.ServiceID {
			if err := p.wait(ctx); err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, err
			}
		}
		return next.HandleFinalize(ctx, in)
	}), "Retry", middleware.After)
}
