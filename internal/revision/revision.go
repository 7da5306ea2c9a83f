// Package revision reads a folder as a commit of its git repository has it: for comparing a configuration with the main branch's.
// It asks git itself, changes nothing in the repository, and writes to a folder of its caller's.
package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNoFolder is for a commit that does not have the folder.
var ErrNoFolder = errors.New("the commit does not have the folder")

// State is which commit a folder is at.
type State struct {
	// Commit is the full name of the commit that is checked out; "" in a repository without one.
	Commit string `json:"commit"`
	// Changed is true where a file of the folder is not as in the commit.
	Changed bool `json:"changed"`
}

// Of says which commit a folder is at. A folder of no repository is an error.
func Of(ctx context.Context, dir string) (State, error) {
	changed, err := git(ctx, dir, "--no-optional-locks", "status", "--porcelain", "--", ".")
	if err != nil {
		return State{}, err
	}
	commit, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "HEAD")
	if err != nil {
		commit = nil // before the first commit
	}
	return State{strings.TrimSpace(string(commit)), len(bytes.TrimSpace(changed)) > 0}, nil
}

// wanted are the kinds of files that a configuration is read from.
var wanted = []string{".yaml", ".yml", ".json"}

// Largest file that is read, and how many of them: more than any configuration has.
const (
	largest = 4 << 20
	most    = 20_000
)

// Write writes the YAML and JSON files of a folder, as a revision has them, to another folder, and names the commit. Links and
// submodules are left out: a configuration is regular files.
func Write(ctx context.Context, dir, rev, to string) (commit string, err error) {
	out, err := git(ctx, dir, "rev-parse", "--show-prefix")
	if err != nil {
		return "", err
	}
	prefix := strings.TrimSpace(string(out))
	if out, err = git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}"); err != nil {
		return "", noCommit(ctx, dir, rev)
	}
	commit = strings.TrimSpace(string(out))
	if _, err := git(ctx, dir, "cat-file", "-e", commit+":"+prefix); err != nil {
		return commit, ErrNoFolder
	}
	list, err := git(ctx, dir, "ls-tree", "-r", "-z", "--full-tree", commit+":"+prefix)
	if err != nil {
		return commit, err
	}
	files, err := blobs(list)
	if err != nil {
		return commit, fmt.Errorf("%s at %s: %w", dir, rev, err)
	}
	return commit, write(ctx, dir, files, to)
}

// noCommit says why there is no such commit, and how to get it.
func noCommit(ctx context.Context, dir, rev string) error {
	if out, err := git(ctx, dir, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(string(out)) == "true" {
		return fmt.Errorf("there is no commit %q in this clone, which is shallow: run git fetch --unshallow, or write fetch-depth: 0 "+
			"for actions/checkout, GIT_DEPTH: 0 for GitLab", rev)
	}
	return fmt.Errorf("there is no commit %q in the repository of %s: name a branch such as origin/main, a tag or a commit, and git fetch "+
		"what is missing", rev, dir)
}

// blob is a file of a commit.
type blob struct{ object, name string }

func blobs(list []byte) ([]blob, error) {
	var out []blob
	for entry := range strings.SplitSeq(string(list), "\x00") {
		about, name, ok := strings.Cut(entry, "\t")
		words := strings.Fields(about) // mode, type, object
		if !ok || len(words) != 3 || words[0] != "100644" && words[0] != "100755" || !slices.Contains(wanted, path.Ext(name)) {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("file %q leads out of the folder", name)
		}
		out = append(out, blob{words[2], name})
	}
	if len(out) > most {
		return nil, fmt.Errorf("expected at most %d YAML and JSON files, found %d", most, len(out))
	}
	return out, nil
}

// write asks one git process for all files.
func write(ctx context.Context, dir string, files []blob, to string) error {
	var ask strings.Builder
	for _, f := range files {
		ask.WriteString(f.object + "\n")
	}
	c := command(ctx, dir, "cat-file", "--batch")
	c.Stdin = strings.NewReader(ask.String())
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return said(err, "")
	}
	answers := bufio.NewReader(out)
	for _, f := range files {
		if err = writeNext(answers, filepath.Join(to, filepath.FromSlash(f.name))); err != nil {
			err = fmt.Errorf("%s: %w", f.name, err)
			break
		}
	}
	_, _ = io.Copy(io.Discard, answers)
	return errors.Join(err, c.Wait())
}

// writeNext writes one answer of cat-file: "<object> blob <size>", and that many bytes.
func writeNext(answers *bufio.Reader, file string) error {
	line, err := answers.ReadString('\n')
	if err != nil {
		return err
	}
	words := strings.Fields(line)
	if len(words) != 3 {
		return fmt.Errorf("git does not have it: %s", strings.TrimSpace(line))
	}
	size, err := strconv.Atoi(words[2])
	if err != nil || size > largest {
		return fmt.Errorf("expected at most %d bytes, found %s", largest, words[2])
	}
	text := make([]byte, size+1) // with the line break after it
	if _, err := io.ReadFull(answers, text); err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text[:size], 0o644))
}

func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	c.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
	return c
}

func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var text strings.Builder
	c := command(ctx, dir, args...)
	c.Stderr = &text
	out, err := c.Output()
	if err != nil {
		return nil, said(err, text.String())
	}
	return out, nil
}

// said is what git said, as one sentence.
func said(err error, text string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("git is not installed, and commits are read with it: install git")
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	line = strings.TrimPrefix(line, "fatal: ")
	if strings.HasPrefix(line, "not a git repository") {
		return errors.New("the folder is in no git repository, whose commits would say what was before: compare with a folder, " +
			"or begin with git init and a commit")
	}
	if strings.HasPrefix(line, "detected dubious ownership") {
		return errors.New("the repository belongs to another user, and git does not read it: " +
			"git config --global --add safe.directory PATH-OF-THE-REPOSITORY")
	}
	if line == "" {
		return fmt.Errorf("git: %w", err)
	}
	return fmt.Errorf("git: %s", line)
}

// MainBranch is the branch that pull requests usually go to, as far as this repository knows it; "" where there is none.
func MainBranch(ctx context.Context, dir string) string {
	for _, name := range []string{"origin/HEAD", "origin/main", "origin/master", "main", "master"} {
		if _, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", name+"^{commit}"); err == nil {
			return name
		}
	}
	return ""
}

// Added is what a file of the folder holds on a branch, and when it came to the branch, in seconds since 1970. In a shallow
// clone that is when the oldest commit there was made.
func Added(ctx context.Context, dir, branch, name string) (text []byte, at int64, err error) {
	name = "./" + filepath.ToSlash(name)
	if text, err = git(ctx, dir, "show", branch+":"+name); err != nil {
		return nil, 0, err
	}
	when, err := git(ctx, dir, "log", "-1", "--first-parent", "-m", "--diff-filter=A", "--format=%ct", branch, "--", name)
	if err != nil {
		return nil, 0, err
	}
	at, err = strconv.ParseInt(strings.TrimSpace(string(when)), 10, 64)
	return text, at, err
}

// Changed is true where a file of the work tree is not as a commit has it.
func Changed(ctx context.Context, file, commit string) (bool, error) {
	err := command(ctx, ".", "diff", "--quiet", commit, "--", file).Run()
	var code *exec.ExitError
	if errors.As(err, &code) && code.ExitCode() == 1 {
		return true, nil
	}
	return false, err
}
