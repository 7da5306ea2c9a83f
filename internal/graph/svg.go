package graph

import (
	"fmt"
	"html"
	"strings"
)

// Measures of the drawing, in pixels. Text has one width a character, so that what fits is known without a browser.
const (
	charWidth  = 7.3 // of 12 px monospace, rounded up
	lineHeight = 16
	pad        = 12
	cardWidth  = 216
	gap        = 24
	columns    = 5 // segments beside each other
	segment    = cardWidth + 2*pad
	cardChars  = 29 // of a card's width
)

// style is the drawing's, in light and dark.
const style = `<style>
svg{--bg:#fff;--fg:#1f2328;--dim:#59636e;--line:#8c959f;--hub:#ddf4ff;--hubline:#0969da;
--seg:#f6f8fa;--card:#fff;--add:#1a7f37;--del:#cf222e}
@media (prefers-color-scheme:dark){svg{--bg:#0d1117;--fg:#f0f6fc;--dim:#9198a1;--line:#656c76;--hub:#0c2d6b;--hubline:#4493f8;` +
	`--seg:#151b23;--card:#0d1117;--add:#3fb950;--del:#f85149}}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--fg)}
.t{font-weight:600}.d{fill:var(--dim)}
.bg{fill:var(--bg)}.hub{fill:var(--hub);stroke:var(--hubline)}.gw{fill:var(--card);stroke:var(--hubline)}
.seg{fill:var(--seg);stroke:var(--line)}.card{fill:var(--card);stroke:var(--line)}
.added{stroke:var(--add);stroke-width:3}.removed{stroke:var(--del);stroke-dasharray:4}
.l{stroke:var(--line);fill:none}.r{stroke:var(--hubline);fill:none;stroke-width:1.5}.a{fill:var(--hubline)}
g[data-spoke]{cursor:pointer}g[data-spoke]:focus{outline:2px solid var(--hubline)}
</style>
`

// drawing is an SVG under way.
type drawing struct {
	strings.Builder
	width, height float64
}

func (d *drawing) f(format string, args ...any) { fmt.Fprintf(d, format, args...) }

func (d *drawing) rect(class string, x, y, w, h float64) {
	d.f("<rect class=\"%s\" x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" rx=\"6\"/>\n", class, x, y, w, h)
}

// text writes lines below each other, the first one strong, and cuts what does not fit.
func (d *drawing) text(x, y, width float64, lines ...string) {
	for i, l := range lines {
		class := "d"
		if i == 0 {
			class = "t"
		}
		d.f("<text class=\"%s\" x=\"%g\" y=\"%g\">%s</text>\n", class, x, y+float64(i)*lineHeight+11, html.EscapeString(cut(l, width)))
	}
}

// cut shortens text to a width.
func cut(s string, width float64) string {
	fits := int(width / charWidth)
	if r := []rune(s); len(r) > fits {
		return string(r[:max(fits-1, 0)]) + "…"
	}
	return s
}

// SVG is the picture by itself, in the reader's light or dark.
func (p *Picture) SVG(full bool) string {
	d := &drawing{width: 2*gap + 3*segment + 2*gap}
	for _, h := range p.Hubs {
		n := float64(min(len(h.Segments), columns))
		d.width = max(d.width, 2*gap+n*segment+(n-1)*gap)
	}
	y := float64(gap)
	for i := range p.Hubs {
		y = d.hub(&p.Hubs[i], y, full) + gap
	}
	d.height = y
	var names []string
	for _, h := range p.Hubs {
		names = append(names, h.Name)
	}
	title := html.EscapeString("Hubs " + strings.Join(names, ", ") + " with their segments and spokes")
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\" role=\"img\" "+
		"aria-label=\"%s\">\n<title>%s</title>\n%s<rect class=\"bg\" width=\"%g\" height=\"%g\"/>\n%s</svg>\n",
		d.width, d.height, d.width, d.height, title, title, style, d.width, d.height, d.String())
}

// hub draws a hub and what hangs on it from y on, and returns where it ends.
func (d *drawing) hub(h *Hub, y float64, full bool) float64 {
	inner := d.width - 2*gap - 2*pad
	lines := append([]string{"hub " + h.Name, h.place(), fmt.Sprintf("%s, %s by %s", plural(len(h.Endpoints), "endpoint"),
		plural(h.privateNames(), "private name"), h.Names)}, h.about(60, int(inner/charWidth))...)
	height := float64(len(lines))*lineHeight + 2*pad
	d.rect("hub", gap, y, d.width-2*gap, height)
	d.text(gap+pad, y+pad, inner, lines...)
	y += height
	middle := d.width / 2
	d.f("<path class=\"l\" d=\"M%g %gV%g\"/>\n", middle, y, y+gap)
	y += gap
	const gateway = lineHeight + 2*pad
	d.rect("gw", gap, y, d.width-2*gap, gateway)
	d.text(gap+pad, y+pad, inner, fmt.Sprintf("%s, %s", h.gateway(), plural(len(h.Segments)+1, "route table")))
	y += gateway
	for first := 0; first < len(h.Segments); first += columns {
		row := h.Segments[first:min(first+columns, len(h.Segments))]
		y = d.row(h.Name, row, y, first > 0, full)
	}
	return y
}

// row draws segments beside each other below the gateway, and who reaches whom among them in lanes below.
func (d *drawing) row(hub string, row []Segment, y float64, later, full bool) float64 {
	top := y + gap
	bottom := top
	n := float64(len(row))
	left := (d.width - n*segment - (n-1)*gap) / 2
	x := func(i int) float64 { return left + float64(i)*(segment+gap) }
	at := map[string]int{}
	ends := make([]float64, len(row))
	for i := range row {
		at[row[i].Name] = i
		if !later {
			d.f("<path class=\"l\" d=\"M%g %gV%g\"/>\n", x(i)+segment/2, y, top)
		}
		ends[i] = d.segment(hub, &row[i], x(i), top, full)
		bottom = max(bottom, ends[i])
	}
	lane := bottom
	used := make([]int, len(row)) // lines that leave a segment, so that none hides another
	for i := range row {
		for _, r := range row[i].Reaches {
			j, here := at[r]
			if !here || j == i {
				continue // in another row: its words stand in the segment
			}
			lane += lineHeight + 4
			from, to := x(i)+24+12*float64(used[i]), x(j)+24+12*float64(used[j])
			used[i]++
			used[j]++
			d.f("<path class=\"r\" d=\"M%g %gV%gH%gV%g\"/>\n", from, ends[i], lane, to, ends[j]+7)
			d.f("<path class=\"a\" d=\"M%g %gl-4 8h8z\"/>\n", to, ends[j])
			d.f("<path class=\"a\" d=\"M%g %gl-4 8h8z\"/>\n", from, ends[i])
			d.f("<text class=\"d\" x=\"%g\" y=\"%g\">%s</text>\n", min(from, to)+8, lane-3,
				html.EscapeString(cut(row[i].Name+" ↔ "+r, max(from, to)-min(from, to)-8)))
		}
	}
	return lane
}

func (d *drawing) segment(hub string, s *Segment, x, y float64, full bool) float64 {
	cards := s.Cards(full)
	lines := append([]string{s.title()}, s.pools())
	lines = append(lines, wrap(s.Reach(), cardChars)...)
	height := float64(len(lines))*lineHeight + 2*pad
	for _, c := range cards {
		height += float64(len(c.Lines))*lineHeight + 2*pad
	}
	d.rect("seg", x, y, segment, height)
	d.text(x+pad, y+pad, cardWidth, lines...)
	at := y + pad + float64(len(lines))*lineHeight + pad/2
	for _, c := range cards {
		box := float64(len(c.Lines))*lineHeight + pad
		if c.Spoke != "" {
			d.f("<g data-spoke=\"%s\" tabindex=\"0\" role=\"button\">\n", html.EscapeString(hub+"/"+c.Spoke))
		}
		d.rect(strings.TrimSpace("card "+c.Changed), x+pad, at, cardWidth, box)
		d.text(x+pad+8, at+pad/2, cardWidth-16, c.Lines...)
		if c.Spoke != "" {
			d.f("</g>\n")
		}
		at += box + pad
	}
	return y + height
}
