package app

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"sharedhub/internal/app/stamp"
	"sharedhub/internal/config"
)

// group is stacks that are made together, such as a spoke's own and its link.
type group struct {
	nodes []*entry
	// account of what the group serves, and whether that is attached.
	account  string
	attached bool
	made     made
	// key of their shape, "" for one of its own; what differs from others of the shape; and the shape's original, which has
	// stand-ins for that.
	key      string
	own      stamp.Values
	original func(*stamp.StandIns) (made, stamp.Values)
}

// made is stacks that the CDK can make.
type made struct {
	names []string
	make  func() []awscdk.Stack
}

func newGroup(account string, m made) *group {
	g := &group{account: account, made: m}
	for _, n := range m.names {
		g.nodes = append(g.nodes, &entry{name: n})
	}
	return g
}

// entry is a stack of the assembly.
type entry struct {
	name string
	// stack is nil for one that is stamped, by pattern with these values.
	stack   awscdk.Stack
	pattern *stamp.Pattern
	values  stamp.Values
	after   []string
}

// waitFor makes a stack wait for others in a deployment.
func (n *entry) waitFor(others ...*entry) {
	for _, o := range others {
		n.after = append(n.after, o.name)
		if n.stack != nil && o.stack != nil {
			n.stack.AddStackDependency(o.stack, nil)
		}
	}
}

// shape is groups that differ in values only.
type shape struct {
	// control is the one that the CDK makes too: what is stamped is compared with it, before anything else is stamped.
	control *group
	members []*group
	// original of the shape, with these values.
	original made
	standIns stamp.Values
}

// worth is how many groups a shape needs: for two, the CDK makes as many stacks with an original as without.
const worth = 3

// shapes of groups, each in the order of its first member. Their stand-ins do not occur in a text.
func shapes(groups []*group, avoid string) []*shape {
	byKey := map[string]*shape{}
	var all []*shape
	for _, g := range groups {
		if g.key == "" {
			continue
		}
		if byKey[g.key] == nil {
			byKey[g.key] = &shape{}
			all = append(all, byKey[g.key])
		}
		s := byKey[g.key]
		s.members = append(s.members, g)
	}
	all = slices.DeleteFunc(all, func(s *shape) bool { return len(s.members) < worth })
	for _, s := range all { // where the CDK cuts long names, it shows in the longest
		s.control = slices.MaxFunc(s.members, func(a, b *group) int { return len(a.nodes[0].name) - len(b.nodes[0].name) })
		s.original, s.standIns = s.control.original(stamp.NewStandIns(avoid + s.control.key))
	}
	return all
}

// errUnlike is why an assembly is made again, without stamping.
var errUnlike = errors.New("stacks of one shape differ in more than their values")

// building is one synthesis.
type building struct {
	engine *Engine
	app    awscdk.App
	shapes map[*group]*shape // of the groups that are to be stamped, the controls among them
	nodes  []*entry          // every stack of the assembly, in its order
}

// share finds the shapes among groups of one kind.
func (b *building) share(h *config.Hub, groups []*group) {
	for _, s := range shapes(groups, fmt.Sprint(*h)) {
		for _, g := range s.members {
			b.shapes[g] = s
		}
	}
}

// step begins the next stack.
func (b *building) step() { b.engine.within(b.engine.patience.Stack) }

func (b *building) add(name string, stack awscdk.Stack) *entry {
	n := &entry{name: name, stack: stack}
	b.nodes = append(b.nodes, n)
	return n
}

// groups makes the stacks of groups with the CDK, but for those that will be stamped.
func (b *building) groups(ctx context.Context, groups []*group) error {
	for _, g := range groups {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b.nodes = append(b.nodes, g.nodes...)
		s := b.shapes[g]
		if s != nil && s.control != g {
			continue
		}
		b.step()
		for i, stack := range g.made.make() {
			g.nodes[i].stack = stack
		}
		if s != nil {
			if err := s.makeOriginal(); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeOriginal makes the stacks with stand-ins. A construct may refuse these where it takes the values.
func (s *shape) makeOriginal() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errUnlike, r)
		}
	}()
	s.original.make()
	return nil
}

// stamp makes the stacks that are missing from the assembly that the CDK has written, and takes the originals out of it.
func (b *building) stamp(dir string) error {
	a, err := stamp.Read(dir)
	if err != nil {
		return err
	}
	seen := map[*shape]bool{}
	for _, s := range b.shapes {
		if seen[s] {
			continue
		}
		seen[s] = true
		if err := s.patterns(a, b.engine); err != nil {
			return err
		}
	}
	entries := make([]stamp.Entry, len(b.nodes))
	err = eachOf(len(b.nodes), func(i int) error {
		n := b.nodes[i]
		f, err := a.Stack(n.name)
		if n.pattern != nil {
			f, err = n.pattern.Stack(n.values), nil
		} else if err == nil {
			err = f.WithoutIDs()
		}
		if err != nil {
			return err
		}
		err = f.Write(dir)
		f.Template.Text, f.Assets.Text, f.Metadata.Text = nil, nil, nil
		entries[i] = stamp.Entry{Files: f, After: n.after}
		return err
	})
	if err != nil {
		return err
	}
	return a.WriteManifest(entries)
}

// patterns of a shape's stacks, for all members but the control, whose own must be as the CDK's.
func (s *shape) patterns(a *stamp.Assembly, e *Engine) error {
	for i, name := range s.original.names {
		found, err := a.Stack(name)
		if err != nil {
			return err
		}
		p, err := stamp.NewPattern(*found, s.standIns)
		if err != nil {
			return fmt.Errorf("%w: %w", errUnlike, err)
		}
		control := s.control.nodes[i]
		want, err := a.Stack(control.name)
		if err != nil {
			return err
		}
		if err := p.Matches(want, s.control.own); err != nil {
			return fmt.Errorf("%w: %w", errUnlike, err)
		}
		for _, g := range s.members {
			if g != s.control {
				g.nodes[i].pattern, g.nodes[i].values = p, g.own
				e.stamped++
			}
		}
		if err := a.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// eachOf does something for each of n, on every core, and returns an error of one.
func eachOf(n int, do func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	wait.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}
