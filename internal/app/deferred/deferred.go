// Package deferred keeps jsii from making a temporary folder while Go initialises the packages, where all that fails is a
// panic: `sharedhub version` then needs no TMPDIR, and a TMPDIR that is missing or full is one sentence of the command that
// needs it. app starts jsii.
//
// jsii makes no folder for a runtime that JSII_RUNTIME names, and asks for it while its packages are initialised. This
// package imports syscall alone, so Go initialises it before time, which os and therefore jsii import: of the packages that
// can be initialised, Go takes the first by import path (https://go.dev/doc/go1.21#language). TestWholeFaults fails where
// that is no longer so.
package deferred

import "syscall"

// Variable names the runtime to jsii. A value of the user's is not heeded: the program brings its own.
const Variable = "JSII_RUNTIME"

func init() { _ = syscall.Setenv(Variable, "exit 1") }
