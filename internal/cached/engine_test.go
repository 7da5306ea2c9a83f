package cached

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"sharedhub/internal/cli"
	"sharedhub/internal/config"
	"sharedhub/internal/safefile"
)

// counted is an engine that writes how often it was asked.
type counted struct {
	mutex sync.Mutex
	times int
	says  io.Writer
	fails error
}

func (c *counted) Close() {}

func (c *counted) Synth(_ context.Context, cfg *config.Config, opt cli.SynthOptions) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.times++
	if c.says != nil {
		fmt.Fprintln(c.says, "careful")
	}
	files := map[string]string{"cdk.out": "{}", "manifest.json": fmt.Sprint("made ", c.times), "a.template.json": cfg.Hubs[0].Name}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(opt.Out, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return c.fails
}

// subject is an engine with a folder of its own.
type subject struct {
	*testing.T
	*Engine
	made *counted
	cfg  *config.Config
	dir  string
}

func newSubject(t *testing.T) *subject {
	s := &subject{T: t, made: &counted{}, cfg: load(t, "../../examples/01-one-spoke"), dir: filepath.Join(t.TempDir(), "cache")}
	t.Setenv(Variable, s.dir)
	for _, v := range []string{"CDK_CONTEXT_JSON", "CDK_VALIDATION"} {
		t.Setenv(v, "")
	}
	s.Engine = New(io.Discard, func(io.Writer) cli.Engine { return s.made })
	return s
}

// synth is what a synthesis wrote to manifest.json, and whether it was taken from the folder.
func (s *subject) synth(opt cli.SynthOptions) (manifest string, cached bool) {
	s.Helper()
	opt.Out = s.TempDir()
	opt.Cached = func() { cached = true }
	if err := s.Synth(s.Context(), s.cfg, opt); err != nil && !errors.Is(err, s.made.fails) {
		s.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(opt.Out, "manifest.json"))
	if err != nil {
		s.Fatal(err)
	}
	if entries, _ := os.ReadDir(opt.Out); len(entries) != 3 {
		s.Errorf("%d files, expected 3", len(entries))
	}
	return string(b), cached
}

func (s *subject) want(what, manifest string, cached bool) {
	s.Helper()
	if got, c := s.synth(cli.SynthOptions{}); got != manifest || c != cached {
		s.Errorf("%s: %q, cached %v; expected %q, %v", what, got, c, manifest, cached)
	}
}

// entries are the assemblies in the folder.
func (s *subject) entries() []string {
	files, _ := filepath.Glob(filepath.Join(s.dir, "*"+assemblySuffix))
	return files
}

func TestSecondRun(t *testing.T) {
	s := newSubject(t)
	s.want("the first run", "made 1", false)
	s.want("the second run", "made 1", true)
	for what, opt := range map[string]cli.SynthOptions{"fresh": {Fresh: true}, "plain": {Plain: true}, "validated": {Validate: true},
		"traced": {Trace: true}, "profiled": {CPUProfile: "x"}} {
		if _, cached := s.synth(opt); cached {
			t.Errorf("%s: taken from the folder", what)
		}
	}
	s.want("the run after those", "made 1", true)
	if info, err := os.Stat(s.dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v %v, expected one for the user alone", info.Mode(), err)
	}
	for _, f := range s.entries() {
		if info, err := os.Stat(f); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v %v, expected one for the user alone", f, info.Mode(), err)
		}
	}
}

// Each kind of input counts, and what is none does not.
func TestInputs(t *testing.T) {
	for what, c := range map[string]struct {
		change func(s *subject)
		counts bool
	}{
		"the plan":             {func(s *subject) { s.cfg.Hubs[0].Revision++ }, true},
		"a variable of CDK":    {func(s *subject) { s.Setenv("CDK_DEFAULT_REGION", "eu-west-1") }, true},
		"a variable of jsii":   {func(s *subject) { s.Setenv("JSII_NODE", "/opt/node") }, true},
		"a variable of Node":   {func(s *subject) { s.Setenv("NODE_OPTIONS", "--require /x.js") }, true},
		"the context":          {func(s *subject) { s.Setenv("CDK_CONTEXT_JSON", `{"a": 1}`) }, true},
		"cdk.json":             {func(s *subject) { s.Chdir(folderWith(s.T, "cdk.json", `{"context": {"a": 1}}`)) }, true},
		"a validation":         {func(s *subject) { s.Setenv("CDK_VALIDATION", "true") }, true},
		"a context in a file":  {func(s *subject) { s.Setenv("CONTEXT_OVERFLOW_LOCATION", "/x.json") }, true},
		"the folder of files":  {func(s *subject) { s.cfg.Dir = "elsewhere" }, false},
		"a variable of others": {func(s *subject) { s.Setenv("AWS_SESSION_TOKEN", "x") }, false},
		"where the CLI writes": {func(s *subject) { s.Setenv("CDK_OUTDIR", "/x") }, false},
	} {
		t.Run(what, func(t *testing.T) {
			s := newSubject(t)
			s.want("the first run", "made 1", false)
			c.change(s)
			if c.counts {
				s.want("the run after", "made 2", false)
			} else {
				s.want("the run after", "made 1", true)
			}
		})
	}
	s := newSubject(t)
	s.want("all spokes", "made 1", false)
	if _, cached := s.synth(cli.SynthOptions{Only: []string{"one"}}); cached {
		t.Error("one spoke: taken from the run of all")
	}
	t.Setenv("CDK_CONTEXT_JSON", `{"config": "a", "aws:cdk:bundling-stacks": [], "b": 1}`)
	s.want("under the CLI", "made 3", false)
	t.Setenv("CDK_CONTEXT_JSON", `{"config": "b", "aws:cdk:bundling-stacks": ["**"], "b": 1}`)
	s.want("under another command of the CLI", "made 3", true)
}

// Another program has other keys.
func TestProgram(t *testing.T) {
	s := newSubject(t)
	s.want("the first run", "made 1", false)
	notes, _ := filepath.Glob(filepath.Join(s.dir, "*"+programSuffix))
	if len(notes) != 1 {
		t.Fatal(notes)
	}
	if err := os.WriteFile(notes[0], []byte(strings.Repeat("0", 64)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.want("with another hash of the program", "made 2", false)
	if err := os.WriteFile(notes[0], []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.want("with a broken note", "made 1", true)
}

// folderWith is a folder with one file.
func folderWith(t *testing.T, name, text string) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// An assembly that was changed is not taken, but made again: every byte of it counts.
func TestChangedEntry(t *testing.T) {
	s := newSubject(t)
	s.want("the first run", "made 1", false)
	file := s.entries()[0]
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 1
	for at := 0; at < len(good); at += 13 {
		bad := []byte(string(good))
		bad[at] ^= 1
		s.replace(file, bad)
		n++
		s.want(fmt.Sprint("byte ", at), fmt.Sprint("made ", n), false)
	}
	for _, bad := range [][]byte{nil, []byte("\n"), good[:len(good)/2], append(good, 'x')} {
		s.replace(file, bad)
		n++
		s.want(fmt.Sprint("with ", len(bad), " bytes"), fmt.Sprint("made ", n), false)
	}
	s.replace(file, good)
	s.want("at last", "made 1", true)
}

func (s *subject) replace(file string, b []byte) {
	s.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		s.Fatal(err)
	}
}

// Another one's assembly under this key is not taken, nor one that would write elsewhere.
func TestForeignEntry(t *testing.T) {
	s := newSubject(t)
	s.want("the first run", "made 1", false)
	file := s.entries()[0]
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Hubs[0].Revision++
	s.want("another plan", "made 2", false)
	for _, f := range s.entries() {
		if f != file {
			s.replace(f, good)
		}
	}
	s.want("another plan with the first one's assembly", "made 3", false)
}

// A folder that cannot be used is no error.
func TestNoFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the folders are of Unix")
	}
	here := t.TempDir()
	mode := func(m fs.FileMode) string {
		dir := filepath.Join(here, fmt.Sprint("mode", int(m)))
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, m)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	link := filepath.Join(here, "link")
	if err := os.Symlink(mode(0o700), link); err != nil {
		t.Fatal(err)
	}
	places := map[string]string{"off": "off", "a file": filepath.Join(folderWith(t, "file", ""), "file"), "below a file": "/dev/null/x",
		"for a group": mode(0o770), "for all": mode(0o777), "a link": link}
	if os.Geteuid() != 0 {
		places["read-only"], places["somebody else's"] = mode(0o500), "/usr"
	}
	for what, where := range places {
		s := newSubject(t)
		t.Setenv(Variable, where)
		s.want(what, "made 1", false)
		s.want(what+", again", "made 2", false)
	}
	s := newSubject(t)
	t.Setenv(Variable, "")
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	s.want("no home", "made 1", false)
	s.want("no home, again", "made 2", false)
}

// What a run warned of is said each time, and what failed is tried again.
func TestNotKept(t *testing.T) {
	s := newSubject(t)
	s.Engine = New(io.Discard, func(warn io.Writer) cli.Engine { s.made.says = warn; return s.made })
	s.want("with a warning", "made 1", false)
	s.want("with a warning, again", "made 2", false)
	s.made.says, s.made.fails = nil, errors.New("no")
	s.want("a failure", "made 3", false)
	s.made.fails = nil
	s.want("after a failure", "made 4", false)
	if n := len(s.entries()); n != 1 {
		t.Errorf("%d assemblies, expected 1", n)
	}
}

// Runs at the same time do not disturb each other.
func TestAtOnce(t *testing.T) {
	s := newSubject(t)
	var wait sync.WaitGroup
	for i := range 16 {
		out := t.TempDir()
		cfg := load(t, "../../examples/01-one-spoke")
		cfg.Hubs[0].Revision += i % 3
		wait.Go(func() {
			for range 5 {
				for _, name := range []string{"cdk.out", "manifest.json", "a.template.json"} {
					_ = os.Remove(filepath.Join(out, name))
				}
				if err := s.Synth(t.Context(), cfg, cli.SynthOptions{Out: out}); err != nil {
					t.Error(err)
				}
				if b, err := os.ReadFile(filepath.Join(out, "a.template.json")); err != nil || string(b) != cfg.Hubs[0].Name {
					t.Errorf("%q %v", b, err)
				}
			}
		})
	}
	wait.Wait()
	if entries, _ := os.ReadDir(s.dir); len(entries) != 4 {
		t.Errorf("%d files in the folder, expected 3 assemblies and a note", len(entries))
	}
}

// The folder holds no more than it may: what was not used for longest goes first, and what is left of writers that died.
func TestTrim(t *testing.T) {
	s := store{t.TempDir()}
	put := func(name string, size int64, age time.Duration) {
		path := filepath.Join(s.dir, name)
		when := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, size), os.Chtimes(path, when, when)); err != nil {
			t.Fatal(err)
		}
	}
	put("old"+assemblySuffix, most/2, 3*time.Minute)
	put("new"+assemblySuffix, most/2, time.Minute)
	put("middle"+assemblySuffix, most/4, 2*time.Minute)
	put("unused"+programSuffix, 64, 100*24*time.Hour)
	put("dead"+safefile.TempSuffix, 10, 2*abandoned)
	put("alive"+safefile.TempSuffix, 10, 0)
	put("of-others", most, 1000*time.Hour)
	s.trim()
	entries, _ := os.ReadDir(s.dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "alive.new middle.assembly new.assembly of-others" {
		t.Errorf("found %s", got)
	}
}
