package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The end waits for the thread that writes an index of a package for later runs, and for none whose package goes with this run.
func TestEndAfterIndexes(t *testing.T) {
	t.Parallel()
	direct, err := filepath.Abs("internal/app/direct.cjs")
	must(err)
	for _, c := range []struct {
		what, folder string
		written      bool
	}{
		{"a package that is kept", "kept", true},
		{"a package of this run", "temp/kernel", false},
	} {
		dir := t.TempDir()
		folder, temp := filepath.Join(dir, c.folder), filepath.Join(dir, "temp")
		for name, text := range map[string]string{
			"bin/jsii-runtime.js": "",
			"lib/program.js": `const { Worker } = require('worker_threads');
				const w = new Worker(__dirname + '/index.js', { workerData: { packageDir: process.env.FOLDER } });
				w.unref(); // as jsii may do in another version
				process.exit.bind(process)(3);`,
			"lib/index.js": `const file = require('worker_threads').workerData.packageDir + '/index';
				setTimeout(() => require('fs').writeFileSync(file, ''), 300);`,
		} {
			must(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
			must(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
		must(os.MkdirAll(folder, 0o755))
		must(os.MkdirAll(temp, 0o755))
		cmd := exec.Command("node", filepath.Join(dir, "bin/jsii-runtime.js"))
		cmd.Env = append(os.Environ(), `NODE_OPTIONS=--require "`+direct+`"`, "FOLDER="+folder, "TMPDIR="+temp)
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 3 {
			t.Errorf("%s: expected exit code 3, found %v\n%s", c.what, err, out)
		}
		if _, err := os.Stat(filepath.Join(folder, "index")); (err == nil) != c.written {
			t.Errorf("%s: expected the index to be written: %t, found %v", c.what, c.written, err)
		}
	}
}
