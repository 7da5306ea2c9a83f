// Command modulepath gives the module another path, so that a team can fetch it from its own repository:
//
//	go run ./internal/cmd/modulepath github.com/acme/network
//
// It rewrites go.mod, the imports of every Go file, and the import paths in documents and YAML files. It wants a clean
// work tree, so that `git diff` shows what it did and `git checkout .` takes it back. A second run changes nothing.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

func main() {
	from := flag.String("from", "", "the path to replace (default: that of go.mod)")
	dirty := flag.Bool("dirty", false, "rewrite although the work tree has uncommitted changes")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: go run ./internal/cmd/modulepath [-from OLD] [-dirty] PATH\n\nPATH is where the "+
			"repository will be: github.com/acme/network")
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	n, err := run(".", *from, flag.Arg(0), *dirty)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	fmt.Printf("files changed to %s: %d\n", flag.Arg(0), n)
}

// run gives the module in a folder another path, and says how many files that changed. What it replaces is go.mod's path,
// or the one given: after a merge from upstream, go.mod has the new path already and the files that came do not.
func run(dir, from, path string, dirty bool) (int, error) {
	if err := check(path); err != nil {
		return 0, err
	}
	if !dirty {
		if err := clean(dir); err != nil {
			return 0, err
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return 0, fmt.Errorf("%w: run this in the folder of go.mod", err)
	}
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return 0, err
	}
	old := cmp.Or(from, mod.Module.Mod.Path)
	if old == path {
		return 0, nil
	}
	if err := mod.AddModuleStmt(path); err != nil {
		return 0, err
	}
	text, err := mod.Format()
	if err != nil {
		return 0, err
	}
	changed, err := rewriteTree(dir, old, path)
	if err != nil || bytes.Equal(data, text) {
		return changed, err
	}
	return changed + 1, os.WriteFile(filepath.Join(dir, "go.mod"), text, 0o644) // last: a run that fails can be run again
}

// check accepts what the go command can fetch as a module of version 0 or 1.
func check(path string) error {
	if err := module.CheckPath(path); err != nil {
		return fmt.Errorf("%w: expected the path of a repository, such as github.com/acme/network", err)
	}
	if prefix, major, _ := module.SplitPathVersion(path); major != "" {
		return fmt.Errorf("path %q names major version %s, and the module's tags are v0: expected %s", path, strings.TrimLeft(major, "/."),
			prefix)
	}
	return nil
}

// clean is nil for a work tree without changes, and outside of git.
func clean(dir string) error {
	cmd := exec.Command("git", "status", "--porcelain", "--untracked-files=no")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err == nil && len(out) > 0 {
		return errors.New("the work tree has uncommitted changes: commit them, or pass -dirty")
	}
	return nil
}

// documents are files with import paths in text.
var documents = []string{".md", ".yml", ".yaml"}

func rewriteTree(dir, old, path string) (changed int, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "cdk.out"}, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		rewrite := rewriteText
		switch ext := filepath.Ext(name); {
		case ext == ".go":
			rewrite = rewriteImports
		case !slices.Contains(documents, ext):
			return nil
		}
		was, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		is, err := rewrite(was, old, path)
		if err != nil || bytes.Equal(was, is) {
			return err
		}
		changed++
		return os.WriteFile(name, is, 0o644)
	})
	return changed, err
}

// rewriteImports changes the import paths of a Go file, at the places where the parser finds them.
func rewriteImports(src []byte, old, path string) ([]byte, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, spec := range slices.Backward(f.Imports) { // from the end, so that positions stay right
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if p != old && !strings.HasPrefix(p, old+"/") {
			continue
		}
		from, to := set.Position(spec.Path.Pos()).Offset, set.Position(spec.Path.End()).Offset
		src = slices.Concat(src[:from], []byte(strconv.Quote(path+strings.TrimPrefix(p, old))), src[to:])
	}
	return src, nil
}

// rewriteText changes import paths in a document: the module's path and one of its folders, as a word of its own.
func rewriteText(src []byte, old, path string) ([]byte, error) {
	word := regexp.MustCompile(`(^|[^\w./-])` + regexp.QuoteMeta(old) + `/(constructs|hub|spokes|internal)\b`)
	return word.ReplaceAll(src, []byte("${1}"+path+"/${2}")), nil
}
