package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersionOf(t *testing.T) {
	cdk := []*debug.Module{
		{Path: "github.com/spf13/cobra", Version: "v1.10.2"}, {Path: "github.com/aws/aws-cdk-go/awscdk/v2", Version: "v2.270.0"},
	}
	for _, c := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{}, "sharedhub (devel), commit unknown\nCDK library unknown\nGo "},
		{debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v0.1.0"}, Deps: cdk, Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "ec64187"}, {Key: "vcs.modified", Value: "false"},
		}}, "sharedhub v0.1.0, commit ec64187\nCDK library v2.270.0\nGo go1.26"},
		{debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "ec64187"}, {Key: "vcs.modified", Value: "true"}}},
			"sharedhub (devel), commit ec64187, modified\nCDK library unknown\nGo "},
	} {
		if got := versionOf(&c.info).String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
