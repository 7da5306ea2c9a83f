// Command sharedhub provisions shared-services hubs and their spokes. Without arguments it synthesises config/ into a
// cloud assembly, which is what the CDK CLI calls it for; otherwise the first argument names a subcommand.
package main

import (
	"os"

	"github.com/aws/jsii-runtime-go"

	"sharedhub/internal/cli"
)

func main() {
	stdout, stderr := os.Stdout, os.Stderr
	cli.CloseRuntime = closeQuietly
	os.Exit(cli.Run(os.Args[1:], stdout, stderr, synthesise))
}

// closeQuietly ends the CDK runtime, the last that the program does. The jsii client waits for its process in two places at
// once, and the one that comes second prints an error that means nothing.
func closeQuietly() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
}
