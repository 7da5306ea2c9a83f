package app

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The file of compiled code is written once, and used; it is written anew where a module is another, or where it is not as it was.
func TestCompiled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	module, file := filepath.Join(dir, "jsii-kernel-x/node_modules/m/index.js"), filepath.Join(dir, "code")
	source := func(answer string) {
		must(os.MkdirAll(filepath.Dir(module), 0o755))
		must(os.WriteFile(module, []byte("const path = require('path'); exports.say = () => path.basename('/"+answer+"');"), 0o644))
	}
	// run asks the module, and says whether the file was written.
	run := func(want string) (written bool) {
		t.Helper()
		before, _ := os.Stat(file)
		script := fmt.Sprintf("require(%q).keep(%q); console.log(require(%q).say())", "./internal/app/compiled.cjs", file, module)
		cmd := exec.Command("node", "-e", script)
		cmd.Env = append(os.Environ(), "NODE_OPTIONS=")
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != want+"\n" {
			t.Errorf("expected the module to say %s, found %s %v", want, out, err)
		}
		after, err := os.Stat(file)
		must(err)
		return before == nil || !os.SameFile(before, after)
	}
	for _, step := range []struct {
		what    string
		do      func()
		answer  string
		written bool
	}{
		{"no file", func() { source("one") }, "one", true},
		{"the same module", func() {}, "one", false},
		{"another module of equal length", func() { source("two") }, "two", true},
		{"the same again", func() {}, "two", false},
		{"the first one again", func() { source("one") }, "one", false},
		{"a byte is another", func() {
			b, err := os.ReadFile(file)
			must(err)
			b[len(b)-20] ^= 1
			must(os.WriteFile(file, b, 0o600))
		}, "one", true},
		{"code of another V8", func() { // whose number is in the first bytes of the code; the sum is right
			node := exec.Command("node", "-e", `const fs = require('fs'), zlib = require('zlib'), [, file] = process.argv;
				const b = fs.readFileSync(file), end = b.indexOf('\n') + 1, body = Math.ceil(end / 8) * 8;
				b[body + 4] ^= 1;
				const head = JSON.parse(b.toString('utf8', 0, end));
				const text = Buffer.from(JSON.stringify({ ...head, sum: zlib.crc32(b.subarray(body)) }) + '\n');
				fs.writeFileSync(file, Buffer.concat([Buffer.concat([text], Math.ceil(text.length / 8) * 8), b.subarray(body)]));`, file)
			node.Env = append(os.Environ(), "NODE_OPTIONS=")
			if out, err := node.CombinedOutput(); err != nil {
				t.Fatalf("%s %v", out, err)
			}
		}, "one", true},
		{"a file cut short", func() { must(os.Truncate(file, 100)) }, "one", true},
		{"no code at all", func() { must(os.WriteFile(file, bytes.Repeat([]byte("x"), 100), 0o600)) }, "one", true},
	} {
		step.do()
		if written := run(step.answer); written != step.written {
			t.Errorf("%s: expected it written anew: %v, found %v", step.what, step.written, written)
		}
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("expected no file beside it, found %v", left)
	}
}
