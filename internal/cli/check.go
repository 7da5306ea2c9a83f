package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sharedhub/internal/config"
	"sharedhub/internal/config/file"
	"sharedhub/internal/cost"
	"sharedhub/internal/diag"
)

// Checked is what check found, as its JSON.
type Checked struct {
	// Diagnostics of the configuration, each with its file, line and column.
	Diagnostics diag.List `json:"diagnostics"`
	Valid       bool      `json:"valid"`
	// Hubs and Spokes of the configuration; 0 where it is not valid.
	Hubs   int `json:"hubs"`
	Spokes int `json:"spokes"`
}

func (p *program) checkCommand() *cobra.Command {
	var dir string
	var github, gitlab bool
	c := &cobra.Command{
		Use: "check", Short: "Check the configuration's files, in milliseconds and without Node.js", Args: folder("config"),
		Long: "Reads every file and reports every mistake with its file, line and fix. It builds no template and proves nothing:\n" +
			"what is valid here is proved by synth or prove.",
		Example: "  go run . check\n  go run . check --config examples/01-one-spoke --json\n  go run . check --github\n" +
			"  go run . check --gitlab > findings.json",
		RunE: func(*cobra.Command, []string) error {
			if github && p.json || gitlab && p.json || github && gitlab {
				return errors.New("--github, --gitlab and --json exclude each other: each is what stdout holds")
			}
			switch {
			case github:
				return p.check(configDir(dir), p.annotate)
			case gitlab:
				return p.check(configDir(dir), p.quality)
			}
			return p.check(configDir(dir), p.write)
		},
	}
	c.Flags().StringVarP(&dir, "config", "c", "", "the configuration's `folder` (default config)")
	c.Flags().BoolVar(&github, "github", false, "print each mistake as an annotation of GitHub Actions, on stdout")
	c.Flags().BoolVar(&gitlab, "gitlab", false, "print a code quality report of GitLab CI, on stdout")
	p.jsonFlag(c, "docs/reference/commands.md")
	return c
}

func (p *program) check(dir string, print func(diag.List)) error {
	began := time.Now()
	cfg, diags := config.Load(dir)
	if wrong := pricesWrong(dir); len(wrong) > 0 {
		cfg, diags = nil, append(diags, wrong...)
	}
	found := Checked{Diagnostics: append(diag.List{}, diags...), Valid: cfg != nil}
	if cfg != nil {
		found.Hubs, found.Spokes = len(cfg.Hubs), len(cfg.Spokes)
	}
	if !p.json {
		print(diags)
	} else if err := p.printJSON(found); err != nil {
		return err
	}
	errors, warnings := len(diags.Errors()), len(diags.Of(diag.Warning))
	if !found.Valid {
		p.tell("not valid: %s, %s in %s\n", count(errors, "error"), count(warnings, "warning"), dir)
		return exit(1)
	}
	p.tell("valid: %s, %s, %s; read in %s\n", count(found.Hubs, "hub"), count(found.Spokes, "spoke"), count(warnings, "warning"),
		time.Since(began).Round(time.Millisecond))
	p.tell("next: %s builds the templates and proves the network\n", p.command("prove"))
	return nil
}

// pricesWrong is what is wrong with the configuration's own prices, which cost takes.
func pricesWrong(dir string) diag.List {
	for _, name := range ownPrices(dir) {
		b, err := readSaved(name)
		if err == nil {
			_, err = cost.Parse(name, b)
		}
		if err != nil {
			list := diag.From(err)
			for i := range list {
				list[i].Code = file.Value
			}
			return list
		}
	}
	return nil
}

func (p *program) annotate(list diag.List) {
	for _, d := range list {
		fmt.Fprintln(p.stdout, annotation(d))
	}
}

// annotation is a diagnostic as a workflow command of GitHub Actions.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
func annotation(d diag.Diagnostic) string {
	kind := "error"
	if d.Severity == diag.Warning {
		kind = "warning"
	}
	at, _ := d.Where.(diag.Position)
	text := d.Summary
	if d.Fix != "" {
		text += "; fix: " + d.Fix
	}
	return fmt.Sprintf("::%s file=%s,line=%d,col=%d::%s", kind, inProperty.Replace(at.File), cmp.Or(at.Line, 1), cmp.Or(at.Column, 1),
		inMessage.Replace(text))
}

// What would end a message, or a property of it, as GitHub's own toolkit escapes it.
var (
	inMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// finding is an entry of GitLab's code quality report.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type finding struct {
	Description string `json:"description"`
	Check       string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

func (p *program) quality(list diag.List) {
	report := []finding{}
	for _, d := range list {
		at, _ := d.Where.(diag.Position)
		f := finding{Description: d.Summary, Check: d.Code.String(), Severity: "blocker"}
		if d.Severity == diag.Warning {
			f.Severity = "minor"
		}
		if d.Fix != "" {
			f.Description += "; fix: " + d.Fix
		}
		f.Fingerprint = fmt.Sprintf("%x", sha256.Sum256([]byte(at.File+"\n"+f.Check+"\n"+f.Description)))
		f.Location.Path, f.Location.Lines.Begin = at.File, cmp.Or(at.Line, 1)
		report = append(report, f)
	}
	b, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		panic(err) // strings and numbers
	}
	fmt.Fprintf(p.stdout, "%s\n", b)
}
