package cli

import (
	"fmt"
	"os"

	"sharedhub/internal/safefile"
)

// maxSaved bounds saved answers: those of a region have 2 MB.
const maxSaved = 64 << 20

// readSaved reads a file that the command line names: saved answers of AWS, or prices. It may be a pipe: <(aws ec2 …).
func readSaved(name string) ([]byte, error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", name, safefile.Plain(err))
	}
	defer in.Close()
	b, err := safefile.Limited(in, maxSaved)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", name, safefile.Plain(err))
	}
	return b, nil
}
