package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// withoutJSON are the commands without --json, each with the reason.
var withoutJSON = map[string]string{
	"completion bash": "prints a script", "completion zsh": "prints a script", "completion fish": "prints a script",
	"completion powershell": "prints a script",
	"permissions":           "prints JSON, a policy",
	"policy flow-logs":      "prints JSON, policies",
	"policy bucket":         "prints JSON, a policy",
	"schema":                "prints JSON, a schema",
}

// What is expected of every command: an example, JSON, and words that a shell offers, which are never all files of the folder.
func TestManners(t *testing.T) {
	unused := map[string]bool{}
	for name := range withoutJSON {
		unused[name] = true
	}
	for _, c := range leaves(Commands()) {
		name := strings.TrimPrefix(c.CommandPath(), "sharedhub ")
		if c.Example == "" && !strings.HasPrefix(name, "completion ") { // whose help has them
			t.Errorf("%s: the help has no example", name)
		}
		if delete(unused, name); c.Flags().Lookup("json") == nil && withoutJSON[name] == "" {
			t.Errorf("%s has no --json", name)
		}
		if c.Flags().Lookup("json") != nil && withoutJSON[name] != "" {
			t.Errorf("%s has --json", name)
		}
		var out bytes.Buffer
		args := append([]string{"__complete"}, append(strings.Fields(name), "")...)
		if code := Run(context.Background(), args, &out, &bytes.Buffer{}, fake{}, samplePages); code != 0 {
			t.Errorf("%s: completion ends with %d", name, code)
		}
		if strings.HasSuffix(strings.TrimSpace(out.String()), ":0") {
			t.Errorf("%s: a shell offers every file", name)
		}
	}
	for name := range unused {
		t.Errorf("%s: there is no such command", name)
	}
}

// leaves are the commands that do something, but help.
func leaves(c *cobra.Command) (out []*cobra.Command) {
	for _, sub := range c.Commands() {
		switch {
		case sub.HasSubCommands():
			out = append(out, leaves(sub)...)
		case sub.Name() != "help" && !sub.Hidden:
			out = append(out, sub)
		}
	}
	return out
}

// No colour goes where no terminal is. What a terminal shows is internal/terminal's to test.
func TestColoursOnlyOnTerminals(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	Run(context.Background(), []string{"check", "-c", "testdata/script"}, &bytes.Buffer{}, file, fake{}, samplePages)
	b, err := os.ReadFile(file.Name())
	if err != nil || len(b) == 0 || bytes.Contains(b, []byte("\x1b")) {
		t.Errorf("%v, %q", err, b)
	}
}
