package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"sharedhub/constructs/awsfacts"
	"sharedhub/internal/config"
	"sharedhub/internal/schema"
)

// complete gives each command what a shell offers for its words and flags: names of the configuration that the command line names.
func complete(c *cobra.Command) {
	for flag, names := range map[string]func(*config.Written) []string{
		"hub": hubsOf, "segment": segmentsOf, "only": spokesOf, "spoke": spokesOf, "account": accountsOf,
	} {
		if c.Flags().Lookup(flag) != nil && c.Name() != "init" {
			_ = c.RegisterFlagCompletionFunc(flag, offered(names))
		}
	}
	if c.Flags().Lookup("region") != nil {
		_ = c.RegisterFlagCompletionFunc("region", cobra.FixedCompletions(awsfacts.Regions(), cobra.ShellCompDirectiveNoFileComp))
	}
	if f := c.Flags().Lookup("config"); f != nil {
		_ = c.MarkFlagDirname("config")
	}
	switch c.CommandPath() {
	case "sharedhub schema":
		c.ValidArgsFunction = cobra.FixedCompletions(schema.Kinds, cobra.ShellCompDirectiveNoFileComp)
	case "sharedhub spoke show", "sharedhub spoke remove", "sharedhub spoke move", "sharedhub explain":
		c.ValidArgsFunction = offered(spokesOf)
	case "sharedhub spoke add", "sharedhub spoke list", "sharedhub range list", "sharedhub range next", "sharedhub version":
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, sub := range c.Commands() {
		complete(sub)
	}
}

// offered are names of the configuration; none where there is none.
func offered(names func(*config.Written) []string) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		dir, _ := c.Flags().GetString("config")
		w := config.Open(configDir(dir))
		defer w.Close()
		list := names(w)
		slices.Sort(list)
		return slices.Compact(list), cobra.ShellCompDirectiveNoFileComp
	}
}

func hubsOf(w *config.Written) (out []string) {
	for _, h := range w.Hubs() {
		out = append(out, h.Name)
	}
	return out
}

func segmentsOf(w *config.Written) (out []string) {
	for _, h := range w.Hubs() {
		out = append(out, h.In.Segments.Keys()...)
	}
	return out
}

func spokesOf(w *config.Written) (out []string) {
	for _, s := range w.Spokes() {
		out = append(out, s.Name)
	}
	return out
}

// accountsOf are those that may join, and those that have.
func accountsOf(w *config.Written) (out []string) {
	for _, h := range w.Hubs() {
		out = append(out, h.In.Accounts...)
		for _, s := range h.In.Segments {
			out = append(out, s.Value.Accounts...)
		}
	}
	for _, s := range w.Spokes() {
		out = append(out, s.In.Account)
	}
	return out
}
