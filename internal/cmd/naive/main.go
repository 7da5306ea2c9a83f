// Command naive writes the templates of package naive, for the benchmark.
//
//	naive CDK.JSON CONFIG OUT, with CDK_VALIDATION=false as the program has it
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	"sharedhub/internal/bench/naive"
	"sharedhub/internal/config"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("expected three arguments: cdk.json, the configuration's folder, the folder to write to")
	}
	var cdk struct {
		Context map[string]any `json:"context"`
	}
	text, err := os.ReadFile(args[0])
	if err == nil {
		err = json.Unmarshal(text, &cdk)
	}
	if err != nil {
		return err
	}
	cfg, diags := config.Load(args[1])
	if cfg == nil {
		return diags.Errors()
	}
	defer jsii.Close()
	naive.Synth(cfg.Hubs, cdk.Context, args[2])
	return nil
}
