package topology

import (
	"cmp"
	"fmt"
)

// Conflict is a part that AWS refuses to make beside another, or where it stands: its deployment fails.
type Conflict struct {
	Source Source
	Text   string
}

// conflict notes a part of a template that AWS refuses. What a live account has, AWS has accepted.
func (l *linker) conflict(r Record, format string, args ...any) {
	if m := r.meta(); m.template() {
		l.Conflicts = append(l.Conflicts, Conflict{m.Source, Plain(fmt.Sprintf(format, args...))})
	}
}

// template is true for a part that a template describes, and no live account.
func (m *Meta) template() bool { return m.Source.Stack != "" && m.Source.Live == "" }

// only notes a conflict where a template has two of what AWS takes one of: the same kind with the same key.
func (l *linker) only(r Record, what string, key ...any) {
	m := r.meta()
	if !m.template() {
		return
	}
	k := what + "\x00" + fmt.Sprint(key...)
	if first, ok := l.firsts[k]; ok {
		l.conflict(r, "%s twice: AWS takes one, and %s makes it too", what, first)
		return
	}
	l.firsts[k] = m.Source
}

// home notes a conflict where a stack of one account or region makes a part of what belongs to another: AWS knows nothing
// of it there.
func (l *linker) home(r Record, what, account, region string) {
	m := r.meta()
	differs := func(a, b string) bool { return a != "" && b != "" && a != b }
	if differs(m.Account, account) || differs(m.Region, region) {
		l.conflict(r, "the stack is in account %s and region %s, and %s is in account %s and region %s", cmp.Or(m.Account, "unknown"),
			cmp.Or(m.Region, "unknown"), what, cmp.Or(account, "unknown"), cmp.Or(region, "unknown"))
	}
}

// homeVPC is home for a part of a VPC.
func (l *linker) homeVPC(r Record, v *VPC) {
	if v != nil {
		l.home(r, "the VPC", v.Account, v.Region)
	}
}
