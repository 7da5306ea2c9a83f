package report

import (
	"io"
	"strings"

	"sharedhub/internal/diag"
)

// WriteMarkdown writes a document as Markdown of GitHub's kind.
func (d *Document) WriteMarkdown(to io.Writer) error {
	var b strings.Builder
	b.WriteString("# " + escape(d.Title) + "\n\n**" + escape(d.Verdict) + "**\n")
	for _, p := range d.Parts {
		b.WriteString("\n" + strings.Repeat("#", p.Level) + " " + escape(p.Title) + "\n")
		for _, block := range p.Blocks {
			b.WriteString("\n")
			block.markdown(&b)
		}
	}
	_, err := io.WriteString(to, b.String())
	return err
}

func (k Block) markdown(b *strings.Builder) {
	switch {
	case k.Table != nil:
		k.Table.markdown(b)
	case k.Code != "":
		b.WriteString("```json\n" + k.Code + "\n```\n")
	case k.List != nil:
		for _, line := range k.List {
			b.WriteString("- " + strings.ReplaceAll(escape(line), "\n", "\n  ") + "\n")
		}
	default:
		b.WriteString(escape(k.Text) + "\n")
	}
}

func (t *Table) markdown(b *strings.Builder) {
	b.WriteString("|")
	for _, c := range t.Columns {
		b.WriteString(" " + escape(c) + " |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(t.Columns)) + "\n")
	for _, row := range t.Rows {
		b.WriteString("|")
		for _, c := range row {
			b.WriteString(" " + c.markdown() + " |")
		}
		b.WriteString("\n")
	}
}

func (t Text) markdown() string {
	text := diag.Plain(t.Is)
	switch {
	case text == "":
		return ""
	case t.Link != "":
		return "[" + escape(text) + "](" + t.Link + ")"
	case t.Code && !strings.ContainsAny(text, "`\\"):
		return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
	case t.Mark == "bad":
		return "**" + escape(text) + "**"
	}
	return escape(text)
}

// marks are what Markdown and HTML would take for more than text.
var marks = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`,
	"#", `\#`, "~", `\~`, "@", "&#64;", "&", "&amp;")

func escape(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = marks.Replace(diag.Plain(l))
	}
	return strings.Join(lines, "\n")
}
