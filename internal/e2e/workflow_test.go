package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// runner runs workflows of GitHub Actions on this machine: the jobs in their order, their steps in a checkout of their own. It
// knows what the workflows of pipelines/github use, and fails the test at what it does not know.
type runner struct {
	t *testing.T
	// actions are the files of pipelines/github, remote the repository that jobs check out.
	remote string
	// path is put before PATH: the program, and what stands for npm and the CDK CLI.
	path string
	// home is the user's folder, where jsii unpacks the CDK once.
	home string
	// env are credentials, which a job has once it has signed in.
	env []string
	// vars are the repository's variables, and event what github.… means in the run.
	vars, event map[string]string
	// approve says whether a job in an environment goes on.
	approve func(environment string) bool
	// before is called before a step runs, and may change the job's folder. Default: nil.
	before func(job, step, dir string)
	// github answers the calls of scripts, and is what they have done.
	calls []string
}

type workflow struct {
	Jobs map[string]*job `yaml:"jobs"`
}

type job struct {
	Needs       any               `yaml:"needs"`
	If          string            `yaml:"if"`
	Environment string            `yaml:"environment"`
	Permissions map[string]string `yaml:"permissions"`
	Outputs     map[string]string `yaml:"outputs"`
	Steps       []step            `yaml:"steps"`
}

type step struct {
	Name     string            `yaml:"name"`
	ID       string            `yaml:"id"`
	If       string            `yaml:"if"`
	Uses     string            `yaml:"uses"`
	With     map[string]string `yaml:"with"`
	Run      string            `yaml:"run"`
	Env      map[string]string `yaml:"env"`
	Continue bool              `yaml:"continue-on-error"`
}

// execution is a run of a workflow, whose failed jobs can be run again.
type execution struct {
	*runner
	w       workflow
	results map[string]string // of jobs: success, failure, skipped
	outputs map[string]string // needs.JOB.outputs.NAME
	stored  map[string]string // folders of artifacts
	said    string
	summary string
}

func (r *runner) start(file string) *execution {
	r.t.Helper()
	b, err := os.ReadFile(filepath.Join(repo, "pipelines/github/.github/workflows", file))
	if err != nil {
		r.t.Fatal(err)
	}
	x := &execution{runner: r, results: map[string]string{}, outputs: map[string]string{}, stored: map[string]string{}}
	if err := yaml.Unmarshal(b, &x.w); err != nil {
		r.t.Fatal(err)
	}
	return x
}

// run runs the jobs that have not succeeded, and is true where none failed.
func (x *execution) run() bool {
	x.t.Helper()
	x.said = ""
	for name, result := range x.results {
		if result != "success" {
			delete(x.results, name)
		}
	}
	for len(x.results) < len(x.w.Jobs) {
		before := len(x.results)
		for _, name := range sortedKeys(x.w.Jobs) {
			j := x.w.Jobs[name]
			needs := j.needs()
			if x.results[name] == "" && !slices.ContainsFunc(needs, func(n string) bool { return x.results[n] == "" }) {
				x.results[name] = x.job(name, j, needs)
			}
		}
		if len(x.results) == before {
			x.t.Fatalf("jobs need each other: %v", x.results)
		}
	}
	return !slices.Contains(slices.Collect(valuesOf(x.results)), "failure")
}

func valuesOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func (j *job) needs() []string {
	switch n := j.Needs.(type) {
	case string:
		return []string{n}
	case []any:
		var out []string
		for _, s := range n {
			out = append(out, fmt.Sprint(s))
		}
		return out
	}
	return nil
}

func (x *execution) job(name string, j *job, needs []string) string {
	x.t.Helper()
	values := map[string]string{}
	for _, n := range needs {
		values["needs."+n+".result"] = x.results[n]
	}
	for k, v := range x.outputs {
		values[k] = v
	}
	fine := !slices.ContainsFunc(needs, func(n string) bool { return x.results[n] != "success" })
	if c := (&scope{x: x, values: values}); !c.decides(j.If, fine) {
		return "skipped"
	}
	if j.Environment != "" && !x.approve(j.Environment) {
		return "failure"
	}
	dir := x.t.TempDir()
	c := &scope{x: x, values: values, job: name, dir: dir, token: j.Permissions["id-token"] == "write"}
	result := "success"
	for _, s := range j.Steps {
		if !c.decides(s.If, result == "success") {
			continue
		}
		if err := c.step(s); err != nil && !s.Continue {
			x.said += fmt.Sprintf("%s, step %s: %v\n", name, s.Name, err)
			result = "failure"
		}
	}
	for k, v := range j.Outputs {
		x.outputs["needs."+name+".outputs."+k] = c.fill(v)
	}
	return result
}

// scope is what expressions of a job mean, and where it runs.
type scope struct {
	x        *execution
	values   map[string]string
	job, dir string
	env      []string
	token    bool // whether it may sign in
}

func (c *scope) step(s step) error {
	t := c.x.t
	t.Helper()
	if c.x.before != nil {
		c.x.before(c.job, s.Name, c.dir)
	}
	with := map[string]string{}
	for k, v := range s.With {
		with[k] = c.fill(v)
	}
	action, _, _ := strings.Cut(s.Uses, "@")
	switch action {
	case "":
		return c.shell(s)
	case "actions/checkout":
		return c.git("clone", "--quiet", "--branch", c.x.event["github.ref_name"], c.x.remote, ".")
	case "actions/upload-artifact":
		c.x.stored[with["name"]] = t.TempDir()
		return os.CopyFS(c.x.stored[with["name"]], os.DirFS(filepath.Join(c.dir, with["path"])))
	case "actions/download-artifact":
		return os.CopyFS(filepath.Join(c.dir, with["path"]), os.DirFS(c.x.stored[with["name"]]))
	case "aws-actions/configure-aws-credentials":
		if !c.token || with["role-to-assume"] == "" {
			t.Errorf("job %s signs in to AWS without id-token: write, or without a role", c.job)
		}
		c.env = c.x.env
		return nil
	case "actions/github-script":
		return c.script(with["script"])
	case "./.github/actions/sharedhub":
		return c.composite(with)
	}
	t.Fatalf("job %s uses %s, which this test does not know", c.job, s.Uses)
	return nil
}

func (c *scope) composite(with map[string]string) error {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct{ Steps []step }
	}
	b, err := os.ReadFile(filepath.Join(c.dir, ".github/actions/sharedhub/action.yml"))
	if err == nil {
		err = yaml.Unmarshal(b, &action)
	}
	if err != nil {
		return err
	}
	for k, in := range action.Inputs {
		c.values["inputs."+k] = in.Default
	}
	for k, v := range with {
		c.values["inputs."+k] = v
	}
	for _, s := range action.Runs.Steps {
		if c.decides(s.If, true) {
			if err := c.step(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *scope) git(args ...string) error {
	cmd := exec.Command("git", args...)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("git %v: %w: %s", args, err, out)
	}
	return nil
}

// shell runs a step's commands as the runner does, with files for outputs and the summary.
func (c *scope) shell(s step) error {
	t := c.x.t
	if strings.Contains(s.Run, "${{") {
		t.Errorf("job %s, step %q puts an expression into a script; it belongs into env, where its text stays text", c.job, s.Name)
	}
	files := t.TempDir()
	out, summary := filepath.Join(files, "output"), filepath.Join(files, "summary")
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
	cmd.Dir = c.dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return strings.HasPrefix(kv, "AWS_ACCESS_KEY_ID=") || strings.HasPrefix(kv, "AWS_SECRET") || strings.HasPrefix(kv, "AWS_SESSION")
	}), "PATH="+c.x.path+":"+os.Getenv("PATH"), "GITHUB_OUTPUT="+out, "GITHUB_STEP_SUMMARY="+summary, "GITHUB_WORKSPACE="+c.dir,
		"HOME="+c.x.home, "CI=true", "NO_COLOR=1")
	cmd.Env = append(cmd.Env, c.env...)
	for k, v := range s.Env {
		cmd.Env = append(cmd.Env, k+"="+c.fill(v))
	}
	said, err := cmd.CombinedOutput()
	c.x.said += fmt.Sprintf("== %s: %s\n%s", c.job, s.Name, said)
	if b, err := os.ReadFile(out); err == nil {
		for line := range strings.Lines(string(b)) {
			k, v, _ := strings.Cut(strings.TrimSpace(line), "=")
			c.values["steps."+s.ID+".outputs."+k] = v
		}
	}
	if b, err := os.ReadFile(summary); err == nil {
		c.x.summary = string(b)
	}
	return err
}

// script runs a script of actions/github-script against comments and pull requests that are kept in a file.
func (c *scope) script(text string) error {
	const stub = `
const fs = require('fs'), state = process.env.GITHUB_STATE
const kept = fs.existsSync(state) ? JSON.parse(fs.readFileSync(state)) : {comments: [], pulls: []}
const log = (...a) => console.log('call: ' + a.join(' '))
const context = {repo: {owner: 'o', repo: 'r'}, issue: {number: 7}, ref: 'refs/heads/main'}
const github = {paginate: async () => kept.comments, rest: {
  issues: {listComments: 0,
    createComment: async c => {
      kept.comments.push({id: kept.comments.length + 1, body: c.body, user: {type: 'Bot'}})
      log('create', c.issue_number)
    },
    updateComment: async c => {
      kept.comments.find(k => k.id === c.comment_id).body = c.body
      log('update', c.comment_id)
    }},
  pulls: {list: async () => ({data: kept.pulls}),
    create: async p => {
      kept.pulls.push(p)
      log('pull', p.head, p.base)
    }}}}
;(async () => {`
	const end = "\n})().then(() => fs.writeFileSync(state, JSON.stringify(kept)), e => { console.error(e); process.exit(1) })"
	cmd := exec.Command("node", "-e", stub+text+end)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GITHUB_STATE="+filepath.Join(c.x.path, "github.json"))
	out, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if call, ok := strings.CutPrefix(strings.TrimSpace(line), "call: "); ok {
			c.x.calls = append(c.x.calls, call)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

var expression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// fill replaces the expressions of a text.
func (c *scope) fill(text string) string {
	return expression.ReplaceAllStringFunc(text, func(m string) string { return c.value(expression.FindStringSubmatch(m)[1]) })
}

// value of a path such as needs.build.outputs.digest; "" for what is not there, as GitHub has it.
func (c *scope) value(path string) string {
	if v, ok := strings.CutPrefix(path, "vars."); ok {
		return c.x.vars[v]
	}
	if strings.HasPrefix(path, "github.") {
		v, ok := c.x.event[path]
		if !ok {
			c.x.t.Errorf("job %s asks for %s, which this test does not give", c.job, path)
		}
		return v
	}
	return c.values[path]
}

var token = regexp.MustCompile(`\s*(\|\||&&|==|!=|!|\(|\)|'[^']*'|cancelled\(\)|[\w.-]+)`)

// decides evaluates an if. Without one, or one without a status function, a failure before skips.
func (c *scope) decides(condition string, fine bool) bool {
	condition = strings.TrimSpace(condition)
	if m := expression.FindStringSubmatch(condition); m != nil {
		condition = m[1]
	}
	if condition == "" {
		return fine
	}
	var tokens []string
	for _, m := range token.FindAllStringSubmatch(condition, -1) {
		tokens = append(tokens, m[1])
	}
	p := &branch{c, tokens}
	v := p.or()
	if len(p.tokens) > 0 {
		c.x.t.Fatalf("if: %s: what does %q mean?", condition, p.tokens)
	}
	return v != "false" && v != "" && (fine || strings.Contains(condition, "cancelled()"))
}

// branch is a recursive descent through an if.
type branch struct {
	*scope
	tokens []string
}

func (p *branch) next(want ...string) bool {
	if len(p.tokens) > 0 && slices.Contains(want, p.tokens[0]) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func truth(b bool) string { return fmt.Sprint(b) }

func (p *branch) or() string {
	v := p.and()
	for p.next("||") {
		w := p.and()
		v = truth(v == "true" || w == "true")
	}
	return v
}

func (p *branch) and() string {
	v := p.equal()
	for p.next("&&") {
		w := p.equal()
		v = truth(v == "true" && w == "true")
	}
	return v
}

func (p *branch) equal() string {
	v := p.one()
	if p.next("==") {
		return truth(v == p.one())
	}
	if p.next("!=") {
		return truth(v != p.one())
	}
	return v
}

func (p *branch) one() string {
	switch {
	case p.next("!"):
		return truth(p.one() != "true")
	case p.next("("):
		v := p.or()
		p.next(")")
		return v
	case p.next("cancelled()"):
		return "false"
	case len(p.tokens) == 0:
		p.x.t.Fatal("an if ends too early")
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	if text, ok := strings.CutPrefix(t, "'"); ok {
		return strings.TrimSuffix(text, "'")
	}
	return p.value(t)
}
