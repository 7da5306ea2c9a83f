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
			".github/workflows/pull-request.yml pipelines/roles/bootstrap pipelines/roles/github.yaml",
		"gitlab":       ".gitlab-ci.yml ci/deploy.yml ci/note.mjs pipelines/roles/bootstrap pipelines/roles/gitlab.yaml",
		"codepipeline": "pipelines/codepipeline/pipeline.yaml pipelines/roles/bootstrap",
	} {
		files, err := Pipeline(kind, os.DirFS("../.."))
		if got := strings.Join(slices.Sorted(maps.Keys(files)), " "); err != nil || got != want {
			t.Errorf("%s: expected %s, found %s, %v", kind, want, got, err)
		}
	}
}
