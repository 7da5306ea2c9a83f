package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
	"sharedhub/internal/scaffold"
	"sharedhub/internal/schema"
)

func (p *program) schemaCommand() *cobra.Command {
	var dir string
	var write bool
	c := &cobra.Command{
		Use: "schema hub|spoke|service", Short: "Print the JSON Schema of a hub's, a spoke's or a service's file, for editors",
		Long: "With --write, writes all into the configuration's folder .schema, where the first line of the files that init and\n" +
			"spoke add write names them. Write them again after an upgrade.",
		Example: "  go run . schema spoke > spoke.json\n  go run . schema --write --config config",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case write && len(args) == 0:
				return nil
			case write:
				return fmt.Errorf("schema --write writes all schemas and takes no name, found %q", args)
			case len(args) != 1:
				return fmt.Errorf("schema takes hub, spoke or service, or --write; found %q", args)
			}
			if why := oneOf(schema.Kinds)(args[0]); why != "" {
				return fmt.Errorf("schema takes hub, spoke or service, found %q; %s", args[0], why)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if !write {
				_, err := p.stdout.Write(schema.Of(args[0]))
				return err
			}
			return p.writeSchemas(configDir(dir))
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder`, with --write (default config)")
	c.Flags().BoolVar(&write, "write", false, "write all schemas into the folder's .schema")
	return c
}

func (p *program) writeSchemas(dir string) error {
	_, done, err := p.looked(dir) // a misspelt folder is not made
	if err != nil {
		return err
	}
	defer done()
	for _, kind := range schema.Kinds {
		name := filepath.Join(scaffold.SchemaFolder, kind+".json")
		if err := safefile.Replace(dir, name, schema.Of(kind)); err != nil {
			return p.fail("%s: %s", filepath.Join(dir, name), safefile.NotWritten(err))
		}
		diag.Fprintf(p.stdout, "%s\n", filepath.Join(dir, name))
	}
	p.tell("next: commit them; begin a spoke's file with %s\n", strings.TrimSpace(scaffold.Modeline("spoke")))
	return nil
}
