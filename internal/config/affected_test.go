package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAffected(t *testing.T) {
	base := map[string]string{
		"hubs/use1.yaml": `account: "111111111111"
region: us-east-1
vpc: {cidr: 10.0.0.0/20, zones: 2}
pools: {prod: [10.16.0.0/12], dev: [10.32.0.0/12]}
segments: {prod: {spokesMay: [outsidePool]}, dev: {mesh: true, reaches: [prod]}}
endpoints: {services: [ssm]}
`,
		"spokes/a.yaml": "hub: use1\naccount: \"222222222222\"\nsegment: prod\ncidr: 10.16.4.0/22\n",
		"spokes/b.yaml": "hub: use1\naccount: \"333333333333\"\nsegment: prod\ncidr: 10.16.8.0/22\n",
		"spokes/c.yaml": "hub: use1\naccount: \"333333333333\"\nsegment: dev\ncidr: 10.32.8.0/22\n",
	}
	load := func(change map[string]string) *Config {
		dir := t.TempDir()
		for name, text := range base {
			if new, ok := change[name]; ok {
				text = new
			}
			if text != "" {
				_ = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
				_ = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
			}
		}
		for name, text := range change {
			_ = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
			if text == "" {
				_ = os.Remove(filepath.Join(dir, name))
			}
		}
		cfg, diags := Load(dir)
		if cfg == nil {
			t.Fatal(diags)
		}
		return cfg
	}
	before := load(nil)
	if names, whole := Affected(nil, before); !whole || names != nil {
		t.Error("with nothing before, everything is new")
	}
	for _, c := range []struct {
		what   string
		change map[string]string
		want   string
	}{
		{"nothing", nil, ""},
		{"a comment", map[string]string{"hubs/use1.yaml": base["hubs/use1.yaml"] + "# x\n",
			"spokes/a.yaml": base["spokes/a.yaml"] + "# x\n"}, ""},
		{"a tag of a spoke", map[string]string{"spokes/a.yaml": base["spokes/a.yaml"] + "tags: {x: y}\n"}, "a"},
		{"a new spoke beside another of its account", map[string]string{
			"spokes/d.yaml": strings.Replace(base["spokes/b.yaml"], ".8.", ".12.", 1)}, "b d"},
		{"a new spoke of a new account", map[string]string{
			"spokes/d.yaml": strings.NewReplacer(".8.", ".12.", "333333333333", "444444444444").Replace(base["spokes/b.yaml"])}, "a d"},
		{"a range that others route", map[string]string{
			"spokes/a.yaml": strings.Replace(base["spokes/a.yaml"], "10.16.4", "10.64.4", 1) + "outsidePool: true\n"}, "a c"},
		{"the hub", map[string]string{"hubs/use1.yaml": strings.Replace(base["hubs/use1.yaml"], "[ssm]", "[ssm, sts]", 1)}, "all"},
		{"a spoke that leaves", map[string]string{"spokes/a.yaml": base["spokes/a.yaml"] + "state: detached\n"}, "all"},
		{"a spoke that is gone", map[string]string{"spokes/a.yaml": ""}, "all"},
	} {
		names, whole := Affected(before, load(c.change))
		got := strings.Join(names, " ")
		if whole {
			got = "all"
		}
		if got != c.want {
			t.Errorf("%s: expected %q, found %q", c.what, c.want, got)
		}
	}
	gone := load(map[string]string{"spokes/a.yaml": base["spokes/a.yaml"] + "state: detached\n"})
	if names, whole := Affected(gone, gone); whole || len(names) > 0 {
		t.Error("a detached spoke that stays so is no change")
	}
}
