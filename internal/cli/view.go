package cli

import (
	"fmt"
	"time"

	"sharedhub/internal/diag"
	"sharedhub/internal/drift"
	"sharedhub/internal/prove"
)

// verdict says what a proof found, and fails where something does not hold.
func (p *program) verdict(r *prove.Result, took time.Duration) error {
	p.list(r.Findings)
	if errors := len(r.Findings.Errors()); errors > 0 {
		leftOut := ""
		if r.LeftOut > 0 {
			leftOut = fmt.Sprintf("; %s that may follow from what AWS alone decides left out", count(r.LeftOut, "finding"))
		}
		p.tell("not proved: %s%s\n", count(errors, "error"), leftOut)
		return exit(1)
	}
	p.tell("proved in %s: %s, %s of VPCs, and nothing else reachable\n",
		took.Round(time.Millisecond), proved(r.Counts), count(r.Counts.Pairs, "pair"))
	p.sayAssumed(r)
	return nil
}

// sayAssumed says what a proof rests on that nobody here can see.
func (p *program) sayAssumed(r *prove.Result) {
	for _, a := range r.Assumed {
		p.tell("assumed: %s\n", a)
	}
}

// forPeople is true where what the JSON holds is printed as text: without --json, and where the JSON is lost.
func (p *program) forPeople() bool { return !p.json || p.stdout.lost() }

// list prints what the JSON holds too.
func (p *program) list(l diag.List) {
	if p.forPeople() {
		p.write(l)
	}
}

// proved says how much was proved.
func proved(c prove.Counts) string {
	return fmt.Sprintf("%s × %s, %s, %s",
		count(c.Spokes, "spoke"), count(c.Endpoints, "endpoint"), count(c.Paths, "round-trip path"), count(c.Names, "name"))
}

// sayVerification says what was found, differences first: they are what was done, and the findings what follows.
func (p *program) sayVerification(v *Verification, calls int) error {
	errors := v.Proof.Findings.Errors()
	p.list(withoutFixes(v.Differences))
	p.list(errors)
	p.list(v.Proof.DefaultGroups())
	p.list(v.Unseen)
	if p.forPeople() {
		for _, way := range drift.Repairs(v.Differences, p.cdkConfig()...) {
			p.tell("fix: %s\n", way)
		}
	}
	found := count(len(v.Differences), "difference") + ", " + count(len(errors), "error")
	looked := fmt.Sprintf("%s in %.1f s", count(calls, "call"), v.Seconds)
	switch {
	case v.Holds:
		p.tell("as configured: %s, nothing else reachable; %s\n", proved(v.Proof.Counts), looked)
		p.sayAssumed(v.Proof)
		return nil
	case len(v.Unseen) > 0:
		p.tell("incomplete: %s could not be read; %s in the rest; %s\n", count(len(v.Unseen), "account/region"), found, looked)
		return exit(unlooked)
	}
	p.tell("not as configured: %s; %s\n", found, looked)
	return exit(differs)
}

// withoutFixes leaves the fixes to the end, where each is said once for all stacks.
func withoutFixes(l diag.List) diag.List {
	out := make(diag.List, len(l))
	for i, d := range l {
		d.Fix = ""
		out[i] = d
	}
	return out
}
