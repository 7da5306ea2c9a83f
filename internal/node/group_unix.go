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
