package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sharedhub/internal/diag"
)

// namedFolder is the configuration's folder that a command line names, where a command without --config would read another one.
func namedFolder(c *cobra.Command) string {
	flag := c.Flags().Lookup("config")
	if flag == nil {
		return ""
	}
	if dir := configDir(flag.Value.String()); filepath.Clean(dir) != filepath.Clean(configDir("")) {
		return dir
	}
	return ""
}

// command is a command line of the program for people to copy, of the configuration that this one is of.
func (p *program) command(words ...string) string {
	return diag.Command(append(words, p.folderFlag()...)...)
}

// folderFlag names the configuration to the program, where it is another than config.
func (p *program) folderFlag() []string {
	if p.folder == "" {
		return nil
	}
	return []string{"--config", p.folder}
}

// again is the command line that is carried out, with more words.
func (p *program) again(words ...string) string {
	c := p.called
	line := append(strings.Fields(c.CommandPath())[1:], c.Flags().Args()...)
	c.Flags().Visit(func(f *pflag.Flag) {
		switch list, isList := f.Value.(pflag.SliceValue); {
		case isList:
			for _, v := range list.GetSlice() {
				line = append(line, "--"+f.Name, v)
			}
		case f.Value.Type() == "bool" && f.Value.String() == "true":
			line = append(line, "--"+f.Name)
		default:
			line = append(line, "--"+f.Name+"="+f.Value.String())
		}
	})
	return diag.Command(append(line, words...)...)
}

// cdkConfig are the words with which the CDK CLI has the program read the same configuration.
func (p *program) cdkConfig() []string {
	if p.folder == "" {
		return nil
	}
	return []string{"-c", diag.Shell("config=" + p.folder)}
}
