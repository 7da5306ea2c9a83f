package diag

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

var (
	declareTest = Declare("test")
	ruleCode    = declareTest("test-rule", Error, "a rule admits too much", "take it away")
	zoneCode    = declareTest("test-zone", Differs, "a zone is gone", "deploy it")
)

func TestString(t *testing.T) {
	snippet := strings.Repeat("x", 70)
	for _, c := range []struct {
		d    Diagnostic
		want string
	}{
		{Diagnostic{Severity: Error, Where: Position{"a.yaml", 3, 10}, Length: 4, Snippet: "account: 0123", Summary: "bad", Fix: "quote it",
			See: []Related{{Position{"b.yaml", 2, 1}, "the other"}}},
			"a.yaml:3:10: error: bad\n  3 | account: 0123\n    |          ^^^^\n  see b.yaml:2:1: the other\n  fix: quote it"},
		{Diagnostic{Severity: Error, Where: Position{"a.yaml", 1, 4}, Length: 2, Snippet: "\x1b: ab\r\n", Summary: "bad"},
			"a.yaml:1:4: error: bad\n  1 | \\x1b: ab\n    |       ^^"},
		{Diagnostic{Severity: Error, Where: Position{"a.yaml", 1, 3}, Length: 70, Snippet: "a " + snippet, Summary: "long"},
			"a.yaml:1:3: error: long\n  1 | a " + snippet[:60] + "…\n    |   " + strings.Repeat("^", 60)},
		{Diagnostic{Severity: Error, Code: ruleCode, Subject: "hub a", Where: Resource{Stack: "a-network", LogicalID: "Rule", ID: "sg-1"},
			Summary: "open"},
			"error: hub a: open (a-network/Rule sg-1)"},
		{Diagnostic{Severity: Differs, Code: zoneCode, Where: Resource{Stack: "a-dns"}, Summary: "gone"}, "differs: test-zone: gone (a-dns)"},
		{Diagnostic{Severity: Warning, Where: AccountRegion{"1", "r"}, Summary: "unseen"}, "warning: unseen (account 1 in r)"},
		{Diagnostic{Severity: Error, Summary: "nowhere", Also: []Also{{Subject: "hub b", Where: Resource{ID: "x"}, Summary: "too"}}},
			"error: nowhere\n  also hub b: too (x)"},
	} {
		if got := c.d.String(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// hostileTexts are what strangers write, and how it is printed.
var hostileTexts = []struct{ in, want string }{
	{"plain – ünïcode 日本", "plain – ünïcode 日本"},
	{"a\n::error::x", `a\n::error::x`},
	{"::error::x", `\x3a:error::x`},
	{"  ::error::x", `  \x3a:error::x`},
	{"::add-mask a=b,c=d::x", `\x3a:add-mask a=b,c=d::x`},
	{"::/0 is routed", "::/0 is routed"},
	{"a::b", "a::b"},
	{"x ##[error]y", `x #\x23[error]y`},
	{"##vso[task.setvariable]", `#\x23vso[task.setvariable]`},
	{"## a heading", "## a heading"},
	{"\x1b[2J\a\r\t", `\x1b[2J\a\r\t`},
	{"\u009b2J", `\u009b2J`},
	{"\xc2", `\xc2`},
	{"\u202egpj", `\u202egpj`},
	{"\u2028\ufeff\u00a0\u200b", `\u2028\ufeff\u00a0\u200b`},
	{"\x7f\x00", `\x7f\x00`},
}

// Whatever stands in a file's name, a value, a line or an answer of AWS: it is text, within its line.
func TestNothingIsMoreThanText(t *testing.T) {
	for _, c := range hostileTexts {
		if got := Plain(c.in); got != c.want {
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		}
	}
	evil := "x\n::error::pwned\x1b[2J\u202e"
	d := Diagnostic{Severity: Error, Where: Position{evil, 1, 1}, Subject: evil, Snippet: evil, Length: 1, Summary: evil, Fix: evil,
		See: []Related{{Position{File: evil}, evil}}, Also: []Also{{evil, Resource{Stack: evil, LogicalID: evil, ID: evil}, evil}}}
	var b strings.Builder
	Write(&b, List{d}, 1)
	Fprintf(&b, "%s %v %v %d\n", evil, fmt.Errorf("%s", evil), Resource{ID: evil}, 1)
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\n\x1b\u202e") {
			t.Errorf("not harmless: %q", line)
		}
	}
	if n := strings.Count(b.String(), "pwned"); n != 15 {
		t.Errorf("of 15 texts %d are printed:\n%s", n, b.String())
	}
}

func TestClip(t *testing.T) {
	long := strings.Repeat("é", 100)
	words := "one, two, " + strings.Repeat("three, ", 20)
	if got := Sprintf("%q is %s, %s, %-6s|%d", long, long, words, "short", 1); got != fmt.Sprintf("%q is %[1]s, %s, short |1",
		long[:2*59]+"…", words) {
		t.Error(got)
	}
}

func TestSortPutsCausesFirst(t *testing.T) {
	l := List{
		{Severity: Warning, Code: ruleCode, Summary: "5"},
		{Severity: Differs, Code: zoneCode, Summary: "4"},
		{Severity: Error, Code: zoneCode, Summary: "3"},
		{Severity: Error, Code: ruleCode, Subject: "b", Summary: "2"},
		{Severity: Error, Code: ruleCode, Subject: "a", Summary: "1"},
	}
	l.Sort()
	for i, d := range l {
		if d.Summary != string(rune('1'+i)) {
			t.Errorf("place %d: %s", i, d)
		}
	}
}

func TestGroup(t *testing.T) {
	group := Resource{Stack: "s", LogicalID: "Group"}
	l := List{
		{Severity: Error, Code: ruleCode, Subject: "a", Where: group, Summary: "open"},
		{Severity: Error, Code: ruleCode, Subject: "b", Where: group, Summary: "open"},
		{Severity: Error, Code: ruleCode, Subject: "b", Where: group, Summary: "open"},
		{Severity: Warning, Code: ruleCode, Subject: "c", Where: group, Summary: "another severity"},
		{Severity: Error, Code: zoneCode, Subject: "d", Where: group, Summary: "another code"},
		{Severity: Error, Code: zoneCode, Where: Resource{ID: "z1"}, Cause: "vpc-1", Summary: "one cause"},
		{Severity: Error, Code: zoneCode, Where: Resource{ID: "z2"}, Cause: "vpc-1", Summary: "at two places"},
		{Severity: Error, Summary: "nowhere"},
		{Severity: Error, Summary: "nowhere else"},
		{Severity: Error, Where: Position{File: "f"}, Summary: "in a file"},
		{Severity: Error, Where: Position{File: "f"}, Summary: "in the same file"},
	}
	got := l.Group()
	if len(got) != 8 || len(got[0].Also) != 1 || got[0].Also[0].Subject != "b" || len(got[3].Also) != 1 ||
		got[3].Also[0].Where != (Resource{ID: "z2"}) {
		t.Errorf("%d: %v", len(got), got)
	}
	if again := got.Group(); !reflect.DeepEqual(again, got) {
		t.Errorf("grouped twice: %v", again)
	}
}

func TestWriteStopsAtTheLimit(t *testing.T) {
	l := List{{Severity: Error, Summary: "1"}, {Severity: Error, Summary: "2"}, {Severity: Error, Summary: "3"}}
	for limit, want := range map[int]string{1: "error: 1\n… and 2 more; --json prints all\n", 3: "error: 1\nerror: 2\nerror: 3\n"} {
		var b strings.Builder
		if Write(&b, l, limit); b.String() != want {
			t.Errorf("limit %d: %s", limit, b.String())
		}
	}
	b := strings.Builder{}
	if l[0].Also = make([]Also, 6); true {
		Write(&b, l[:1], 1)
	}
	if !strings.HasSuffix(b.String(), "\n  and 3 more with the same cause\n") {
		t.Error(b.String())
	}
}

func TestJSON(t *testing.T) {
	l := List{
		{Severity: Error, Where: Position{"a.yaml", 3, 1}, Summary: "s", Fix: "f", See: []Related{{Position{"b.yaml", 1, 1}, "t"}}},
		{Severity: Error, Code: ruleCode, Subject: "hub a", Where: Resource{Stack: "s", LogicalID: "L", ID: "sg-1", Account: "1", Region: "r"},
			Summary: "s",
			Also:    []Also{{"b", AccountRegion{"1", "r"}, "t"}}},
		{Severity: Warning, Summary: "s"},
	}
	b, err := json.Marshal(l)
	const want = `[{"severity":"error","where":{"file":"a.yaml","line":3,"column":1},"summary":"s","fix":"f",` +
		`"see":[{"where":{"file":"b.yaml","line":1,"column":1},"text":"t"}]},` +
		`{"severity":"error","code":"test-rule","subject":"hub a","where":{"stack":"s","logicalId":"L","id":"sg-1","account":"1",` +
		`"region":"r"},"summary":"s",` +
		`"also":[{"subject":"b","where":{"account":"1","region":"r"},"summary":"t"}]},{"severity":"warning","summary":"s"}]`
	if err != nil || string(b) != want {
		t.Fatalf("%v\n%s\nwant\n%s", err, b, want)
	}
	var back List
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, l) {
		t.Errorf("read back: %v\n%#v", err, back)
	}
}

func TestCodes(t *testing.T) {
	if m := Codes("test"); len(m) != 2 || m[0].Code != ruleCode || m[1].Text != "a zone is gone" || ruleCode.Severity() != Error {
		t.Error(m)
	}
	defer func() {
		if recover() == nil {
			t.Error("a code was declared twice")
		}
	}()
	declareTest("test-rule", Error, "", "")
}
