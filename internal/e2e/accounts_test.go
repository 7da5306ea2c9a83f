package e2e

import (
	"fmt"
	"os"
	"strings"
)

// sandbox says what a real organization has in place of the numbers that config/, the examples and testdata are written
// with: SHAREDHUB_E2E_ACCOUNTS is a list of written=own, such as 111111111111=123456789012,o-a1b2c3d4e5=o-9z8y7x6w5v.
var sandbox = func() *strings.Replacer {
	var pairs []string
	for _, kv := range strings.FieldsFunc(os.Getenv("SHAREDHUB_E2E_ACCOUNTS"), func(r rune) bool { return r == ',' }) {
		written, own, ok := strings.Cut(kv, "=")
		if !ok || own == "" {
			fmt.Fprintf(os.Stderr, "SHAREDHUB_E2E_ACCOUNTS: %q is not written=own, such as 111111111111=123456789012\n", kv)
			os.Exit(2)
		}
		pairs = append(pairs, written, own)
	}
	return strings.NewReplacer(pairs...)
}()

// own is the account, or the organization, that stands for a written one.
func own(written string) string { return sandbox.Replace(written) }

var (
	// hubAccount is the hubs' account in config/ and all examples.
	hubAccount = own("111111111111")
	// farAccount and thirdAccount are those of spokes elsewhere.
	farAccount, thirdAccount = own("222222222222"), own("333333333333")
	// bareAccount is not bootstrapped to begin with.
	bareAccount = own("666666666666")
	// outsider belongs to no organization.
	outsider = own("999999999999")
)

const hubRegion = "us-east-1"
