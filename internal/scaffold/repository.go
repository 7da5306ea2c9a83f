package scaffold

import (
	"fmt"
	"strings"
)

// Answers are what a repository begins with.
type Answers struct {
	// Hub is its name, in Account and Region, with Range for its VPC in so many Zones.
	Hub, Account, Region, Range string
	Zones                       int
	// Organization and its ManagementAccount; "" for none.
	Organization, ManagementAccount string
	// Segment of the first spoke, with its Pool.
	Segment, Pool string
	// Spoke is the first one's name, in SpokeAccount, with SpokeRange.
	Spoke, SpokeAccount, SpokeRange string
	// Owner reviews what changes, as CODEOWNERS names people and teams; "" for nobody yet.
	Owner string
	// Pipeline is the kind of pipeline that is written beside it; "" for none.
	Pipeline string
	// CLI is the version of the CDK CLI.
	CLI string
}

// Repository are the files of a repository that holds a configuration and not the program, by path.
func Repository(a Answers, schemas map[string][]byte) map[string][]byte {
	out := map[string][]byte{
		"config/hubs/" + a.Hub + ".yaml":     []byte(Modeline("hub") + a.hub()),
		"config/spokes/" + a.Spoke + ".yaml": []byte(Modeline("spoke") + Spoke(a.Hub, a.SpokeAccount, a.Segment, a.SpokeRange)),
		"cdk.json":                           []byte(cdkJSON),
		"package.json":                       []byte(fmt.Sprintf(packageJSON, a.CLI)),
		".gitignore":                         []byte("cdk.out/\nnode_modules/\n"),
		a.ownersFile():                       []byte(a.owners()),
		".pre-commit-config.yaml":            []byte(preCommit),
		".vscode/settings.json":              []byte(settings),
		".vscode/extensions.json":            []byte("{\n  \"recommendations\": [\"redhat.vscode-yaml\"]\n}\n"),
		"README.md":                          []byte(a.readme()),
	}
	for kind, text := range schemas {
		out["config/"+SchemaFolder+"/"+kind+".json"] = text
	}
	return out
}

// The options keep the CDK CLI from adding to the templates what the program alone does not write.
const cdkJSON = `{
  "app": "sharedhub",
  "versionReporting": false,
  "pathMetadata": false,
  "assetMetadata": false
}
`

const packageJSON = `{
  "private": true,
  "description": "The CDK CLI that deploys this repository's configuration",
  "devDependencies": {
    "aws-cdk": "%s"
  }
}
`

const preCommit = `# pip install pre-commit && pre-commit install: a commit with a mistake in config/ is refused.
repos:
  - repo: local
    hooks:
      - id: sharedhub-check
        name: sharedhub check
        entry: sharedhub check
        language: system
        files: ^config/
        pass_filenames: false
`

// settings name the schemas for files without the first line that names one.
const settings = `{
  "yaml.schemas": {
    "config/.schema/hub.json": "config/hubs/*.yaml",
    "config/.schema/spoke.json": "config/spokes/*.yaml",
    "config/.schema/service.json": "config/services/*.yaml"
  }
}
`

func (a Answers) hub() string {
	organization := fmt.Sprintf("accounts: [%q]             # whose spokes may join; or name your organization:\n"+
		"# organization: {id: o-a1b2c3d4e5, managementAccount: %q}   # shares with all of it, and bounds the policies\n",
		a.SpokeAccount, a.Account)
	if a.Organization != "" {
		organization = fmt.Sprintf("organization: {id: %s, managementAccount: %q}\n", a.Organization, a.ManagementAccount)
	}
	return fmt.Sprintf(`# Every key: sharedhub docs docs/reference/configuration.md
version: 1
account: %q
region: %s
%svpc: {cidr: %s, zones: %d}
pools: {%s: [%s]}          # the spokes' ranges come from here
segments: {%s: {}}                      # its spokes reach the hub's endpoints, and not each other
endpoints:
  services:                             # sharedhub catalog list --region %s shows them all
    - ssm
    - ssmmessages
    - ec2messages
    - ecr.api
    - ecr.dkr
    - logs
    - sts
    - kms
`, a.Account, a.Region, organization, a.Range, a.Zones, a.Segment, a.Pool, a.Segment, a.Region)
}

// ownersFile lies where the Git server looks for it: GitLab does not read GitHub's. CodePipeline has no server of its own, and GitHub
// and GitLab both read the one of the repository's root.
func (a Answers) ownersFile() string {
	switch a.Pipeline {
	case "gitlab":
		return ".gitlab/CODEOWNERS"
	case "codepipeline":
		return "CODEOWNERS"
	}
	return ".github/CODEOWNERS"
}

// guarded are the files that decide what a pipeline does and may do.
var guarded = map[string][]string{
	"github":       {"/.github/", "/pipelines/", "/config/hubs/", "/config/policies/"},
	"gitlab":       {"/.gitlab-ci.yml", "/.gitlab/", "/ci/", "/pipelines/", "/config/hubs/", "/config/policies/"},
	"codepipeline": {"/CODEOWNERS", "/pipelines/", "/config/hubs/", "/config/policies/"},
}

func (a Answers) owners() string {
	var b strings.Builder
	b.WriteString("# Who reviews what; the last line that fits a file counts.\n")
	line := func(pattern, owner string) {
		fmt.Fprintf(&b, "%-*s   %s\n", len("# /config/spokes/"+a.Spoke+"*"), pattern, owner)
	}
	mark, owner := "# ", "@your-org/network"
	if a.Owner != "" {
		mark, owner = "", a.Owner
	}
	line(mark+"/config/", owner)
	line("# /config/spokes/"+a.Spoke+"*", "@your-org/team")
	for _, pattern := range guarded[a.Pipeline] {
		line(mark+pattern, owner)
	}
	return b.String()
}

func (a Answers) readme() string {
	return strings.NewReplacer("ACCOUNT", a.SpokeAccount, "HUB", a.Hub, "REGION", a.Region, "SEGMENT", a.Segment).Replace(readme)
}

const readme = `# Network of hub HUB

The shared-services hub HUB in REGION and its spokes, as files that sharedhub makes CloudFormation of.

| | |
| --- | --- |
| ` + "`config/hubs/`" + ` | the hub: its account, ranges, segments and endpoints |
| ` + "`config/spokes/`" + ` | a file a spoke |
| ` + "`cdk.json`, `package.json`" + ` | how the CDK CLI finds the program, and the CLI's version |

You need the program (` + "`sharedhub version`" + `), Node.js 22 or 24, and ` + "`npm install`" + ` once; commit the
package-lock.json that it writes.

## Add a spoke

` + "```sh" + `
sharedhub spoke add NAME --segment SEGMENT --account ACCOUNT
` + "```" + `

It writes a file with a free range. Commit it and open a pull request. ` + "`sharedhub check`" + ` reports every mistake in
milliseconds; ` + "`sharedhub`" + ` builds the templates and proves that each spoke reaches each endpoint, and nothing else.

## Deploy

Bootstrap each account once (` + "`sharedhub docs docs/DEPLOYING.md`" + `), then, with credentials of the hub's account:

` + "```sh" + `
npx cdk diff 'HUB-*'
sharedhub deploy
sharedhub verify
` + "```" + `

## Move, remove, upgrade

` + "`sharedhub spoke move`" + ` and ` + "`sharedhub spoke remove`" + ` say which step is next. To upgrade the program, see
` + "`sharedhub docs docs/YOUR-REPOSITORY.md`" + `; write the schemas that editors use again with ` + "`sharedhub schema --write`" + `.
`
