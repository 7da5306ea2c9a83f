package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// catalog refresh asks the endpoint's EC2 API, and a synthesis uses the answer.
func TestCatalogRefresh(t *testing.T) {
	t.Parallel()
	s := newSite(t, connect(t), repo+"/examples/01-one-spoke")
	if said, code := s.sharedhub(t, "catalog", "refresh", "--region", "us-east-1"); code != 0 ||
		!strings.Contains(said, "commit it with your configuration") {
		t.Errorf("refresh ended with %d:\n%s", code, said)
	}
	if said, code := s.sharedhub(t, "synth", "--out", s.out); code != 0 || !strings.Contains(said, "catalog/us-east-1.json, refreshed on") {
		t.Errorf("synth ended with %d:\n%s", code, said)
	}
}

// The night's refresh pushes what AWS says to a branch and opens one pull request; what is in main already is no news, and neither is
// the day alone. GitHub's workflow and GitLab's job ask the emulator, whose services are other than AWS's, which here is the news.
func TestNightlyRefresh(t *testing.T) {
	t.Parallel()
	p := newProject(t, connect(t))
	p.write(t, "hubs/pipe.yaml", own(pipelineHub))
	p.sh(t, "git add -A && git commit --quiet --message one")
	p.event = map[string]string{"github.ref_name": "main", "github.run_id": "1"}
	night := func(what, calls string) {
		t.Helper()
		p.calls = nil
		x := p.start("nightly.yml")
		delete(x.w.Jobs, "verify") // nothing is deployed
		if !x.run() {
			t.Fatalf("%s: %s", what, tail(x.said))
		}
		if got := strings.Join(p.calls, ", "); got != calls {
			t.Errorf("%s: expected the calls %q, found %q", what, calls, got)
		}
	}
	const branch, file = "sharedhub/catalog", "config/catalog/us-east-1.json"
	night("the first night", "pull "+branch+" main")
	if got := p.sh(t, "git diff --name-only main "+branch); got != file {
		t.Errorf("expected the branch to change %s, found %q", file, got)
	}
	night("while the pull request is open", "")
	p.sh(t, "git merge --quiet --ff-only "+branch+" && git branch --quiet --delete "+branch)
	p.sh(t, `sed -i 's/"captured": *"[^"]*"/"captured": "2026-01-02"/' `+file+` && ! git diff --quiet`)
	p.sh(t, "git commit --quiet --all --message day")
	night("after the merge, on another day", "")
	if got := p.sh(t, "git branch --list "+branch); got != "" {
		t.Errorf("expected no branch where there is no news, found %q", got)
	}
	p.gitlabRefresh(t, branch, file)
}

// gitlabRefresh runs GitLab's job where main lacks the catalogue, and where it has it.
func (p *project) gitlabRefresh(t *testing.T, branch, file string) {
	t.Helper()
	job := jobsOf(t, filepath.Join(repo, "pipelines/gitlab/.gitlab-ci.yml"))["refresh"]
	options := filepath.Join(t.TempDir(), "options")
	hook := "#!/bin/sh\nenv | grep '^GIT_PUSH_OPTION_[0-9]' | sort | cut -d= -f2- > " + options + "\n"
	if err := os.WriteFile(filepath.Join(p.git, ".git/hooks/post-receive"), []byte(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	p.sh(t, "git config receive.advertisePushOptions true")
	env := append(slices.Clone(p.runner.env), "AWS_TOKEN=a.b.c", "CI_PIPELINE_ID=9", "SHAREDHUB_READ_ROLE=r", "SHAREDHUB_NOTE_TOKEN=glpat-1",
		"CI_DEFAULT_BRANCH=main", "CI_SERVER_HOST=gitlab.example.com", "CI_PROJECT_PATH=network/hub",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url."+p.git+".insteadOf",
		"GIT_CONFIG_VALUE_0=https://sharedhub:glpat-1@gitlab.example.com/network/hub.git")
	run := func() {
		t.Helper()
		before := jobsOf(t, filepath.Join(repo, "pipelines/gitlab/.gitlab-ci.yml"))[job.Extends].Before
		if said, err := p.shell(t, p.checkout(t), slices.Concat(before, job.Script), env...); err != nil {
			t.Errorf("GitLab's job refresh: %v\n%s", err, tail(said))
		}
	}
	run()
	if got := p.sh(t, "git branch --list "+branch); got != "" {
		t.Errorf("expected GitLab's job to push nothing where there is no news, found %q", got)
	}
	p.sh(t, "git rm --quiet "+file+" && git commit --quiet --message none")
	run()
	if got := p.sh(t, "git diff --name-only main "+branch); got != file {
		t.Errorf("expected GitLab's job to change %s, found %q", file, got)
	}
	want := fmt.Sprintf("merge_request.create\nmerge_request.target=%s\nmerge_request.title=catalog, new service names\n", "main")
	if got, err := os.ReadFile(options); err != nil || string(got) != want {
		t.Errorf("expected the push options\n%s, found\n%s, %v", want, got, err)
	}
}
