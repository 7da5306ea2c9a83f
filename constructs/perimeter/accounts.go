package perimeter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

var number = regexp.MustCompile(`^[0-9]{12}$`)

// principals warns of principals of accounts that none of the hub's are.
func (j *judge) principals(s statementOf) {
	for _, key := range []string{"Principal", "NotPrincipal"} {
		kinds, _ := s.m[key].(map[string]any)
		for i, who := range texts(kinds["AWS"]) {
			j.principal(s, s.allow == (key == "Principal"), fmt.Sprintf("%s/%s/AWS/%d", s.path, key, i), accountOf(who))
		}
	}
	for i, resource := range texts(s.m["Resource"]) {
		j.slip(s, fmt.Sprintf("%s/Resource/%d", s.path, i), accountOf(resource))
	}
}

// accounts warns of a test against an account that none of the hub's are.
func (j *judge) accounts(t test) string {
	for _, v := range t.values {
		switch awsfacts.ConditionKey(t.key) {
		case "aws:principalaccount", "aws:principalarn":
			j.principal(t.statementOf, t.allow != t.operator.Negated, t.path, accountOf(v))
		case "aws:resourceaccount", "aws:sourceaccount":
			j.slip(t.statementOf, t.path, accountOf(v))
		}
	}
	return ""
}

// accountOf is the account that a number or an ARN names; "" for none, or for a wildcard.
func accountOf(s string) string {
	if parts := strings.SplitN(s, ":", 6); len(parts) == 6 {
		s = parts[4]
	}
	if number.MatchString(s) {
		return s
	}
	return ""
}

// principal warns of an account that is admitted and from which nobody comes, unless workloads assume roles there.
func (j *judge) principal(s statementOf, admitted bool, path, account string) {
	if account == "" || len(j.at.Accounts) == 0 || j.ours(account) || j.slip(s, path, account) || !admitted {
		return
	}
	j.warn(path, "correct the number, or leave it where workloads of the spokes assume roles of that account",
		"%s names account %s, which no hub or spoke has", s.name, account)
}

// slip warns of a number that is a few digits from that of an account of the hub's. Resources may well be of other accounts.
func (j *judge) slip(s statementOf, path, account string) bool {
	if account == "" || j.ours(account) {
		return false
	}
	near := nearest(account, append(slices.Clone(j.at.Accounts), j.at.Account))
	if near == "" {
		return false
	}
	j.warn(path, "did you mean "+near+"?", "%s names account %s, which no hub or spoke has", s.name, account)
	return true
}

// ours is true for accounts that the configuration knows, those of AWS, and those of its documentation, which are placeholders.
func (j *judge) ours(account string) bool {
	if account == j.at.Account || slices.Contains(j.at.Accounts, account) || examples.MatchString(account) {
		return true
	}
	return slices.ContainsFunc(awsfacts.AccountGroups(), func(g awsfacts.AccountGroup) bool {
		for _, accounts := range g.Accounts {
			if slices.Contains(accounts, account) {
				return true
			}
		}
		return false
	})
}
