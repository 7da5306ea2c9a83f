//go:build unix

package deferred

import "syscall"

// fewestFiles is how many open files the program needs to start: jsii makes three pipes while Go initialises its packages, and
// panics where it cannot; its Node.js and the configuration's files want a few more. What the CDK needs besides, package node says.
const fewestFiles = 20

func init() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil && uint64(limit.Max) < fewestFiles {
		const sentence = "error: too few files may be open for the program to start; raise the limit with ulimit -n, to 64 or more\n"
		_, _ = syscall.Write(2, []byte(sentence))
		syscall.Exit(1)
	}
}
