package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
)

// network is a configuration with its assembly.
const network = "--config network/config --assembly network/assembly"

// everyCommand is how each command prints to stdout, and how it makes templates, which takes a while; "" for one that does neither.
var everyCommand = map[string]struct{ prints, makes string }{
	"":                      {"", "--out out"},
	"synth":                 {"", "synth --out out"},
	"check":                 {"check --json", ""},
	"cost":                  {"cost", ""},
	"deploy":                {"", "deploy --cdk /bin/false"},
	"digest":                {"digest network/assembly", ""},
	"docs":                  {"docs OPERATIONS", ""},
	"explain":               {"explain payments-prod sts " + network, "explain payments-prod sts --config network/config"},
	"graph":                 {"graph", ""},
	"import":                {"import --help", ""},
	"init":                  {"init --help", ""},
	"permissions":           {"permissions --role verify", "permissions --role execution"},
	"plan":                  {"plan --base network/config --config network/config", "plan --base network/config --whole"},
	"preflight":             {"preflight --policy", "preflight"},
	"prove":                 {"prove --json " + network, "prove"},
	"reach":                 {"reach --assembly network/assembly", ""},
	"report":                {"report " + network, "report"},
	"schema":                {"schema hub", ""},
	"stacks":                {"stacks " + network, "stacks"},
	"unstick":               {"unstick --help", ""},
	"verify":                {"verify --policy", "verify"},
	"cost refresh":          {"cost refresh --help", ""},
	"catalog":               {"catalog --help", ""},
	"policy":                {"policy --help", ""},
	"range":                 {"range --help", ""},
	"spoke":                 {"spoke --help", ""},
	"version":               {"version", ""},
	"catalog clients":       {"catalog clients", ""},
	"catalog list":          {"catalog list", ""},
	"catalog refresh":       {"catalog refresh --help", ""},
	"catalog show":          {"catalog show kms", ""},
	"policy bucket":         {"policy bucket my-data --config network/config", ""},
	"policy flow-logs":      {"policy flow-logs", ""},
	"range list":            {"range list", ""},
	"range next":            {"range next --segment prod", ""},
	"spoke add":             {"spoke add --help", ""},
	"spoke list":            {"spoke list", ""},
	"spoke move":            {"spoke move --help", ""},
	"spoke remove":          {"spoke remove --help", ""},
	"spoke show":            {"spoke show --help", ""},
	"completion":            {"completion", ""},
	"completion bash":       {"completion bash", ""},
	"completion fish":       {"completion fish", ""},
	"completion zsh":        {"completion zsh", ""},
	"completion powershell": {"completion powershell", ""},
}

func TestEveryCommandIsListed(t *testing.T) {
	found := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		name := strings.TrimSpace(strings.TrimPrefix(c.CommandPath(), c.Root().CommandPath()))
		if _, listed := everyCommand[name]; c.Runnable() && name != "help" {
			if found++; !listed {
				t.Errorf("everyCommand: expected the command %q, found none", name)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(command(&program{}))
	if found != len(everyCommand) {
		t.Errorf("everyCommand: expected %d commands, found %d", found, len(everyCommand))
	}
}

// No command refuses a command line in the words of a library.
func TestWordsOfLibraries(t *testing.T) {
	inSamples(t)
	theirs := regexp.MustCompile(`arg\(s\)|strconv|invalid argument|shorthand|needs an argument|flag syntax|invalid syntax|` +
		`command "[^"]*" for "`)
	for _, c := range leaves(Commands()) {
		words := strings.Fields(strings.TrimPrefix(c.CommandPath(), "sharedhub "))
		for _, wrong := range [][]string{{"a", "b", "c", "d"}, {"--nope"}, {"-z"}, {"---x"}, {"--json=maybe"}, {"--quiet=maybe"}} {
			var said bytes.Buffer
			code := Run(t.Context(), slices.Concat(words, wrong), &said, &said, fake{}, samplePages)
			deploys := slices.Equal(words, []string{"deploy"}) && wrong[0] == "a" // names of stacks
			if found := theirs.FindString(said.String()); code != 2 && !deploys || found != "" {
				t.Errorf("%s %s: code %d, says %q: %s", words, wrong, code, found, said.String())
			}
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

// Where the disk is full, or the reader of a pipe has left, every command ends with code 1, and says which it was.
func TestLostOutput(t *testing.T) {
	inSamples(t)
	for name, c := range everyCommand {
		if c.prints == "" {
			continue
		}
		var plain, stderr bytes.Buffer
		if code := Run(t.Context(), strings.Fields(c.prints), &plain, &stderr, fake{}, samplePages); code != 0 || plain.Len() == 0 {
			t.Errorf("%s: code %d, printed %d bytes; said %q", c.prints, code, plain.Len(), stderr.String())
		}
		stderr.Reset()
		code := Run(t.Context(), strings.Fields(c.prints), full{}, &stderr, fake{}, samplePages)
		if want := "error: writing the output: no space left on device\n"; code != 1 || !strings.HasSuffix(stderr.String(), want) {
			t.Errorf("%s, on a full disk: code %d, %q", name, code, stderr.String())
		}
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		if code := Run(t.Context(), strings.Fields(c.prints), w, &stderr, fake{}, samplePages); code != 1 {
			t.Errorf("%s, into a closed pipe: code %d", name, code)
		}
		w.Close()
	}
}

// hangs is an engine that has begun to write when the program is stopped, and does not heed that.
type hangs struct{ began chan bool }

func (h hangs) Synth(_ context.Context, _ *config.Config, opt SynthOptions) error {
	if err := writeFile(filepath.Join(opt.Out, "half.template.json"), []byte("{")); err != nil {
		return err
	}
	close(h.began)
	select {}
}

func (hangs) Close() {}

// Every command that makes templates ends within a second of a signal, with its code, and leaves nothing behind.
func TestEveryCommandStops(t *testing.T) {
	inSamples(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	for _, c := range everyCommand {
		if c.makes != "" {
			stops(t, c.makes)
		}
	}
}

func stops(t *testing.T, args string) {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	before := entries(t, ".")
	engine := hangs{make(chan bool)}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var stdout, stderr bytes.Buffer
	ended := make(chan int, 1)
	go func() { ended <- Run(ctx, strings.Fields(args), &stdout, &stderr, engine, samplePages) }()
	select {
	case <-engine.began:
	case code := <-ended:
		t.Errorf("%s: ended with code %d before it made templates; said %q", args, code, stderr.String())
		return
	}
	stopped := time.Now()
	cancel(Stopped{syscall.SIGTERM})
	code := <-ended
	took := time.Since(stopped)
	if code != 143 || took > 3*time.Second || !strings.HasSuffix(stderr.String(), "error: stopped by SIGTERM\n") { // a second at rest
		t.Errorf("%s: code %d after %s, said %q", args, code, took, stderr.String())
	}
	if left := entries(t, temp); left != "" || entries(t, ".") != before || stdout.Len() > 0 {
		t.Errorf("%s: left %s; before %s, after %s; printed %q", args, left, before, entries(t, "."), stdout.String())
	}
}

func entries(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// inSamples makes a folder with the scripts' configurations the working one.
func inSamples(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if err := errors.Join(os.CopyFS(filepath.Join(dir, "config"), os.DirFS("testdata/config")),
		os.CopyFS(filepath.Join(dir, "network"), os.DirFS("testdata/network"))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
}
