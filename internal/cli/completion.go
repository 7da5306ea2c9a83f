package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
	"sharedhub/internal/schema"
	"sharedhub/internal/stacks"
)

// complete gives each command what a shell offers for its words and flags: names of the configuration that the command line names.
func (p *program) complete(c *cobra.Command) {
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
	if c.Runnable() && c.ValidArgsFunction == nil {
		c.ValidArgsFunction = p.words(strings.TrimPrefix(c.CommandPath(), "sharedhub "))
	}
	for _, sub := range c.Commands() {
		p.complete(sub)
	}
}

// words are what a shell offers for a command's own words: most commands take the configuration's folder, or nothing.
func (p *program) words(command string) cobra.CompletionFunc {
	switch command {
	case "schema":
		return cobra.FixedCompletions(schema.Kinds, cobra.ShellCompDirectiveNoFileComp)
	case "docs":
		return upTo(1, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			names, _ := pageNames(p.pages)
			return names, cobra.ShellCompDirectiveNoFileComp
		})
	case "spoke show", "spoke remove", "spoke move":
		return upTo(1, offered(spokesOf))
	case "explain":
		return upTo(2, offered(spokesAndServices))
	case "catalog show":
		return upTo(1, servicesOf)
	case "catalog clients":
		return upTo(1, clientNames)
	case "policy flow-logs":
		return upTo(1, offered(bucketsOf))
	case "deploy":
		return stacksOf
	case "synth", "check", "cost", "plan", "prove", "graph", "stacks", "report", "permissions", "reach", "digest", "init":
		return upTo(1, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		})
	}
	return cobra.NoFileCompletions
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

func spokesAndServices(w *config.Written) []string {
	out := spokesOf(w)
	for _, h := range w.Hubs() {
		for _, e := range h.In.Endpoints.Services {
			out = append(out, e.Name)
		}
	}
	return out
}

func bucketsOf(w *config.Written) (out []string) {
	logs := func(bucket string) {
		if name := bucket[strings.LastIndex(bucket, ":")+1:]; name != "" {
			out = append(out, name)
		}
	}
	for _, h := range w.Hubs() {
		logs(h.In.FlowLogs.Bucket)
		logs(h.In.TransitGateway.FlowLogs.Bucket)
	}
	for _, s := range w.Spokes() {
		logs(s.In.FlowLogs.Bucket)
	}
	return out
}

// upTo offers nothing after so many words.
func upTo(most int, offer cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offer(c, args, word)
	}
}

func servicesOf(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	region, _ := c.Flags().GetString("region")
	if !slices.Contains(awsfacts.Regions(), region) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return catalog.For(region, nil).Names(), cobra.ShellCompDirectiveNoFileComp
}

func clientNames(*cobra.Command, []string, string) (out []string, _ cobra.ShellCompDirective) {
	for _, c := range config.Clients("us-east-1") {
		out = append(out, c.Name)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// stacksOf are the stacks of the assembly that the command line names, or of the last synthesis.
func stacksOf(c *cobra.Command, _ []string, _ string) (out []string, _ cobra.ShellCompDirective) {
	in, _ := c.Flags().GetString("assembly")
	list, _ := stacks.Read(cmp.Or(in, "cdk.out"))
	for _, s := range list {
		out = append(out, s.Name)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
