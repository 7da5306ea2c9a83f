// Command releasecheck reads a file of goreleaser's as goreleaser does: an unknown key, or a value of another type, is an error. It is a
// module of its own, because goreleaser's dependencies are nobody else's; goreleaser itself takes minutes to compile.
package main

import (
	"fmt"
	"os"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: releasecheck .goreleaser.yaml")
		os.Exit(2)
	}
	p, err := config.Load(os.Args[1])
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	fmt.Printf("%s: version %d, %d builds, %d archives\n", os.Args[1], p.Version, len(p.Builds), len(p.Archives))
}
