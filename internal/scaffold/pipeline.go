package scaffold

import (
	"io/fs"
	"strings"
)

// Pipelines are the kinds of pipeline that a repository may begin with.
var Pipelines = []string{"github", "gitlab", "codepipeline"}

// Pipeline are the files of a pipeline, by their path in the repository. They come from the folder pipelines/ of files: those of
// GitHub and GitLab lie where these look for them; templates of CloudFormation, and the script that bootstraps accounts, keep their path.
func Pipeline(kind string, files fs.FS) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := fs.WalkDir(files, "pipelines", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		to, theirs := strings.CutPrefix(name, "pipelines/"+kind+"/")
		switch {
		case kind == "codepipeline" && theirs, name == "pipelines/roles/"+kind+".yaml", name == "pipelines/roles/bootstrap":
			to = name
		case !theirs:
			return nil
		}
		out[to], err = fs.ReadFile(files, name)
		return err
	})
	return out, err
}
