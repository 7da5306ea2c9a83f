package edit

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestSet(t *testing.T) {
	for _, c := range []struct{ name, before, key, value, after string }{
		{"a value", "hub: use1 # ours\nsegment: prod\n", "segment", "dev", "hub: use1 # ours\nsegment: dev\n"},
		{"with a comment", "segment: prod   # isolated\n", "segment", "dev", "segment: dev   # isolated\n"},
		{"in quotes", "segment: \"prod\" # a\nhub: 'it''s'\n", "segment", "dev", "segment: dev # a\nhub: 'it''s'\n"},
		{"in single quotes", "a: 'it''s'  # b\n", "a", "x", "a: x  # b\n"},
		{"a new key", "hub: use1\n\n# the range\ncidr: 10.0.0.0/22\n", "state", "detached",
			"hub: use1\n\n# the range\ncidr: 10.0.0.0/22\nstate: detached\n"},
		{"without a last line end", "hub: use1", "state", "detached", "hub: use1\nstate: detached\n"},
		{"with Windows' line ends", "hub: use1\r\nsegment: prod\r\n", "state", "detached",
			"hub: use1\r\nsegment: prod\r\nstate: detached\r\n"},
		{"a value with Windows' line ends", "hub: use1\r\nsegment: prod\r\n", "segment", "dev", "hub: use1\r\nsegment: dev\r\n"},
		{"indented", "  hub: use1\n  tags: {a: b}\n", "state", "detached", "  hub: use1\n  tags: {a: b}\n  state: detached\n"},
		{"after a mapping", "tags:\n  a: b\n  # more\n", "state", "detached", "tags:\n  a: b\n  # more\nstate: detached\n"},
		{"after a text of several lines", "a: |\n  b\n  c\n", "state", "detached", "a: |\n  b\n  c\nstate: detached\n"},
		{"before the document's end", "---\nhub: use1\n...\n", "state", "detached", "---\nhub: use1\nstate: detached\n...\n"},
		{"in braces", "{hub: use1, tags: {a: b}} # {x}\n", "state", "detached", "{hub: use1, tags: {a: b}, state: detached} # {x}\n"},
		{"a value in braces", "{hub: use1, segment: prod}\n", "segment", "dev", "{hub: use1, segment: dev}\n"},
		{"as JSON", "{\n  \"hub\": \"use1\"\n}\n", "state", "detached", "{\n  \"hub\": \"use1\", state: detached\n}\n"},
		{"after letters of two bytes", "tägs: ä\nsegment: prod # ä\n", "segment", "dev", "tägs: ä\nsegment: dev # ä\n"},
	} {
		got, err := Set([]byte(c.before), c.key, c.value)
		if err != nil || string(got) != c.after {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.after)
		}
	}
}

func TestRemove(t *testing.T) {
	for _, c := range []struct{ name, before, key, after string }{
		{"at the end", "hub: use1\nstate: detached\n", "state", "hub: use1\n"},
		{"at the beginning", "state: detached # for now\nhub: use1 # a\n", "state", "hub: use1 # a\n"},
		{"without a last line end", "hub: use1\nstate: detached", "state", "hub: use1\n"},
		{"with comments around", "hub: use1\n# why\nstate: detached\n# the range\ncidr: x\n", "state",
			"hub: use1\n# why\n# the range\ncidr: x\n"},
		{"not there", "hub: use1 # a\n", "state", "hub: use1 # a\n"},
		{"in braces", "{hub: use1, state: detached, a: b}\n", "state", "{hub: use1, a: b}\n"},
		{"last in braces", "{hub: use1, state: detached}\n", "state", "{hub: use1}\n"},
		{"as JSON", "{\n  \"hub\": \"use1\",\n  \"state\": \"detached\"\n}\n", "state", "{\n  \"hub\": \"use1\"\n}\n"},
	} {
		got, err := Remove([]byte(c.before), c.key)
		if err != nil || string(got) != c.after {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.after)
		}
	}
}

func TestByHand(t *testing.T) {
	for _, text := range []string{
		"- a\n", "a", "", "segment: |\n  prod\n", "segment: [prod]\n", "segment: !!str prod\n", "segment: &a prod\n",
	} {
		if got, err := Set([]byte(text), "segment", "dev"); err == nil {
			t.Errorf("%q became %q", text, got)
		} else if text[:min(1, len(text))] == "s" && !errors.Is(err, ErrByHand) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever a file holds, an edit changes what it should and no more: what is read from the text is the same but for the key, and
// taking the key away again gives the text as it was.
func FuzzSet(f *testing.F) {
	files, _ := filepath.Glob("../../examples/*/*/*.yaml")
	if len(files) < 10 {
		f.Fatalf("only %d examples", len(files))
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
		f.Add(strings.ReplaceAll(string(b), "\n", "\r\n"))
	}
	for _, text := range []string{
		"{a: b}", "a: b # c\n# d\n", "a:\n- b", "? a\n: b\n", "a: \"b\\\"c\"\nstate: 'd''e' # f\n", "\ufeffa: b\n",
		"a: b\n...\n# c", "{a: b, # }\n c: d}", "state: {a: b}\n", "state:\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var before map[string]any
		known := yaml.Unmarshal([]byte(text), &before) == nil && before != nil
		for _, key := range []string{"state", "a", "cidr"} {
			changed, err := Set([]byte(text), key, "detached")
			if err != nil {
				continue
			}
			var after map[string]any
			if err := yaml.Unmarshal(changed, &after); err != nil || after[key] != "detached" {
				t.Fatalf("%q became %q: %v", text, changed, err)
			}
			if !known {
				continue
			}
			_, had := before[key]
			had = had || strings.Contains(text, "<<") // a merge, whose keys a map does not show
			want := map[string]any{}
			for k, v := range before {
				want[k] = v
			}
			want[key] = "detached"
			if !reflect.DeepEqual(after, want) {
				t.Fatalf("%q became %q", text, changed)
			}
			if back, err := Remove(changed, key); err == nil && !had && plain(string(back)) != plain(text) {
				t.Fatalf("%q became %q, and then %q", text, changed, back)
			}
		}
	})
}

// plain is a text without the ends of its last lines, and without a comma after the last entry between braces.
func plain(text string) string {
	return regexp.MustCompile(`,\s*}`).ReplaceAllString(strings.TrimRight(text, "\r\n"), "}")
}

func TestEveryExampleCanBeEdited(t *testing.T) {
	files, _ := filepath.Glob("../../*/*/spokes/*.yaml")
	own, _ := filepath.Glob("../../config/spokes/*.yaml")
	for _, name := range append(files, own...) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"state", "segment", "cidr"} {
			after, err := Set(b, key, "x")
			if err != nil {
				t.Errorf("%s: %s: %v", name, key, err)
				continue
			}
			lines := func(s []byte) int { return strings.Count(string(s), "\n") }
			if changed := lines(after) - lines(b); changed < 0 || changed > 1 {
				t.Errorf("%s: %s: %d lines more", name, key, changed)
			}
		}
	}
}
