package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/prove"
)

// Each folder of testdata/proof is a change to a synthesised assembly and what the proof must say of it:
//
//	config      the configuration, as seen from the root folder or from testdata/proof; default: config
//	patch.json  {stack: {section: {id: new value, or null for gone}}}; the stack "manifest" is the manifest's artifacts
//	expect      "proved", or "refused CODE", one of the codes that are reported; the lines after it say why
//
// With -update, "refused" without a code gets the first one. The file "open" lists the cases that the proof does not answer
// yet; one that it answers must leave the list.
func TestProofCases(t *testing.T) {
	root := filepath.Join(testdata, "proof")
	files, err := filepath.Glob(filepath.Join(root, "*", "patch.json"))
	if err != nil || len(files) < 70 {
		t.Fatalf("expected at least 70 cases in %s, found %d (%v)", root, len(files), err)
	}
	b, err := os.ReadFile(filepath.Join(root, "open"))
	must(err)
	open := strings.Fields(string(b))
	for _, file := range files {
		dir := filepath.Dir(file)
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wrong := proofCase(t, root, dir)
			switch waits := slices.Contains(open, name); {
			case waits && wrong == "":
				t.Errorf("expected it to be unanswered, as %s/open says, found it answered: take it off the list", root)
			case !waits && wrong != "":
				t.Error(wrong)
			}
		})
	}
}

// proofCase is what is wrong with the answer to a case; "" where nothing is.
func proofCase(t *testing.T, root, dir string) string {
	from := "config"
	if b, err := os.ReadFile(filepath.Join(dir, "config")); err == nil {
		from = strings.TrimSpace(string(b))
	}
	if strings.HasPrefix(from, "_") {
		from = filepath.Join(root, from)
	}
	cfg, diags := config.Load(from)
	if cfg == nil {
		t.Fatal(diags)
	}
	b, err := os.ReadFile(filepath.Join(dir, "expect"))
	must(err)
	expected, why, _ := strings.Cut(string(b), "\n")
	verdict, want, _ := strings.Cut(expected, " ")

	found := provePatched(t, cfg, assembled(t, from), filepath.Join(dir, "patch.json"))
	codes := make([]string, 0, len(found))
	for _, d := range found {
		if d.Severity == diag.Error {
			codes = append(codes, d.Code.String())
		}
	}
	switch {
	case verdict == "proved" && len(codes) > 0:
		return fmt.Sprintf("expected it to be proved, found:\n%v", found)
	case verdict == "refused" && len(codes) == 0:
		return "expected it to be refused, found it proved:\n" + why
	case verdict == "refused" && want == "" && *update:
		must(os.WriteFile(filepath.Join(dir, "expect"), []byte("refused "+codes[0]+"\n"+why), 0o644))
	case verdict == "refused" && !slices.Contains(codes, want):
		return fmt.Sprintf("expected a finding of code %q, found:\n%v", want, found)
	}
	return ""
}

// provePatched is what the proof says of an assembly with a patch over it; an assembly that cannot be read is one finding.
func provePatched(t *testing.T, cfg *config.Config, base, patch string) diag.List {
	t.Helper()
	out := t.TempDir()
	must(os.CopyFS(out, os.DirFS(base)))
	applyPatch(t, patch, out)
	a, err := assembly.Read(out)
	if err != nil {
		var list diag.List
		return append(list, diag.From(err)...)
	}
	net := prove.Linked(cfg, a.Records())
	found := prove.Network(cfg, net).Findings
	if again := prove.Network(cfg, prove.Linked(cfg, a.Records())).Findings; fmt.Sprint(again) != fmt.Sprint(found) {
		t.Errorf("expected the same verdict twice, found:\n%v\nand:\n%v", found, again)
	}
	return found
}

// applyPatch writes the changes of a patch over an assembly.
func applyPatch(t *testing.T, patch, out string) {
	t.Helper()
	var stacks map[string]map[string]any
	readPatch(t, patch, &stacks)
	for stack, sections := range stacks {
		file := filepath.Join(out, stack+".template.json")
		if stack == "manifest" {
			file, sections = filepath.Join(out, "manifest.json"), map[string]any{"artifacts": map[string]any(sections)}
		}
		doc := map[string]any{}
		if _, err := os.Stat(file); err == nil {
			readPatch(t, file, &doc)
		}
		for section, v := range sections {
			patchSection(doc, section, v)
		}
		b, err := json.Marshal(doc)
		must(err)
		must(os.WriteFile(file, b, 0o644))
	}
}

func patchSection(doc map[string]any, section string, v any) {
	changes, ok := v.(map[string]any)
	if !ok {
		doc[section] = v
		return
	}
	if whole, ok := changes["="]; ok {
		doc[section] = whole
		return
	}
	in, ok := doc[section].(map[string]any)
	if !ok {
		in = map[string]any{}
		doc[section] = in
	}
	for id, value := range changes {
		if value == nil {
			delete(in, id)
		} else {
			in[id] = value
		}
	}
}

func readPatch(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil && !os.IsNotExist(err) {
		t.Fatalf("%s: %v", file, err)
	}
}
