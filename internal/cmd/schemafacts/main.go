// Command schemafacts writes what plan and the tests of updates need from CloudFormation's resource schemas: which properties of a
// type can only be set when a resource is created. It reads the schemas that cfn-lint carries, so cfn-lint must be installed
// for python3. Types named as arguments are added to those that the file holds:
//
//	go run ./internal/cmd/schemafacts AWS::EC2::VPCPeeringConnection
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const file = "internal/plan/cfn-schema-facts.json"

// facts is the file.
type facts struct {
	Source     string              `json:"source"`
	CreateOnly map[string][]string `json:"createOnly"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(added []string) error {
	f := facts{CreateOnly: map[string][]string{}}
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil {
		return fmt.Errorf("%w; run it in the root folder of the repository", err)
	}
	for _, name := range added {
		f.CreateOnly[name] = nil
	}
	s, err := findSchemas()
	if err != nil {
		return err
	}
	f.Source = "the us-east-1 schemas of " + s.version
	for name := range f.CreateOnly {
		if f.CreateOnly[name], err = s.createOnly(name); err != nil {
			return err
		}
	}
	if b, err = json.MarshalIndent(f, "", " "); err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

// schemas are cfn-lint's: a list of the types of a region, each with the name of a file, and the files.
type schemas struct {
	version, folder string
	files           map[string]string
}

func findSchemas() (*schemas, error) {
	const ask = "import cfnlint, cfnlint.version as v; print('cfn-lint ' + v.__version__); print(cfnlint.__path__[0])"
	out, err := exec.Command("python3", "-c", ask).Output()
	if err != nil {
		return nil, fmt.Errorf("python3 cannot import cfnlint (%w); pip install -r internal/e2e/emulator/requirements.txt", err)
	}
	version, root, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	s := &schemas{version: version, folder: filepath.Join(root, "data/schemas"), files: map[string]string{}}
	list, err := os.ReadFile(filepath.Join(s.folder, "providers/us_east_1.py"))
	if err != nil {
		return nil, err
	}
	for _, m := range regexp.MustCompile(`"([\w:]+)": "([0-9a-f]+)",`).FindAllSubmatch(list, -1) {
		s.files[string(m[1])] = string(m[2])
	}
	return s, nil
}

// createOnly are a type's properties, or parts of them by their path, that an update cannot change, or not always, without replacing
// the resource.
func (s *schemas) createOnly(name string) ([]string, error) {
	if s.files[name] == "" {
		return nil, fmt.Errorf("%s has no type %s", s.version, name)
	}
	b, err := os.ReadFile(filepath.Join(s.folder, "resources", s.files[name]+".json"))
	if err != nil {
		return nil, err
	}
	var schema struct {
		CreateOnly  []string `json:"createOnlyProperties"`
		Conditional []string `json:"conditionalCreateOnlyProperties"`
	}
	if err := json.Unmarshal(b, &schema); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	names := []string{}
	for _, path := range append(schema.CreateOnly, schema.Conditional...) {
		names = append(names, strings.TrimPrefix(path, "/properties/"))
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
