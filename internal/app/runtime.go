package app

import (
	"embed"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/aws/jsii-runtime-go"

	"sharedhub/internal/app/deferred"
)

// validateEnv switches the CDK's own template validation, which takes 3 to 5 seconds a run. The CDK's default is on.
const validateEnv = "CDK_VALIDATION"

var runtimeOnce sync.Once

// startRuntime makes the CDK's runtime see the environment as it is now. Packages that register their jsii classes create
// the client while Go initialises them, and NewProcess copies os.Environ() there and then (jsii-runtime-go v1.139.0,
// internal/kernel/process/process.go:119). A client that is closed before its first use is created anew, with a new copy
// (internal/kernel/client.go, CloseClient). Only the first call of a process decides about validation.
func startRuntime(validate, plain bool) {
	runtimeOnce.Do(func() {
		os.Unsetenv(deferred.Variable)
		switch {
		case validate:
			os.Setenv(validateEnv, "true")
		case os.Getenv(validateEnv) == "":
			os.Setenv(validateEnv, "false")
		}
		if !plain && !validate {
			startDirectly()
		}
		jsii.Close()
	})
}

//go:embed direct.cjs compiled.cjs
var scripts embed.FS

// directFile is where startDirectly has put direct.cjs, "" for nowhere.
var directFile string

// startDirectly makes Node.js load direct.cjs, which saves one of two processes. Where it cannot be written, jsii starts as ever. On
// Windows the pipes are others, and nobody has tried.
func startDirectly() {
	if runtime.GOOS == "windows" {
		return
	}
	dir, err := os.MkdirTemp("", "sharedhub-node-*")
	if err != nil {
		return
	}
	file := filepath.Join(dir, "direct.cjs")
	if os.CopyFS(dir, scripts) != nil {
		return
	}
	directFile = file
	options := os.Getenv("NODE_OPTIONS")
	if options == "" {
		options = "--max-old-space-size=4069" // what jsii sets where there are none (process.go:117)
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(file)
	os.Setenv("NODE_OPTIONS", options+` --preserve-symlinks --require "`+quoted+`"`)
}

// closeRuntime ends the CDK's runtime and removes its folder, which exists from the start of the program. The jsii client
// waits for its process in two places at once (process.go:182, in a goroutine, and :287, in Close). One of the two waits
// fails, and when it is the goroutine's, that prints "Runtime process exited abnormally". The text says nothing true, and it
// may come after Close has returned, so os.Stderr stays closed to it.
func closeRuntime() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
	if directFile != "" {
		_ = os.RemoveAll(filepath.Dir(directFile))
	}
}
