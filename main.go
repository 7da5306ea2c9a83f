// Command sharedhub provisions shared-services hubs and their spokes. Without arguments it synthesises config/ into a
// cloud assembly, which is what the CDK CLI calls it for; otherwise the first argument names a subcommand.
package main

import (
	"os"

	"sharedhub/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, synthesise))
}
