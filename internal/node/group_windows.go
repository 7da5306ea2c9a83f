package node

import (
	"os"
	"os/exec"
)

// Windows has no process groups. Node.js ends when its standard input does.
func InOwnGroup(*exec.Cmd)    {}
func KillGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
func EndGroup()               { os.Exit(1) }

// Windows has no such limit.
func mostFiles() (uint64, bool) { return 0, false }
