//go:build unix

package node

import (
	"os"
	"os/exec"
	"syscall"
)

// InOwnGroup gives a process and all that it starts a group of their own.
func InOwnGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// KillGroup ends a process and all that it started.
func KillGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// EndGroup ends this process and all that it started, where it has a group of its own.
func EndGroup() {
	if syscall.Getpgrp() == os.Getpid() {
		_ = syscall.Kill(0, syscall.SIGKILL)
	}
	os.Exit(1)
}

// mostFiles is how many files the program and what it starts may have open at a time. Go raises the soft limit to the hard one.
func mostFiles() (uint64, bool) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	return uint64(limit.Max), err == nil // signed on FreeBSD
}
