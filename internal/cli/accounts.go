package cli

import (
	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/live"
)

// inAccounts are the flags of the commands that look into AWS accounts.
type inAccounts struct {
	dir, assembly, hub string
	live               live.Options
}

// flags gives a command those flags. The assembly's says what the assembly is for, the hub's what is looked at, the role's which of
// the CDK bootstrap's roles is taken.
func (in *inAccounts) flags(c *cobra.Command, assembly, hub, role string) {
	c.Args = folder("config")
	c.Flags().StringVarP(&in.dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().StringVar(&in.assembly, "assembly", "", "the cloud assembly's `folder` "+assembly+" (default: synthesise the configuration)")
	c.Flags().StringVar(&in.hub, "hub", "", "look at "+hub+" only")
	c.Flags().StringVar(&in.live.CLIProfile, "profile", "", "a `profile` of the AWS CLI's configuration")
	c.Flags().StringVar(&in.live.Role, "role", "",
		"the `name` of a role to assume in every account (default: none in your own, the CDK bootstrap's "+role+" role in the others)")
}

// load reads the configuration, or the part of it that --hub names; undone is what is not done where it has errors.
func (in *inAccounts) load(p *program, undone string) (*config.Config, error) {
	cfg, err := p.load(configDir(in.dir), undone)
	if err != nil || in.hub == "" {
		return cfg, err
	}
	return p.onlyHub(cfg, in.hub)
}
