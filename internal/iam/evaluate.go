package iam

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Effect is what policies decide of a request.
type Effect int8

const (
	// NoMatch is IAM's implicit denial: no statement allows the request.
	NoMatch Effect = iota
	Allow
	// Deny is an explicit one.
	Deny
	// Unknown: it depends on what the request, or the template, does not say.
	Unknown
)

func (e Effect) String() string { return [...]string{"no match", "allow", "deny", "unknown"}[e] }

// Decision is an effect with its reasons.
type Decision struct {
	Effect Effect
	// Reasons why it is Unknown, or might have been.
	Reasons []string
}

// Kind of a principal.
type Kind string

const (
	// Root is an account's root user.
	Root Kind = "root"
	User Kind = "user"
	// Role is a session of a role.
	Role          Kind = "role"
	Service       Kind = "service"
	Federated     Kind = "federated"
	CanonicalUser Kind = "canonical user"
	Anonymous     Kind = "anonymous"
)

// Principal is who asks.
type Principal struct {
	Kind Kind
	// ID is the ARN of a root, user or role, a service's name, a provider's ARN or name, or a canonical id.
	ID string
	// Session is the ARN of a role's session: "arn:aws:sts::111111111111:assumed-role/name/session". Default: not known.
	Session string
}

// Account of a principal, "" where it has none.
func (p Principal) Account() string {
	a, err := arn.Parse(p.ID)
	if err != nil || p.Kind != Root && p.Kind != User && p.Kind != Role {
		return ""
	}
	return a.AccountID
}

// Request is what is asked.
type Request struct {
	Principal Principal
	// Action such as "sts:AssumeRole", and the ARN of the resource.
	Action, Resource string
	// Context holds condition keys with their values; no value says that the request does not have the key. What is known
	// of the principal need not be repeated. Other keys are not known, unless Closed.
	Context map[string][]string
	// Closed says that the request has no other keys.
	Closed bool
}

// value of a condition key, and whether it is known; known without values is absent.
func (r Request) value(key string) (values []string, known bool) {
	key = strings.ToLower(key)
	for k, v := range r.Context {
		if strings.ToLower(k) == key {
			return v, true
		}
	}
	account := r.Principal.Account()
	aws := account != ""
	switch key {
	case "aws:principalarn":
		if aws {
			return []string{r.Principal.ID}, true
		}
	case "aws:principalaccount":
		switch {
		case aws:
			return []string{account}, true
		case r.Principal.Kind == Anonymous: // the key is in every request (IAM guide, "Global condition context keys")
			return []string{"anonymous"}, true
		}
	case "aws:userid":
		if r.Principal.Kind == Anonymous {
			return []string{"anonymous"}, true
		}
	case "aws:principaltype":
		switch r.Principal.Kind {
		case Root:
			return []string{"Account"}, true
		case User:
			return []string{"User"}, true
		case Role:
			return []string{"AssumedRole"}, true
		case Anonymous:
			return []string{"Anonymous"}, true
		case Service, Federated, CanonicalUser: // not known here
		}
	case "aws:principalisawsservice":
		if r.Principal.Kind != Anonymous {
			return []string{strconv.FormatBool(r.Principal.Kind == Service)}, true
		}
	}
	if r.Principal.Kind == Anonymous && (key == "aws:username" || strings.HasPrefix(key, "aws:principal")) {
		return nil, true
	}
	return nil, r.Closed
}

// Evaluate decides a request by documents that hold together, such as all that a role has: an explicit denial first, then
// an allowance (IAM guide, "Policy evaluation logic"). A denial that may hold makes the whole Unknown, never Allow.
func Evaluate(r Request, docs ...Document) Decision {
	var d Decision
	allow, deny := No, No
	for _, doc := range docs {
		if doc.Malformed != "" {
			allow, deny = max(allow, Maybe), max(deny, Maybe)
			d.Reasons = append(d.Reasons, "a document "+doc.Malformed)
			continue
		}
		e := &evaluation{request: r, version: doc.Version}
		for _, s := range doc.Statements {
			e.reasons = nil
			t := e.applies(s)
			switch {
			case t == No:
				continue
			case s.Malformed != "": // IAM refuses the whole document, or does not say what it means
				allow, deny = max(allow, Maybe), max(deny, Maybe)
			case s.Effect == "Allow":
				allow = max(allow, t)
			default:
				deny = max(deny, t)
			}
			d.Reasons = append(d.Reasons, e.reasons...)
		}
	}
	slices.Sort(d.Reasons)
	d.Reasons = slices.Compact(d.Reasons)
	switch {
	case deny == Yes:
		d.Effect = Deny
	case allow == No:
		d.Effect = NoMatch
	case allow == Yes && deny == No:
		d.Effect = Allow
	default:
		d.Effect = Unknown
	}
	return d
}

// evaluation is of one document for one request.
type evaluation struct {
	request Request
	version string
	reasons []string
}

func (e *evaluation) unknown(reason string) Truth {
	e.reasons = append(e.reasons, reason)
	return Maybe
}

// applies is whether a statement is about the request.
func (e *evaluation) applies(s Statement) Truth {
	if s.Malformed != "" {
		return e.unknown("a statement " + s.Malformed)
	}
	out := min(e.isAction(s), e.isPrincipal(s))
	if out != No {
		out = min(out, e.isResource(s))
	}
	for _, op := range slices.Sorted(maps.Keys(s.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(s.Conditions[op])) {
			if out != No {
				out = min(out, e.holds(op, key, s.Conditions[op][key]))
			}
		}
	}
	return out
}

func (e *evaluation) isAction(s Statement) Truth {
	fits := func(list []string) Truth {
		out, asked := No, strings.ToLower(e.request.Action)
		for _, a := range list {
			t, quick := matchQuick(strings.ToLower(a), asked)
			if !quick {
				if t = parsePattern(strings.ToLower(a)).match(asked); t == Maybe {
					e.unknown("action " + a + ", which only AWS knows")
				}
			}
			out = max(out, t)
		}
		return out
	}
	if s.NotActions != nil {
		return fits(s.NotActions).not()
	}
	return fits(s.Actions)
}

func (e *evaluation) isResource(s Statement) Truth {
	fits := func(list []string) Truth {
		out := No
		for _, r := range list {
			if t, quick := matchQuick(r, e.request.Resource); quick {
				out = max(out, t)
				continue
			}
			p, t := e.expand(r)
			if t == Yes {
				if t = p.match(e.request.Resource); t == Maybe {
					e.unknown("resource " + r + ", which only AWS knows")
				}
			}
			out = max(out, t)
		}
		return out
	}
	switch {
	case s.NotResources != nil:
		return fits(s.NotResources).not()
	case s.Resources == nil:
		return Yes // a role's trust is about the role
	}
	return fits(s.Resources)
}

func (e *evaluation) isPrincipal(s Statement) Truth {
	switch {
	case s.NotPrincipals != nil:
		// Whom NotPrincipal leaves out depends on which of session, role and account it names (IAM guide, "NotPrincipal").
		switch _, everybody := s.NotPrincipals["*"]; {
		case everybody:
			return No
		case e.named(s.NotPrincipals) != No:
			return e.unknown("whom NotPrincipal leaves out")
		}
		return Yes
	case s.Principals == nil:
		return Yes // the policy of an identity
	}
	return e.named(s.Principals)
}

// named is whether principals by kind hold the one who asks (IAM guide, "AWS JSON policy elements: Principal").
func (e *evaluation) named(principals map[string][]string) Truth {
	if _, everybody := principals["*"]; everybody {
		return Yes
	}
	who := e.request.Principal
	kind := map[Kind]string{Root: "AWS", User: "AWS", Role: "AWS",
		Service: "Service", Federated: "Federated", CanonicalUser: "CanonicalUser"}[who.Kind]
	out := No
	for _, name := range principals[kind] {
		switch {
		case name == "*" || name == who.ID:
			return Yes
		case kind != "AWS":
			out = max(out, e.opaquePrincipal(name))
		case name == account(who.Account()):
			return Yes // all of the account
		case isSession(name):
			if who.Session == name {
				return Yes
			}
			if who.Kind == Role && who.Session == "" && roleOfSession(name) == roleName(who.ID) && accountOf(name) == who.Account() {
				out = max(out, e.unknown("the name of the session"))
			}
		default:
			out = max(out, e.opaquePrincipal(name))
		}
	}
	if kind == "AWS" { // a canonical user is an account by another name
		for range principals["CanonicalUser"] {
			out = max(out, e.unknown("whose account a canonical user id is"))
		}
	}
	return out
}

// opaquePrincipal is Maybe for a name that only AWS knows, or that IAM takes for nobody today.
func (e *evaluation) opaquePrincipal(name string) Truth {
	if opaque(name) || strings.ContainsAny(name, "*?") {
		return e.unknown("who principal " + strings.NewReplacer(string(opaqueOpen), "", string(opaqueClose), "").Replace(name) + " is")
	}
	return No
}

func isSession(name string) bool { return strings.Contains(name, ":assumed-role/") }

func accountOf(name string) string {
	a, err := arn.Parse(name)
	if err != nil {
		return ""
	}
	return a.AccountID
}

// roleOfSession is the role's name in a session's ARN, which has no path.
func roleOfSession(name string) string {
	_, rest, _ := strings.Cut(name, ":assumed-role/")
	role, _, _ := strings.Cut(rest, "/")
	return role
}

func roleName(roleARN string) string { return roleARN[strings.LastIndex(roleARN, "/")+1:] }
