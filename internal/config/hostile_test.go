//go:build unix

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// loadHostile loads the standard hub, with something else in it, and the standard spoke, with more lines.
func loadHostile(t *testing.T, hub, spoke string, more map[string]string) (*Config, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "config")
	write(t, filepath.Join(dir, "hubs/use1.yaml"), []byte(hub))
	write(t, filepath.Join(dir, "spokes/payments.yaml"), []byte(spoke))
	for name, text := range more {
		write(t, filepath.Join(dir, name), []byte(text))
	}
	cfg, diags := Load(dir)
	return cfg, diags.String()
}

var long = strings.Repeat("k", 129)

// hostileText are lines of a spoke's file, and what is said of each.
var hostileText = []struct{ line, want string }{
	{`flowLogs: {to: s3, bucket: 'arn:aws:s3:::b00/{{resolve:secretsmanager:prod/db:SecretString:password}}'}`, "{{resolve:"},
	{`flowLogs: {to: s3, bucket: 'arn:aws:s3:::b00/{{Resolve:ssm:/x}}'}`, "{{resolve:"},
	{`flowLogs: {to: s3, bucket: 'arn:aws:s3:::b00/a b'}`, "not a bucket's ARN"},
	{`flowLogs: {to: s3, bucket: 'arn:aws:s3:::b00/${AWS::AccountId}'}`, "not a bucket's ARN"},
	{`tags: {owner: '${Token[TOKEN.16]}'}`, "a token of the CDK"},
	{`secondaryCidrs: [169.254.169.0/24]`, "addresses of 169.254.0.0/16, which no host"},
	{`unroutedCidrs: [127.0.0.0/16]`, "addresses of 127.0.0.0/8, which no host"},
	{`unroutedCidrs: [224.0.0.0/24]`, "addresses of 224.0.0.0/4, which no host"},
	{`secondaryCidrs: [0.1.0.0/16]`, "addresses of 0.0.0.0/8, which no host"},
	{`tags: {owner: '#{Token[TOKEN.16]}'}`, "a token of the CDK"},
	{`tags: {'${Token[TOKEN.16]}': x}`, "a token of the CDK"},
	{`tags: {owner: '{{resolve:ssm:/x}}'}`, "{{resolve:"},
	{`tags: {owner: "\ue000s/Role\ue001"}`, "private-use character U+E000"},
	{`tags: {owner: "\U000f0000"}`, "private-use character U+F0000"},
	{`tags: {"a\nb": x}`, "control character U+000A"},
	{`tags: {a: "c\0d"}`, "control character U+0000"},
	{`tags: {a: "c\x85d"}`, "control character U+0085"},
	{`tags: {a: "c\x1b[31md"}`, "control character U+001B"},
	{`tags: {a: "\u202edcba"}`, "format character U+202E"},
	{`tags: {a: "a\u200bb"}`, "format character U+200B"},
	{`tags: {a: "a\u2028b"}`, "control character U+2028"},
	{`tiers: {"\ue000x": {}}`, "private-use character"},
	{`gatewayEndpoints: ["s3\u200b"]`, "format character"},
	{`zones: ["a\u0001"]`, "control character"},
	{`state: "{{resolve:ssm:/x}}"`, "{{resolve:"},
	{`tags: {hasOwnProperty: x}`, "JavaScript's own"},
	{`tags: {__proto__: x}`, "JavaScript's own"},
	{`tags: {constructor: x}`, "JavaScript's own"},
	{`tags: {toString: x}`, "JavaScript's own"},
	{`tiers: {constructor: {}}`, "JavaScript's own"},
	{`tags: {"Fn::Sub": x}`, "a function of CloudFormation"},
	{`tags: {Hub: x}`, `tag "Hub" is set by the program`},
	{`tags: {SPOKE: x}`, `tag "SPOKE" is set by the program`},
	{`tags: {Segment: x}`, `tag "Segment" is set by the program`},
	{`tags: {name: x}`, `tag "name" is set by the program`},
	{`tags: {owner: x, Owner: y}`, "one to IAM"},
	{`tags: {"AWS:x": y}`, "AWS's own prefix"},
	{`tags: {x: "aws:y"}`, "AWS's own prefix"},
	{`tags: {"": y}`, "no key"},
	{`tags: {" ": y}`, "no key"},
	{`tags: {"owner ": y}`, "begins or ends with a space"},
	{`tags: {"\u00a0owner": y}`, "begins or ends with a space"},
	{`tags: {"a*": y}`, "does not take all its characters"},
	{`tags: {a: "y;z"}`, "does not take all characters"},
	{`tags: {a: "<b>"}`, "does not take all characters"},
	{`tags: {` + long + `: y}`, "too long"},
	{`tags: {a: ` + long + long + `}`, "too long"},
	{`tags: {` + numbered(47) + `}`, "47 tags are too many"},
	{`outsidePool: !!bool banana`, "its tag"},
	{`outsidePool: !!bool "yes"`, "its tag"},
	{`zones: !!int x`, "its tag"},
	{`state: !custom attached`, "its tag"},
	{`tiers: !!seq {a: {}}`, "its tag"},
	{`gatewayEndpoints: !!map [s3]`, "its tag"},
	{`tags: {a: !!null x}`, "its tag"},
	{`tags: {a: !!binary YQ==}`, "its tag"},
}

// No string of a spoke's file becomes more than text, whichever key it stands at; nor do tags that AWS or the CDK refuse pass.
func TestHostileText(t *testing.T) {
	for _, c := range hostileText {
		cfg, said := loadHostile(t, standardHub, standardSpoke+c.line+"\n", nil)
		if cfg != nil || !strings.Contains(said, c.want) || !strings.Contains(said, "payments.yaml:5:") {
			t.Errorf("%s: got\n%s\nwant %q", c.line, said, c.want)
		}
	}
	for _, line := range []string{
		`tags: {Größe der Abteilung: "a b_.:/=+-@9", team: "", 名前: 値}`,
		`outsidePool: !!bool false`, `state: !!str attached`, `zones: !!int 2`, `tiers: !!map {a: {}}`,
		`flowLogs: {to: s3, bucket: "arn:aws:s3:::flow-logs/team=a/x_y.z/"}`,
		`tags: {` + numbered(46) + `}`, `tags: {` + strings.Repeat("ä", 128) + `: ` + strings.Repeat("ä", 256) + `}`,
	} {
		if cfg, said := loadHostile(t, standardHub, standardSpoke+line+"\n", nil); cfg == nil {
			t.Errorf("%s: refused\n%s", line, said)
		}
	}
}

// hostileComments are what a comment may not hold: for YAML some of it begins a new line, with a key that nobody sees.
var hostileComments = map[string]string{
	"\r": "U+000D", "\u0085": "U+0085", "\u2028": "U+2028", "\u2029": "U+2029", "\v": "U+000B", "\f": "U+000C", "\x1b": "U+001B",
	"\u009b": "U+009B", "\x7f": "U+007F", "\x00": "U+0000", "\u202e": "U+202E", "\u2067": "U+2067", "\u061c": "U+061C",
	"\u200b": "U+200B", "\ufeff": "U+FEFF", "\U000e0041": "U+E0041",
}

// A file is to YAML what it is to whoever reviews it.
func TestHostileComments(t *testing.T) {
	for c, want := range hostileComments {
		cfg, said := loadHostile(t, standardHub, standardSpoke+"# harmless "+c+"tiers: {hidden: {}}\n", nil)
		if cfg != nil || !strings.Contains(said, "payments.yaml:5:12: error") || !strings.Contains(said, want) {
			t.Errorf("%q: got\n%s", c, said)
		}
	}
	for _, text := range []string{
		"\ufeff" + standardSpoke, strings.ReplaceAll(standardSpoke, "\n", "\r\n"), standardSpoke + "#\tGröße 名前 👩\u200d💻\n",
	} {
		if cfg, said := loadHostile(t, standardHub, text, nil); cfg == nil {
			t.Errorf("%q: refused\n%s", text, said)
		}
	}
}

func numbered(n int) string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = fmt.Sprintf("k%d: v", i)
	}
	return strings.Join(tags, ", ")
}

// hostileTags are tags of a hub and a spoke.
var hostileTags = []struct{ hub, spoke, want string }{
	{numbered(40), strings.ReplaceAll(numbered(40), "k", "s"), "80 tags with the hub's 40 are too many"},
	{numbered(46), "s: x", "47 tags with the hub's 46 are too many"},
	{"Owner: x", "owner: y", `tags "owner" and the hub's "Owner" are one to IAM`},
	{numbered(46), "k0: v, k1: v", ""},
	{numbered(46), "k0: mine", `may not change the hub's tag "k0"`},
}

// A resource of a spoke has the hub's tags and the spoke's.
func TestMergedTags(t *testing.T) {
	for _, c := range hostileTags {
		cfg, said := loadHostile(t, standardHub+"tags: {"+c.hub+"}\n", standardSpoke+"tags: {"+c.spoke+"}\n", nil)
		if (cfg != nil) != (c.want == "") || !strings.Contains(said, c.want) {
			t.Errorf("%.40s with %.40s: got\n%s\nwant %q", c.hub, c.spoke, said, c.want)
		}
	}
}

// hostilePolicies are parts of a statement.
var hostilePolicies = []struct{ more, want string }{
	{`, "Sid": "{{resolve:ssm:/x}}"`, "{{resolve:"},
	{`, "Condition": {"StringEquals": {"aws:PrincipalArn": "${Token[TOKEN.1]}"}}`, "a token of the CDK"},
	{`, "Condition": {"StringEquals": {"aws:PrincipalArn": "\ue000s/Role\ue001"}}`, "private-use"},
	{`, "Condition": {"StringEquals": {"aws:PrincipalArn": "a\u0000"}}`, "control character"},
	{`, "Condition": {"StringEquals": {"__proto__": "a"}}`, "JavaScript's own"},
	{`, "Condition": {"StringEquals": {"hasOwnProperty": "a"}}`, "JavaScript's own"},
	{`, "Condition": {"StringEquals": {"Fn::Sub": "a"}}`, "a function of CloudFormation"},
	{`, "Condition": {"StringEquals": {"aws:PrincipalTag/{{resolve:ssm:/x}}": "a"}}`, "{{resolve:"},
}

// Policies and catalogue files reach templates too.
func TestHostileJSON(t *testing.T) {
	const statement = `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*",` + "\n" + `"Resource": "*"%s}]}`
	const service = `{"service": "com.amazonaws.us-east-1.kms", "names": ["kms.us-east-1.amazonaws.com"], ` +
		`"zones": ["us-east-1a"], "policy": true, "ip": [%s]}`
	hub := strings.Replace(standardHub, "{services", "{policy: p.json, services", 1)
	for _, c := range hostilePolicies {
		cfg, said := loadHostile(t, hub, standardSpoke, map[string]string{"p.json": fmt.Sprintf(statement, c.more)})
		if cfg != nil || !strings.Contains(said, c.want) || !strings.Contains(said, "p.json:2: error") {
			t.Errorf("%s: got\n%s\nwant %q", c.more, said, c.want)
		}
	}
	for want, text := range map[string]string{
		"more than 50 objects and lists": strings.Repeat("[", 80000),
		"a policy has at most":           `{"Statement": [` + strings.Repeat("{},\n", 250000) + "{}]}",
	} {
		begin := time.Now()
		cfg, said := loadHostile(t, hub, standardSpoke, map[string]string{"p.json": text})
		if cfg != nil || !strings.Contains(said, want) || time.Since(begin) > 5*time.Second {
			t.Errorf("got after %s\n%s\nwant %q", time.Since(begin), said, want)
		}
	}
	good := fmt.Sprintf(statement, `, "Sid": "Ref", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${aws:username}"}}`)
	if cfg, said := loadHostile(t, hub, standardSpoke, map[string]string{"p.json": good}); cfg == nil {
		t.Errorf("refused\n%s", said)
	}
	for _, text := range []string{`"{{resolve:ssm:/x}}"`, `"${Token[A.1]}"`, `"\ue000"`, `"ipv4\n"`} {
		catalog := `{"version": 1, "region": "us-east-1", "captured": "2026-11-24", "services": [` + fmt.Sprintf(service, text) + `]}`
		cfg, said := loadHostile(t, standardHub, standardSpoke, map[string]string{"catalog/us-east-1.json": catalog})
		if cfg != nil || !strings.Contains(said, "catalog/us-east-1.json: error: line 1: ") {
			t.Errorf("%s: got\n%s", text, said)
		}
	}
}

var hostileNames = []string{"{{resolve:ssm:x}}", "${Token[A.1]}", "a\ue000b", "a\nb", "a\u202eb", "a\x1b[31m", "ä"}

// A file's name becomes a stack's.
func TestHostileNames(t *testing.T) {
	for _, name := range hostileNames {
		cfg, said := loadHostile(t, standardHub, standardSpoke, map[string]string{"spokes/" + name + ".yaml": standardSpoke})
		if cfg != nil || strings.Contains(said, "\x1b") || strings.Count(said, "error: ") != 1 {
			t.Errorf("%q: got\n%q", name, said)
		}
	}
}

// Whatever a link leads to outside the folder is not read, and what is no file is not waited for.
func TestHostileFolders(t *testing.T) {
	const out, secret = "a link that leads out of the folder", "s3cr3t-t0ken"
	link := func(to, at string) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, at)
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			return os.Symlink(strings.ReplaceAll(to, "DIR", dir), path)
		}
	}
	pipe := func(at string) func(string) error {
		return func(dir string) error {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, at)), 0o755); err != nil {
				return err
			}
			return syscall.Mkfifo(filepath.Join(dir, at), 0o644)
		}
	}
	for _, c := range []struct {
		at, want string
		make     func(string) error
	}{
		{"spokes/evil.yaml", out, link("../../token", "spokes/evil.yaml")},
		{"spokes/evil.yaml", out, link("/etc/passwd", "spokes/evil.yaml")},
		{"spokes/evil.yaml", out, link("DIR/../token", "spokes/evil.yaml")},
		{"hubs/evil.yaml", out, link("../../token", "hubs/evil.yaml")},
		{"hubs", out, link("../../other", "hubs")},
		{"spokes", out, link("../other", "spokes")},
		{"spokes", out, link("/etc", "spokes")},
		{"catalog/us-east-1.json", out, link("../../token", "catalog/us-east-1.json")},
		{"catalog/us-east-1.json", out, link("../other", "catalog")},
		{"p.json", out, link("../token", "p.json")},
		{"p.json", out, link("/etc/passwd", "p.json")},
		{"spokes/evil.yaml", "not a regular file", pipe("spokes/evil.yaml")},
		{"catalog/us-east-1.json", "not a regular file", pipe("catalog/us-east-1.json")},
		{"p.json", "not a regular file", pipe("p.json")},
		{"spokes/evil.yaml", out, link("/dev/zero", "spokes/evil.yaml")},
	} {
		dir := filepath.Join(t.TempDir(), "config")
		hub := standardHub
		if c.at == "p.json" {
			hub = strings.Replace(standardHub, "{services", "{policy: p.json, services", 1)
		}
		write(t, filepath.Join(dir, "hubs/use1.yaml"), []byte(hub))
		write(t, filepath.Join(dir, "../other/us-east-1.json"), []byte(secret))
		write(t, filepath.Join(dir, "../other/x.yaml"), []byte(secret))
		write(t, filepath.Join(dir, "../token"), []byte(secret))
		if err := c.make(dir); err != nil {
			t.Fatal(err)
		}
		cfg, diags := Load(dir)
		said := diags.String()
		if cfg != nil || !strings.Contains(said, c.at) || !strings.Contains(said, c.want) || strings.Contains(said, secret) {
			t.Errorf("%s: got\n%s\nwant %s", c.at, said, c.want)
		}
	}
	dir := filepath.Join(t.TempDir(), "config")
	write(t, filepath.Join(dir, "hubs/use1.yaml"), []byte(standardHub))
	write(t, filepath.Join(dir, "teams/payments.yaml"), []byte(standardSpoke))
	if err := link("../teams/payments.yaml", "spokes/payments.yaml")(dir); err != nil {
		t.Fatal(err)
	}
	if cfg, diags := Load(dir); cfg == nil || len(cfg.Spokes) != 1 {
		t.Errorf("a link within the folder: %s", diags)
	}
}

// A large file is answered in time linear in its size, with a bounded number of messages, whatever it repeats.
func TestHostileSizes(t *testing.T) {
	many := func(open, entry, end string) string { // a quarter of what a file may have
		var b strings.Builder
		b.WriteString(open)
		for i := 0; b.Len() < 1<<18; i++ {
			b.WriteString(strings.NewReplacer("%d", fmt.Sprint(i), "%c", fmt.Sprintf("10.%d.%d.%d/28", i>>12&255, i>>4&255, i%16*16),
				"%w", "t"+strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(i))).Replace(entry))
		}
		return b.String() + end + "\n"
	}
	spoke := func(open, entry, end string) [2]string {
		return [2]string{standardHub, standardSpoke + many(open, entry, end)}
	}
	hub := func(key, open, entry, end string) [2]string {
		lines := strings.Split(standardHub, "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, key+":") {
				lines = append(lines[:i], lines[i+1:]...)
				break
			}
		}
		return [2]string{strings.Join(lines, "\n") + many(open, entry, end), standardSpoke}
	}
	const flat = "account: \"222222222222\"\nsegment: prod\ncidr: 10.16.4.0/22\n"
	for name, c := range map[string][2]string{
		"tiers":             spoke("tiers: {", "%w: {}, ", "}"),
		"tier keys":         spoke("tiers: {a: {", "k%d: 1, ", "}}"),
		"unknown":           {standardHub, many("{hub: use1", ", k%d: 1", "}")},
		"unknown lines":     spoke("", "k%d: 1\n", ""),
		"twice":             spoke("", "state: attached\n", ""),
		"lists as keys":     spoke("? [a]\n: b\n", "? [a]\n: b\n", ""),
		"gateway endpoints": spoke("gatewayEndpoints: [", "s3,", "]"),
		"ranges":            spoke("secondaryCidrs: [", "%c, ", "]"),
		"zones":             spoke("zones: [", "a,", "]"),
		"tags":              spoke("tags: {", "k%d: v, ", "}"),
		"not plain":         spoke("tags: {", "\"\\0%d\": v, ", "}"),
		"explicit tags":     spoke("tags: {a: [", "!!bool b, ", "]}"),
		"one long value":    spoke("state: ", "a", ""),
		"one long word":     {standardHub, many("hub: ", "ab", "\n"+flat)},
		"tabs":              spoke("", "\tx\n", ""),
		"lines":             spoke("state: x\n", "#\n", ""),
		"services":          hub("endpoints", "endpoints: {services: [", "svc%d, ", "]}"),
		"service zones":     hub("endpoints", "endpoints: {services: [{name: kms, zones: [", "a, ", "]}]}"),
		"private names":     hub("endpoints", "endpoints: {services: [{name: kms, privateNames: [", "a%d.example.com, ", "]}]}"),
		"ports":             hub("endpoints", "endpoints: {services: [{name: kms, ports: [", "%d, ", "]}]}"),
		"segments":          hub("segments", "segments: {prod: {}, ", "%w: {}, ", "}"),
		"reaches":           hub("segments", "segments: {prod: {reaches: [", "%w, ", "]}}"),
		"pools":             hub("pools", "pools: {", "%w: [10.16.0.0/12], ", "}"),
		"pool":              hub("pools", "pools: {prod: [", "%c, ", "]}"),
		"route tables":      hub("transitGateway", "transitGateway: {id: tgw-0123456789abcdef0, routeTables: {", "%w: x, ", "}}"),
		"units":             hub("organization", "organization: {id: o-a1b2c3d4e5, units: [", "x, ", "]}"),
		"pool of pools":     hub("pools", "pools: {", "p%d: ["+strings.Repeat("10.16.0.0/28, ", 290)+"], ", "}"),
		"reaches of all":    hub("segments", "segments: {", "%w: {reaches: ["+strings.Repeat("wxyzabcdefghijklmnopqrstuvwxyz, ", 95)+"]}, ", "}"),
	} {
		if c[0] == "" || len(c[0])+len(c[1]) < 1<<18 {
			t.Fatalf("%s is small", name)
		}
		begin := time.Now()
		cfg, said := loadHostile(t, c[0], c[1], nil)
		if took := time.Since(begin); took > 5*time.Second { // a quarter of a second by itself
			t.Errorf("%s took %s", name, took)
		}
		if cfg != nil && name != "lines" || strings.Count(said, "error: ") > 202 || len(said) > 200_000 {
			t.Errorf("%s: %d messages in %d bytes", name, strings.Count(said, "error: "), len(said))
		}
	}
}
