// Command sharedhub provisions shared-services hubs and their spokes. Without arguments it synthesises config/ into a
// cloud assembly, which is what the CDK CLI calls it for; otherwise the first argument names a subcommand.
package main

import (
	"context"
	"embed"
	"io"
	"os"
	"os/signal"
	"syscall"

	"sharedhub/internal/app"
	"sharedhub/internal/app/deferred"
	"sharedhub/internal/cached"
	"sharedhub/internal/cli"
	"sharedhub/internal/heap"
	"sharedhub/internal/worker"
)

//go:embed cdk.json
var cdkJSON []byte

// pages are the documents and examples, which messages name, and the pipelines, which init writes.
//
//go:embed README.md docs/*.md docs/reference/*.md examples all:pipelines
var pages embed.FS

func main() {
	heap.Roomy(os.Getenv("GOGC"))
	deferred.Started()
	if worker.Is() {
		worker.Work(func(p worker.Patience, w worker.Within) cli.Engine { return app.New(cdkJSON, p, w) })
	}
	signal.Ignore(syscall.SIGPIPE) // a write to a closed pipe is an error, and the engine removes its temporary folders
	ctx := cli.UntilSignal(context.Background())
	engine := cached.New(os.Stderr, func(warn io.Writer) cli.Engine { return worker.New(warn) })
	os.Exit(cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr, engine, pages))
}
