package scaffold

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestPipeline(t *testing.T) {
	for kind, want := range map[string]string{
		"github": ".github/actions/sharedhub/action.yml .github/workflows/deploy.yml .github/workflows/nightly.yml " +
			".github/workflows/pull-request.yml pipelines/roles/github.yaml",
		"gitlab":       ".gitlab-ci.yml ci/deploy.yml ci/note.mjs pipelines/roles/gitlab.yaml",
		"codepipeline": "pipelines/codepipeline/pipeline.yaml",
	} {
		files, err := Pipeline(kind, os.DirFS("../.."))
		if got := strings.Join(slices.Sorted(maps.Keys(files)), " "); err != nil || got != want {
			t.Errorf("%s: expected %s, found %s, %v", kind, want, got, err)
		}
	}
}
