package perimeter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// Judge reads a policy that Parse accepts, and says what it does where that is most likely not meant: it admits nobody, names
// another organization than the hub's, things of another region or partition, or a placeholder.
func Judge(b []byte, at Place) []Problem {
	r := &parser{text: b, decoder: json.NewDecoder(bytes.NewReader(b)), lines: map[string]int{}}
	v, err := r.value("")
	document, _ := v.(map[string]any)
	if err != nil || document == nil {
		return nil // said by Parse
	}
	j := &judge{parser: r, at: at}
	allows := 0
	for i, s := range listOf(document["Statement"]) {
		m, ok := s.(map[string]any)
		if !ok {
			continue
		}
		path := fmt.Sprintf("/Statement/%d", i)
		if _, list := document["Statement"].([]any); !list {
			path = "/Statement"
		}
		sid, _ := m["Sid"].(string)
		st := statementOf{path: path, name: fmt.Sprintf("statement %d", i+1), allow: m["Effect"] == "Allow", m: m}
		if sid != "" {
			st.name += " (" + sid + ")"
		}
		if st.allow {
			allows++
		}
		j.statement(st)
	}
	switch {
	case allows == 0 && len(j.closed) > 0: // one mistake, with one fix
		r.problems = nil
		j.error(j.closed[0].path, "write a statement that allows in its place, such as "+anAllow,
			"the policy admits nobody: %s denies everything, and none allows anything", j.closed[0].name)
	case allows == 0:
		j.error("/Statement", "add a statement that allows, such as "+anAllow+", and keep this one",
			"the policy admits nobody: it has no statement that allows anything")
	case len(j.dead) == allows:
		j.error("/Statement", "correct the statements that allow", "the policy admits nobody of the hub: %s", strings.Join(j.dead, "; "))
	}
	for _, s := range j.closed {
		if allows > 0 {
			j.error(s.path, "take the statement out, or give it a Condition", "%s denies everything, whatever others allow", s.name)
		}
	}
	j.placeholders("", document)
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	return r.problems
}

const anAllow = `{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`

type judge struct {
	*parser
	at Place
	// closed are statements that deny everything.
	closed []statementOf
	// dead says why a statement that allows admits nobody.
	dead []string
}

type statementOf struct {
	path, name string
	allow      bool
	m          map[string]any
}

func (j *judge) say(warning bool, path, fix, format string, args ...any) {
	j.problem(path, format, args...)
	p := &j.problems[len(j.problems)-1]
	p.Warning, p.Fix = warning, fix
}

func (j *judge) error(path, fix, format string, args ...any) {
	j.say(false, path, fix, format, args...)
}
func (j *judge) warn(path, fix, format string, args ...any) { j.say(true, path, fix, format, args...) }

func (j *judge) statement(s statementOf) {
	conditions, _ := s.m["Condition"].(map[string]any)
	if everybody, all := s.m["Principal"], []string{"*", "*:*"}; !s.allow && len(conditions) == 0 && (everybody == "*" || anyAWS(everybody)) &&
		slices.ContainsFunc(texts(s.m["Action"]), func(a string) bool { return slices.Contains(all, a) }) &&
		slices.Contains(texts(s.m["Resource"]), "*") {
		j.closed = append(j.closed, s)
	}
	j.denied(s, conditions)
	j.everybodyElse(s)
	j.actions(s)
	j.ofOthers(s)
	j.principals(s)
	why := ""
	for _, op := range slices.Sorted(maps.Keys(conditions)) {
		operator, ok := awsfacts.ParseOperator(op)
		keys, _ := conditions[op].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if !ok {
				continue
			}
			t := test{s, s.path + "/Condition/" + op + "/" + key, op, key, operator, texts(keys[key]), keys[key]}
			for _, judged := range []func(test) string{j.kinds, j.literal, j.organization, j.absent, j.unknownKey, j.sourceIP, j.presence,
				j.thisEndpoint, j.clock, j.accounts} {
				if w := judged(t); w != "" && why == "" {
					why = w
				}
			}
		}
	}
	if w := j.resources(s); w != "" && why == "" {
		why = w
	}
	if s.allow && why != "" {
		j.dead = append(j.dead, s.name+" "+why)
	}
}

// anyAWS is true for {"AWS": "*"}, which is everybody too.
func anyAWS(principal any) bool {
	kinds, _ := principal.(map[string]any)
	return slices.Contains(texts(kinds["AWS"]), "*")
}

// denied refuses a statement that takes everything from the hub's own organization.
func (j *judge) denied(s statementOf, conditions map[string]any) {
	if s.allow || len(conditions) != 1 || j.at.Organization == "" || !slices.Contains(texts(s.m["Action"]), "*") ||
		!slices.Contains(texts(s.m["Resource"]), "*") {
		return
	}
	for op, tests := range conditions {
		keys, _ := tests.(map[string]any)
		operator, ok := awsfacts.ParseOperator(op)
		for key, v := range keys {
			named := slices.Contains(texts(v), j.at.Organization)
			if ok && len(keys) == 1 && named && !operator.Negated && awsfacts.ConditionKey(key) == "aws:principalorgid" {
				j.error(s.path+"/Condition/"+op+"/"+key, "write "+strings.Replace(op, "String", "StringNot", 1)+", which denies all others",
					"%s denies everything to the hub's own organization", s.name)
			}
		}
	}
}

func texts(v any) (out []string) {
	for _, e := range listOf(v) {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// test is one key of a condition.
type test struct {
	statementOf
	path, op, key string
	operator      awsfacts.Operator
	values        []string
	raw           any
}

// demands is true where the test keeps a statement from being about anything unless a value is equal.
func (t test) demands() bool {
	return !t.operator.Negated && !t.operator.IfExists && t.operator.Set != "ForAllValues"
}

// forms of values that keys have (IAM guide, "AWS global condition context keys").
var forms = map[string]struct {
	form *regexp.Regexp
	what string
}{
	"aws:sourcevpc":        {regexp.MustCompile(`^vpc-`), "the id of a VPC, vpc-…"},
	"aws:sourcevpce":       {regexp.MustCompile(`^vpce-`), "the id of an endpoint, vpce-…"},
	"aws:principalorgid":   {regexp.MustCompile(`^o-`), "the id of an organization, o-…"},
	"aws:resourceorgid":    {regexp.MustCompile(`^o-`), "the id of an organization, o-…"},
	"aws:sourceorgid":      {regexp.MustCompile(`^o-`), "the id of an organization, o-…"},
	"aws:principalaccount": {regexp.MustCompile(`^[0-9]{12}$`), "the number of an account"},
	"aws:resourceaccount":  {regexp.MustCompile(`^[0-9]{12}$`), "the number of an account"},
	"aws:sourceaccount":    {regexp.MustCompile(`^[0-9]{12}$`), "the number of an account"},
	"aws:principalarn":     {regexp.MustCompile(`^(arn:|\*$)`), "an ARN"},
}

// kinds refuses values that the key never has; it says why the statement is about nobody, if so.
func (j *judge) kinds(t test) string {
	form, known := forms[awsfacts.ConditionKey(t.key)]
	if !known || t.operator.Base == "Null" {
		return ""
	}
	var wrong []string
	for _, v := range t.values {
		if !form.form.MatchString(v) && !strings.ContainsAny(v, "*?$") {
			wrong = append(wrong, v)
			j.error(t.path, "write "+form.what, "%s compares %s with %q, and the key is %s: they are never equal",
				t.name, t.key, v, form.what)
		}
	}
	if awsfacts.ConditionKey(t.key) == "aws:sourcevpc" && len(wrong) == 0 {
		j.warn(t.path, "tell principals apart by aws:PrincipalAccount or aws:PrincipalArn",
			"%s tests aws:SourceVpc: at the hub's endpoints it is the hub's own VPC, whichever spoke asks", t.name)
	}
	if len(wrong) > 0 && len(wrong) == len(t.values) && t.demands() {
		return "compares " + t.key + " with what it never is"
	}
	return ""
}

// identities are the keys that say whose a principal or a resource is, and who lacks them (IAM guide, "AWS global condition context
// keys").
var identities = map[string]string{
	"aws:principalorgid": strangers, "aws:principalorgpaths": strangers, "aws:principalaccount": anonymous, "aws:principalarn": anonymous,
	"aws:resourceorgid": unowned, "aws:resourceorgpaths": unowned, "aws:resourceaccount": unsaid,
}

const (
	anonymous = "callers without credentials"
	strangers = anonymous + ", and accounts of no organization"
	unsaid    = "requests that do not say whose the resource is"
	unowned   = unsaid + ", and resources of accounts of no organization"
)

// absent warns of tests that pass where a request lacks the key (IAM guide, "...IfExists condition operators" and "Multivalued
// context keys").
func (j *judge) absent(t test) string {
	who, bounds := identities[awsfacts.ConditionKey(t.key)]
	if !bounds || t.allow && t.boundedBeside() {
		return ""
	}
	plain := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(t.op, "ForAllValues:"), "ForAnyValue:"), "IfExists")
	switch {
	case t.allow && (t.operator.IfExists || t.operator.Set == "ForAllValues"):
		j.warn(t.path, "write "+plain+", or add {\"Null\": {\""+t.key+"\": \"false\"}}",
			"%s tests %s with %s, which is true where the request lacks the key: it admits %s", t.name, t.key, t.op, who)
	case t.allow && t.operator.Negated:
		j.warn(t.path, "write "+strings.Replace(plain, "Not", "", 1)+" and the values that may pass",
			"%s admits whatever has another %s, and whatever has none: %s", t.name, t.key, who)
	case !t.allow && t.operator.Negated && t.operator.Set == "ForAnyValue":
		j.warn(t.path, "write "+plain, "%s tests %s with %s, which is false where the request lacks the key: it does not deny %s",
			t.name, t.key, t.op, who)
	}
	return ""
}

// boundedBeside is true where another test of the statement wants a key to be there that says whose the same thing is.
func (t test) boundedBeside() bool {
	side := awsfacts.ConditionKey(t.key)[:len("aws:princi")] // or aws:resour
	conditions, _ := t.m["Condition"].(map[string]any)
	for op, tests := range conditions {
		operator, ok := awsfacts.ParseOperator(op)
		keys, _ := tests.(map[string]any)
		for key, v := range keys {
			key = awsfacts.ConditionKey(key)
			if _, bounds := identities[key]; !ok || !bounds || !strings.HasPrefix(key, side) {
				continue
			}
			other := test{operator: operator}
			if operator.Base != "Null" && other.demands() || operator.Base == "Null" && only(v, "false", false) {
				return true
			}
		}
	}
	return false
}

// only is true for a value, or a list of values, of which each is one of some.
func only(v any, some ...any) bool {
	list := listOf(v)
	return len(list) > 0 && !slices.ContainsFunc(list, func(e any) bool { return !slices.Contains(some, e) })
}

// literal refuses wildcards that the operator takes for characters.
func (j *judge) literal(t test) string {
	if t.operator.Base != "StringEquals" && t.operator.Base != "StringEqualsIgnoreCase" {
		return ""
	}
	found := 0
	for _, v := range t.values {
		if plain := variable.ReplaceAllString(v, ""); strings.ContainsAny(plain, "*?") {
			found++
			j.warn(t.path, "write "+strings.Replace(t.op, "Equals", "Like", 1),
				"%s tests %s with %s, which takes the wildcard of %q for a character", t.name, t.key, t.op, v)
		}
	}
	if found > 0 && found == len(t.values) && t.demands() {
		return "compares " + t.key + " with a wildcard as a character"
	}
	return ""
}

// organization compares the organizations that a test names with the hub's.
func (j *judge) organization(t test) string {
	key := awsfacts.ConditionKey(t.key)
	paths := key == "aws:principalorgpaths" || key == "aws:resourceorgpaths"
	ours := paths || key == "aws:principalorgid" || key == "aws:resourceorgid"
	if !ours || j.at.Organization == "" || t.operator.Base == "Null" || len(t.values) == 0 {
		return ""
	}
	for _, v := range t.values {
		if paths {
			v, _, _ = strings.Cut(v, "/")
		}
		if v == j.at.Organization || strings.ContainsAny(v, "*?$") || !strings.HasPrefix(v, "o-") {
			return ""
		}
	}
	named := strings.Join(t.values, ", ")
	fix := "write ${organization}, which is the hub's"
	switch {
	case !t.allow && t.operator.Negated:
		j.error(t.path, fix, "%s denies what is not of organization %s, and the hub's is %s", t.name, named, j.at.Organization)
	case t.allow && t.demands():
		j.warn(t.path, fix, "%s names organization %s, and the hub's is %s", t.name, named, j.at.Organization)
		return "admits organization " + named + " alone"
	}
	return ""
}

// resources looks for what lies in another region or partition than the endpoint.
func (j *judge) resources(s statementOf) string {
	foreign := 0
	list := texts(s.m["Resource"])
	for i, resource := range list {
		path := fmt.Sprintf("%s/Resource/%d", s.path, i)
		parts := strings.SplitN(resource, ":", 6)
		if len(parts) < 6 {
			continue
		}
		plain := func(s string) bool { return s != "" && !strings.ContainsAny(s, "*?$") }
		switch partition, region := parts[1], parts[3]; {
		case plain(partition) && partition != j.at.Partition:
			foreign++
			j.warn(path, "write arn:${partition}:…", "%s names %s of partition %s, and the endpoint is in %s", s.name, resource, partition,
				j.at.Partition)
		case plain(region) && region != j.at.Region:
			foreign++
			j.warn(path, "write ${region}, which is the endpoint's", "%s names %s of region %s, and the endpoint is in %s", s.name, resource,
				region, j.at.Region)
		case parts[2] == "s3":
			if region := regionOfBucket(parts[5], j.at.Region); region != "" {
				j.warn(path, "write ${region}, which is the endpoint's", "%s names %s, by its name a bucket of %s, and the endpoint is in %s",
					s.name, resource, region, j.at.Region)
			}
		}
	}
	if foreign > 0 && foreign == len(list) {
		return "names nothing that is here"
	}
	return ""
}

// regionOfBucket is another region than the endpoint's that a bucket's name holds, as those of AWS's own buckets do.
func regionOfBucket(path, here string) string {
	bucket, _, _ := strings.Cut(path, "/")
	if strings.Contains(bucket, here) {
		return ""
	}
	longest := ""
	for _, region := range awsfacts.Regions() {
		i := strings.Index(bucket, region)
		if i < 0 || len(region) <= len(longest) {
			continue
		}
		before, after := bucket[:i], bucket[i+len(region):]
		if !strings.ContainsAny(after[:min(1, len(after))], "0123456789") &&
			(before == "" || strings.ContainsAny(before[len(before)-1:], "-._")) {
			longest = region
		}
	}
	return longest
}

const placeholderFix = "write what is meant; ${organization}, ${account}, ${region} and ${partition} stand for the hub's"

// Placeholders of AWS's documentation and of people. Numbers and bucket names may be somebody's own, the rest is nobody's.
var (
	nobodys = regexp.MustCompile(`(?i:\bo-(x+|example\w*|1234567890|abcdefghij)\b|` +
		`\bvpce?-(x+|1a2b3c4d\w*|11111111|1234567890abcdef0|example\w*)\b|<[a-z][^<>]*>|\b(change|replace)[-_ ]?me\b|` +
		`\byour[-_ ](org|account|bucket|vpc|region|role)|\bx{4,}\b)|\b(ACCOUNT|AWS_ACCOUNT|ACCOUNT_ID|ACCOUNTID|REGION|ORG_ID)\b`)
	examples = regexp.MustCompile(`\b(111122223333|444455556666|777788889999|123456789012|000000000000)\b|` +
		`(?i)(amzn-s3-demo-\w+|doc-example-bucket\w*|\bexample-?bucket\b|\bmy[-_]bucket\b)`)
)

func (j *judge) placeholders(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key != "Sid" && key != "Id" {
				j.placeholders(path+"/"+key, v[key])
			}
		}
	case []any:
		for i, e := range v {
			j.placeholders(fmt.Sprintf("%s/%d", path, i), e)
		}
	case string:
		if m := nobodys.FindString(v); m != "" && m != j.at.Organization {
			j.error(path, placeholderFix, "%q is a placeholder", m)
		} else if m := examples.FindString(v); m != "" && m != j.at.Account && !slices.Contains(j.at.Accounts, m) {
			j.warn(path, placeholderFix, "%q is an example of AWS's documentation", m)
		}
	}
}
