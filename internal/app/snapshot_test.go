package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every template of every configuration is as in testdata/snapshots: one file a stack.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	for _, dir := range configurations(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			checkSnapshots(t, filepath.Base(dir), templates(t, assembled(t, dir)))
		})
	}
}

// checkSnapshots compares templates with the snapshots of a name, or writes those anew.
func checkSnapshots(t *testing.T, name string, got map[string]template) {
	t.Helper()
	folder := filepath.Join(testdata, "snapshots", name)
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, stack := range slices.Sorted(maps.Keys(got)) {
		text := snapshot(got[stack])
		file := filepath.Join(folder, stack+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v: run go test ./internal/app -update", err)
		} else if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("%s differs from its snapshot (- snapshot, + now); if that is meant, run go test ./internal/app -update\n%s", stack, diff)
		}
	}
	kept, _ := filepath.Glob(filepath.Join(folder, "*"))
	if len(kept) != len(got) {
		t.Errorf("%d snapshots for %d stacks; run go test ./internal/app -update", len(kept), len(got))
	}
}

// snapshot is a template as text, complete but for what the CDK adds to each: the bootstrap version's parameter and rule. A
// value stands on one line when it fits, with CloudFormation's short forms, so that a change is one line of a diff.
func snapshot(tpl template) string {
	var b strings.Builder
	for _, section := range slices.Sorted(maps.Keys(tpl)) {
		entries, _ := tpl[section].(map[string]any)
		switch {
		case section == "Rules":
			continue
		case section == "Parameters" && len(entries) == 1 && entries["BootstrapVersion"] != nil:
			continue
		case section != "Resources":
			writeEntry(&b, "", section, tpl[section])
			continue
		}
		b.WriteString("Resources:\n")
		for _, id := range slices.Sorted(maps.Keys(entries)) {
			writeResource(&b, id, entries[id].(map[string]any))
		}
	}
	return b.String()
}

// writeResource writes a line of what CloudFormation reads beside the properties, and a line or more a property.
func writeResource(b *strings.Builder, id string, r map[string]any) {
	fmt.Fprintf(b, "  %s %s", id, r["Type"])
	for _, k := range slices.Sorted(maps.Keys(r)) {
		if k != "Type" && k != "Properties" {
			fmt.Fprintf(b, " %s=%s", k, inline(r[k]))
		}
	}
	b.WriteByte('\n')
	props, _ := r["Properties"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(props)) {
		writeEntry(b, "    ", k, props[k])
	}
}

func writeEntry(b *strings.Builder, indent, key string, v any) {
	const width = 150
	name := indent + key + ":"
	if key == "-" { // an item of a list
		name = indent + key
	}
	line := name + " " + inline(v)
	items, isList := v.([]any)
	entries, isMap := v.(map[string]any)
	switch {
	case len(line) <= width || !isList && !isMap:
		b.WriteString(line + "\n")
	case isList:
		b.WriteString(name + "\n")
		for _, item := range items {
			writeEntry(b, indent+"  ", "-", item)
		}
	case isMap:
		b.WriteString(name + "\n")
		for _, k := range slices.Sorted(maps.Keys(entries)) {
			writeEntry(b, indent+"  ", k, entries[k])
		}
	}
}

var plainText = regexp.MustCompile(`^[\w/*][\w/*.:@=-]*( [\w/*.:@=-]+)*$`)

// inline is a value on one line. Text is quoted where it could be taken for a number, a flag or a list.
func inline(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return inlineMap(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = inline(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		if plainText.MatchString(v) && !json.Valid([]byte(v)) {
			return v
		}
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func inlineMap(m map[string]any) string {
	if len(m) == 1 {
		for k, v := range m {
			if name, ok := strings.CutPrefix(k, "Fn::"); ok || k == "Ref" {
				return "!" + strings.TrimPrefix(k, "Fn::") + " " + inlineArgument(name, v)
			}
		}
	}
	if len(m) == 2 && m["Key"] != nil && m["Value"] != nil { // a tag
		return inline(m["Key"]) + "=" + inline(m["Value"])
	}
	entries := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		entries = append(entries, k+": "+inline(m[k]))
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// inlineArgument shortens the two functions that make up most of a template.
func inlineArgument(function string, v any) string {
	switch a := v.(type) {
	case []any:
		if function == "GetAtt" && len(a) == 2 {
			return fmt.Sprintf("%v.%v", a[0], a[1])
		}
	case map[string]any:
		if function == "GetStackOutput" {
			short := fmt.Sprintf("%v.%v %v", a["StackName"], a["OutputName"], a["Region"])
			if a["RoleArn"] != nil {
				short += " " + inline(a["RoleArn"])
			}
			return short
		}
	}
	return inline(v)
}
