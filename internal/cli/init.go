package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/allocate"
	"sharedhub/internal/config"
	"sharedhub/internal/diag"
	"sharedhub/internal/ranges"
	"sharedhub/internal/safefile"
	"sharedhub/internal/scaffold"
	"sharedhub/internal/schema"
)

// Begun is what init wrote, as its JSON.
type Begun struct {
	Folder string   `json:"folder"`
	Files  []string `json:"files"`
	Next   []string `json:"next"`
}

func (p *program) initCommand() *cobra.Command {
	var a scaffold.Answers
	var defaults bool
	var pipeline string
	c := &cobra.Command{
		Use: "init [FOLDER]", Short: "Begin a repository of your own: a configuration, and what the CDK CLI and editors need",
		Args: oneWordAtMost("folder"),
		Long: "Writes config/ with a first hub and spoke, cdk.json, package.json with the pinned CDK CLI, and settings of git, GitHub\n" +
			"and editors into an empty folder. What no flag says is asked for on a terminal; --defaults asks nothing, and takes\n" +
			"example account numbers, which you replace. All is written, or nothing.",
		Example: "  go run . init my-network\n  go run . init my-network --defaults\n" +
			"  go run . init my-network --account 111111111111 --spoke-account 222222222222 --region eu-west-1\n" +
			"  go run . init my-network --pipeline github",
		RunE: func(_ *cobra.Command, args []string) error {
			if pipeline != "" && !slices.Contains(scaffold.Pipelines, pipeline) {
				return fmt.Errorf("--pipeline %q: expected %s", pipeline, strings.Join(scaffold.Pipelines, ", "))
			}
			if why := ownerAnswer(a.Owner); a.Owner != "" && why != "" {
				return fmt.Errorf("--owner %q: %s", a.Owner, why)
			}
			dir := slices.Concat(args, []string{"."})[0]
			if dir == "" {
				return errors.New("the folder's name is empty; name one, or leave it out for this folder")
			}
			return p.begin(dir, a, defaults, pipeline)
		},
	}
	for _, f := range questions(&a) {
		c.Flags().StringVar(f.into, f.flag, "", f.usage)
	}
	c.Flags().StringVar(&a.Owner, "owner", "", "who `reviews` changes, as CODEOWNERS names a team: @example/network")
	c.Flags().BoolVar(&defaults, "defaults", false, "ask nothing")
	c.Flags().StringVar(&pipeline, "pipeline", "", "also write the `pipeline` of github, gitlab or codepipeline (default none)")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

// asked is something that a repository begins with: a flag, or a question.
type asked struct {
	flag, usage string
	into        *string
	question
	// example is taken with --defaults where there is no other default.
	example string
	// optional may stay empty.
	optional bool
}

// questions are asked in their order. A default may follow from an answer before it.
func questions(a *scaffold.Answers) []asked {
	return []asked{
		{"region", "the hub's `region` (default us-east-1)", &a.Region, question{"the hub's region", "us-east-1", regionAnswer}, "", false},
		{"account", "the hub's `account`, 12 digits", &a.Account, question{"the account that owns the hub, 12 digits", "", accountAnswer},
			"111111111111", false},
		{"organization", "the `id` of the organization of all accounts, o-… (default none)", &a.Organization,
			question{"the organization's id, o-…, or none", "none", organizationAnswer}, "", true},
		{"management-account", "the organization's management `account` (default the hub's)", &a.ManagementAccount,
			question{"the organization's management account", "", accountAnswer}, "", true},
		{"hub", "the hub's `name` (default by the region: use1)", &a.Hub, question{"a short name for the hub", "", config.HubName}, "", false},
		{"range", "the `range` of the hub's VPC (default 10.0.0.0/20)", &a.Range,
			question{"the range of the hub's own VPC", "10.0.0.0/20", rangeAnswer}, "", false},
		{"segment", "the `name` of the first segment (default prod)", &a.Segment,
			question{"the first segment", "prod", config.SegmentName}, "", false},
		{"pool", "the `range` that the segment's spokes take theirs from (default 10.16.0.0/12)", &a.Pool,
			question{"the range that its spokes take theirs from", "10.16.0.0/12", rangeAnswer}, "", false},
		{"spoke", "the `name` of the first spoke (default payments-prod)", &a.Spoke,
			question{"the first spoke", "payments-prod", config.SpokeName}, "", false},
		{"spoke-account", "the first spoke's `account`, 12 digits", &a.SpokeAccount,
			question{"the account that owns it, 12 digits", "", accountAnswer}, "222222222222", false},
	}
}

func regionAnswer(s string) string {
	if !slices.Contains(awsfacts.Regions(), s) {
		return cmp.Or(diag.DidYouMean(s, awsfacts.Regions()), "write a region such as us-east-1")
	}
	return ""
}

func organizationAnswer(s string) string {
	if s != "none" && !config.IsOrganization(s) {
		return "write the id that Organizations shows: o- and 10 to 32 lower-case letters and digits"
	}
	return ""
}

// ownerAnswer says what is wrong with the owners of a line of CODEOWNERS: people, teams and roles by @, or addresses of mail
// (https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners,
// https://docs.gitlab.com/user/project/codeowners/reference/).
func ownerAnswer(s string) string {
	for _, owner := range strings.Split(s, " ") {
		name, at := strings.CutPrefix(owner, "@")
		mailbox, host, _ := strings.Cut(owner, "@")
		if strings.ContainsFunc(owner, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '#' }) ||
			at && name == "" || !at && (mailbox == "" || host == "") {
			return "write people or teams as CODEOWNERS names them, with blanks between: @example/network, @ann, or ann@example.com"
		}
	}
	return ""
}

func rangeAnswer(s string) string {
	if p, err := netip.ParsePrefix(s); err != nil || !p.Addr().Is4() || p != p.Masked() {
		return "write an IPv4 range such as 10.16.0.0/12"
	}
	return ""
}

// begin writes a repository into an empty folder.
func (p *program) begin(dir string, a scaffold.Answers, defaults bool, pipeline string) error {
	if err := p.empty(dir); err != nil {
		return err
	}
	if err := p.answer(&a, defaults); err != nil {
		return err
	}
	a.Pipeline = pipeline
	a.CLI = strings.TrimPrefix(cdkCLI, "npx --yes aws-cdk@")
	schemas := map[string][]byte{}
	for _, kind := range schema.Kinds {
		schemas[kind] = schema.Of(kind)
	}
	more := map[string][]byte{}
	if pipeline != "" {
		var err error
		if more, err = scaffold.Pipeline(pipeline, p.pages); err != nil {
			return p.fail("%w", err)
		}
	}
	files, err := p.staged(dir, a, schemas, more)
	if err != nil {
		return err
	}
	there := ""
	if filepath.Clean(dir) != "." {
		there = "cd " + diag.Shell(dir) + ", "
	}
	next := []string{
		there + "git init, and npm install, which brings the CDK CLI",
		fmt.Sprintf("%s, and %s alone, which builds the templates and proves the network", diag.Command("check"), diag.Program()),
		diag.Command("docs", "docs/YOUR-REPOSITORY.md"),
	}
	if pipeline != "" {
		next = append(next, diag.Command("docs", "docs/PIPELINES.md")+": the roles, variables and settings of the pipeline")
	}
	if defaults && (a.Account == exampleAccount || a.SpokeAccount == exampleSpokeAccount) {
		next = append([]string{"replace the example account numbers in config/hubs and config/spokes"}, next...)
	}
	if p.json {
		return p.printJSON(Begun{dir, files, next})
	}
	if !p.quiet {
		for _, f := range files {
			diag.Fprintf(p.stdout, "%s\n", filepath.Join(dir, f))
		}
	}
	p.sayNext(next)
	return nil
}

const exampleAccount, exampleSpokeAccount = "111111111111", "222222222222"

// inEmpty may be in a folder that counts as empty.
var inEmpty = []string{".git", ".DS_Store"}

// empty refuses a folder that holds something.
func (p *program) empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
		return p.fail("%s: expected an empty folder, or one that is to be made, found a file", dir)
	}
	if err != nil {
		return p.fail("%s: %s", dir, safefile.Plain(err))
	}
	var there []string
	for _, e := range entries {
		if !slices.Contains(inEmpty, e.Name()) {
			there = append(there, e.Name())
		}
	}
	if len(there) > 0 {
		if len(there) > 4 {
			there = append(there[:3], fmt.Sprintf("%d more", len(there)-3))
		}
		return p.fail("%s is not empty: it holds %s; name an empty folder, or one that is to be made: %s", dir,
			strings.Join(there, ", "), diag.Command("init", "my-network"))
	}
	return nil
}

// answer asks what the flags do not say.
func (p *program) answer(a *scaffold.Answers, defaults bool) error {
	var missing []string
	for _, q := range questions(a) {
		switch q.flag { // defaults that follow from answers
		case "hub":
			q.otherwise = cmp.Or(awsfacts.ZoneIDPrefix(a.Region), "hub")
		case "management-account":
			if q.otherwise = a.Account; a.Organization == "" {
				if a.ManagementAccount != "" {
					return errors.New("--management-account needs --organization, whose id is written beside it")
				}
				continue
			}
		}
		switch {
		case *q.into != "":
			if why := q.wrong(*q.into); why != "" {
				return fmt.Errorf("--%s %q: %s", q.flag, *q.into, why)
			}
		case !defaults && p.canAsk():
			answer, err := p.ask(q.question)
			if err != nil {
				return p.fail("%w", err)
			}
			*q.into = answer
		case q.otherwise != "":
			*q.into = q.otherwise
		case defaults:
			*q.into = q.example
		default:
			missing = append(missing, "--"+q.flag)
		}
		if q.flag == "organization" && *q.into == "none" {
			*q.into = ""
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("write %s, or --defaults for example account numbers", strings.Join(missing, " and "))
	}
	return nil
}

// staged writes the files beside their place, checks them, and puts them there: all of them or none.
func (p *program) staged(dir string, a scaffold.Answers, schemas, more map[string][]byte) ([]string, error) {
	if err := spokeRange(&a); err != nil {
		return nil, err
	}
	parent, exists := dir, true
	if _, err := os.Stat(dir); err != nil {
		parent, exists = filepath.Dir(filepath.Clean(dir)), false
	}
	stage, err := os.MkdirTemp(parent, ".sharedhub-init-*")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, p.fail("%s: there is no folder %s to make it in; make that first: mkdir -p %s; nothing was written", dir, parent,
			diag.Shell(parent))
	}
	if err != nil {
		return nil, p.fail("%s: %s; nothing was written", parent, safefile.NotWritten(err))
	}
	defer p.atEnd(func() { os.RemoveAll(stage) })()
	files, diags := map[string][]byte{}, diag.List{}
	for a.Zones = 3; a.Zones > 0; a.Zones-- { // some regions have fewer zones than others
		files = scaffold.Repository(a, schemas)
		maps.Copy(files, more)
		for name, text := range files {
			err := safefile.Replace(stage, name, text)
			if err == nil && bytes.HasPrefix(text, []byte("#!")) { // a script, to be run
				err = os.Chmod(filepath.Join(stage, name), 0o755)
			}
			if err != nil {
				return nil, p.fail("%s: %s; nothing was written", filepath.Join(dir, name), safefile.NotWritten(err))
			}
		}
		var cfg *config.Config
		if cfg, diags = config.LoadCopy(filepath.Join(stage, "config"), filepath.Join(dir, "config")); cfg != nil {
			break
		}
	}
	if len(diags.Errors()) > 0 {
		p.say(diags)
		p.tell("nothing was written\n")
		return nil, exit(1)
	}
	if err := place(stage, dir, exists); err != nil {
		return nil, p.fail("%s: %s; nothing was written", dir, safefile.NotWritten(err))
	}
	return slices.Sorted(maps.Keys(files)), nil
}

// spokeRange is the first spoke's: the lowest of its segment's pool, which may be smaller than a spoke usually is.
func spokeRange(a *scaffold.Answers) error {
	pool, hub := netip.MustParsePrefix(a.Pool), netip.MustParsePrefix(a.Range)
	p, ok := ranges.Lowest([]netip.Prefix{pool}, []netip.Prefix{hub}, max(allocate.UsualBits, pool.Bits()))
	if !ok {
		return fmt.Errorf("--pool %s has no room beside --range %s", a.Pool, a.Range)
	}
	a.SpokeRange = p.String()
	return nil
}

// place moves what was staged to its place: the folder itself, or into the one that is there.
func place(stage, dir string, exists bool) error {
	if !exists {
		if err := os.Chmod(stage, 0o755); err != nil { // a temporary folder is its owner's alone
			return err
		}
		return os.Rename(stage, dir)
	}
	entries, err := os.ReadDir(stage)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if err := os.Rename(filepath.Join(stage, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			for _, done := range entries[:i] {
				err = errors.Join(err, os.Rename(filepath.Join(dir, done.Name()), filepath.Join(stage, done.Name())))
			}
			return err
		}
	}
	return nil
}
