package cli

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is what the program was built from.
type version struct {
	// Version is the module's tag, or "(devel)".
	Version string `json:"version"`
	// Commit is empty for `go run`, which records none.
	Commit string `json:"commit"`
	// Modified is true when the work tree had changes.
	Modified bool   `json:"modified"`
	CDK      string `json:"cdk"`
	Go       string `json:"go"`
}

func versionOf(info *debug.BuildInfo) version {
	v := version{Version: cmp.Or(info.Main.Version, "(devel)"), Go: info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/aws/aws-cdk-go/awscdk/v2" {
			v.CDK = m.Version
		}
	}
	return v
}

func (v version) String() string {
	commit := cmp.Or(v.Commit, "unknown")
	if v.Modified {
		commit += ", modified"
	}
	return fmt.Sprintf("sharedhub %s, commit %s\nCDK library %s\nGo %s", v.Version, commit, cmp.Or(v.CDK, "unknown"), v.Go)
}

// thisVersion reads the running program's build information, which only a program built without modules lacks.
func thisVersion() version {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(info)
}

func (p *program) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "Print the versions of the program, the CDK library and Go", Args: noWords,
		Example: "  go run . version --json",
		RunE: func(*cobra.Command, []string) error {
			if !asJSON {
				fmt.Fprintln(p.stdout, thisVersion())
				return nil
			}
			return p.printJSON(thisVersion())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}
