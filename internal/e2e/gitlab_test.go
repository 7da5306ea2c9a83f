package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// shellJob is what a job of GitLab or of CodeBuild runs.
type shellJob struct {
	Extends   string   `yaml:"extends"`
	Before    []string `yaml:"before_script"`
	Script    []string `yaml:"script"`
	Artifacts struct {
		Paths []string `yaml:"paths"`
	} `yaml:"artifacts"`
}

// jobsOf are the jobs of a GitLab file; what is no job has no script.
func jobsOf(t *testing.T, file string) map[string]shellJob {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	jobs := map[string]shellJob{}
	for name, v := range all {
		part, err := yaml.Marshal(v)
		var j shellJob
		if err == nil && yaml.Unmarshal(part, &j) == nil {
			jobs[name] = j
		}
	}
	return jobs
}

// shell runs the commands of a job in a folder in one shell that ends at the first failure, as GitLab's runner and CodeBuild do.
func (p *project) shell(t *testing.T, dir string, commands []string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", strings.Join(commands, "\n"))
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"PATH=" + p.path + ":" + os.Getenv("PATH"), "HOME=" + p.home, "CI=true", "NO_COLOR=1",
		"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SESSION_TOKEN="}, env)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// checkout is the repository as a job finds it.
func (p *project) checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	p.sh(t, "git clone --quiet . "+dir)
	return dir
}

// merges is GitLab's API for the notes of one merge request: two a page, the first ones a person's.
type merges struct{ notes []map[string]any }

func (m *merges) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const path = "/projects/5/merge_requests/7/notes"
	if r.Header.Get("PRIVATE-TOKEN") != "glpat-1" || !strings.HasPrefix(r.URL.Path, path) {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	var sent map[string]any
	body, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(body, &sent)
	var answer any
	switch r.Method {
	case http.MethodGet:
		page := 1
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
		from, to := min(2*page-2, len(m.notes)), min(2*page, len(m.notes))
		if to < len(m.notes) {
			w.Header().Set("X-Next-Page", fmt.Sprint(page+1))
		}
		answer = m.notes[from:to]
	case http.MethodPost:
		m.notes = append(m.notes, map[string]any{"id": len(m.notes) + 1, "body": sent["body"]})
		answer = m.notes[len(m.notes)-1]
	case http.MethodPut:
		i := 0
		_, _ = fmt.Sscan(strings.TrimPrefix(r.URL.Path, path+"/"), &i)
		m.notes[i-1]["body"], m.notes[i-1]["edited"] = sent["body"], true
		answer = m.notes[i-1]
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// gitlab runs the jobs of pipelines/gitlab in the project, on a merge request, on its merge and at night.
func (p *project) gitlab(t *testing.T) {
	t.Helper()
	root := filepath.Join(repo, "pipelines/gitlab")
	if err := os.CopyFS(p.git, os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	p.sh(t, "git add -A && git commit --quiet --message gitlab && git switch --quiet --create three")
	p.spoke(t, "three", farAccount, 5, "")
	p.sh(t, "git add -A && git commit --quiet --message three")
	jobs := jobsOf(t, filepath.Join(root, ".gitlab-ci.yml"))

	api := &merges{notes: []map[string]any{{"id": 1, "body": "looks good"}, {"id": 2, "body": "to me"}, {"id": 3, "body": "too"}}}
	server := httptest.NewServer(api)
	defer server.Close()
	request := []string{"CI_PIPELINE_SOURCE=merge_request_event", "CI_API_V4_URL=" + server.URL, "CI_PROJECT_ID=5", "CI_MERGE_REQUEST_IID=7",
		"CI_MERGE_REQUEST_DIFF_BASE_SHA=" + p.sh(t, "git rev-parse HEAD~1")}
	dir := p.checkout(t)
	script := jobs["plan"].Script
	said, err := p.shell(t, dir, script, append(request, "SHAREDHUB_NOTE_TOKEN=glpat-1")...)
	if err != nil {
		t.Fatalf("GitLab's job plan: %v\n%s", err, tail(said))
	}
	contains(t, said, "pipe-spoke-three")
	if b, err := os.ReadFile(filepath.Join(dir, "findings.json")); err != nil || !json.Valid(b) {
		t.Errorf("the findings for GitLab's code quality are %q, %v", b, err)
	}
	for _, token := range []string{"glpat-1", ""} { // of the second push, and of a fork, which gets no secret
		said, err := p.shell(t, dir, script[len(script)-1:], append(request, "SHAREDHUB_NOTE_TOKEN="+token)...)
		if (token == "") != strings.Contains(said, "SHAREDHUB_NOTE_TOKEN is not set, so the plan is no note") || err != nil {
			t.Errorf("GitLab's note with token %q: %v\n%s", token, err, said)
		}
	}
	if n := len(api.notes); n != 4 || api.notes[3]["edited"] != true ||
		!strings.Contains(fmt.Sprint(api.notes[3]["body"]), "pipe-spoke-three") {
		t.Errorf("expected one note, written and then updated, found %d notes:\n%v", n, api.notes)
	}
	p.sh(t, "git switch --quiet main && git branch --quiet --delete --force three")

	dir = p.checkout(t)
	said, err = p.shell(t, dir, jobs["build"].Script, "CI_PIPELINE_SOURCE=push", "CI_COMMIT_BEFORE_SHA="+strings.Repeat("0", 40))
	if err != nil {
		t.Fatalf("GitLab's job build: %v\n%s", err, tail(said))
	}
	deploy := jobsOf(t, filepath.Join(dir, "deploy.yml"))["deploy"]
	if text := strings.Join(deploy.Script, "\n"); !strings.Contains(text, `--digest "sha256:`) {
		t.Errorf("the job that build writes pins no digest:\n%s", text)
	}
	next := p.checkout(t)
	for _, path := range jobs["build"].Artifacts.Paths {
		p.sh(t, "cp -r "+filepath.Join(dir, path)+" "+next)
	}
	signed := append(slices.Clone(p.runner.env), "AWS_TOKEN=a.b.c", "CI_PIPELINE_ID=9", "SHAREDHUB_DEPLOY_ROLE=d", "SHAREDHUB_READ_ROLE=r")
	said, err = p.shell(t, next, slices.Concat(deploy.Before, deploy.Script), signed...)
	if err != nil {
		t.Errorf("GitLab's job deploy: %v\n%s", err, tail(said))
	}
	contains(t, said, "as configured: 2 spokes")
	if err := os.WriteFile(filepath.Join(next, "cdk.out/pipe-network.template.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if said, err = p.shell(t, next, slices.Concat(deploy.Before[:3], deploy.Script), signed...); err == nil {
		t.Error("GitLab's job deploy deploys an assembly that was changed after its proof")
	}
	contains(t, said, "is not the assembly that was proved")
	if verify := jobs["verify"]; everyRunbook {
		said, err = p.shell(t, p.checkout(t), slices.Concat(jobs[verify.Extends].Before, verify.Script), signed...)
		if err != nil {
			t.Errorf("GitLab's job verify: %v\n%s", err, tail(said))
		}
	}
}

// buildSpec has the commands of a CodeBuild project of pipelines/codepipeline.
func buildSpec(t *testing.T, project string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(repo, "pipelines/codepipeline/pipeline.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Properties struct {
				Source struct {
					BuildSpec string `yaml:"BuildSpec"`
				} `yaml:"Source"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	var spec struct {
		Phases map[string]struct{ Commands []string }
	}
	if err := yaml.Unmarshal(b, &template); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(template.Resources[project].Properties.Source.BuildSpec), &spec); err != nil {
		t.Fatal(err)
	}
	return append(spec.Phases["install"].Commands, spec.Phases["build"].Commands...)
}

// codebuild runs the build specifications of pipelines/codepipeline.
func (p *project) codebuild(t *testing.T) {
	t.Helper()
	dir := p.checkout(t)
	said, err := p.shell(t, dir, append(buildSpec(t, "Build"), `echo "exported: $DESTRUCTIVE $DIGEST"`))
	if err != nil {
		t.Fatalf("CodeBuild's project Build: %v\n%s", err, tail(said))
	}
	_, digest, ok := strings.Cut(said, "exported: false ")
	if digest = strings.TrimSpace(digest); !ok || !strings.HasPrefix(digest, "sha256:") {
		t.Fatalf("CodeBuild's project Build exports no digest:\n%s", tail(said))
	}
	deploy := append(slices.Clone(p.runner.env), "DIGEST="+digest)
	if said, err = p.shell(t, dir, buildSpec(t, "Deploy"), deploy...); err != nil {
		t.Errorf("CodeBuild's project Deploy: %v\n%s", err, tail(said))
	}
	contains(t, said, "as configured: 2 spokes")
	if said, err = p.shell(t, p.checkout(t), buildSpec(t, "Verify"), p.runner.env...); err != nil {
		t.Errorf("CodeBuild's project Verify: %v\n%s", err, tail(said))
	}
}
