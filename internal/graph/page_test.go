package graph

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser is a Chromium, which Debian has as chromium. Without one the test says so and is skipped; CI installs it.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("expected chromium, found none: apt-get install chromium")
	}
	t.Skip("chromium is not installed: apt-get install chromium")
	return ""
}

// drive runs a script in a page as a person would use it, and returns what the script says.
func drive(t *testing.T, chromium, html, hash, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	script = "<script>window.onerror = m => document.title = 'error: ' + m</script><script>{\n" + script + "\n}</script>\n</body>"
	if err := os.WriteFile(file, []byte(strings.Replace(html, "</body>", script, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=2000", "--dump-dom", "file://"+file+hash)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	m := regexp.MustCompile(`(?s)<title>(.*?)</title>`).FindStringSubmatch(string(out))
	if m == nil {
		t.Fatalf("expected a page, found %s", out)
	}
	return m[1]
}

// A person searches, moves by keyboard, clicks in the list and in the picture, and follows a link to a spoke.
func TestPage(t *testing.T) {
	chromium := browser(t)
	p := picture(t, "../../examples/02-teams-and-segments")
	page := p.HTML(map[string]string{"use2/monitoring": "$36.50 a month"})
	const helpers = `
const names = () => [...document.querySelectorAll('nav button')].map(b => b.firstChild.textContent.trim()).join(' ')
const type = text => { const s = document.getElementById('search'); s.value = text; s.dispatchEvent(new Event('input')) }
const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))
const detail = () => document.getElementById('detail').innerText.replace(/\s+/g, ' ')
const said = []
`
	for _, c := range []struct {
		name, hash, script string
		want               []string
	}{
		{"search", "", `type('ops'); said.push(names()); type('10.32.4'); said.push(names()); type('nobody'); said.push(names());
			press('Escape'); said.push(names()); said.push(document.getElementById('count').textContent)`,
			[]string{"monitoring", "payments-dev", "", "orders-prod payments-prod orders-dev payments-dev monitoring", "5 of 5 spokes"}},
		{"keyboard", "", `press('/'); said.push(document.activeElement.id); press('ArrowDown'); press('ArrowDown');
			said.push(document.activeElement.firstChild.textContent.trim()); document.activeElement.click(); said.push(detail().slice(0, 13));
			press('ArrowUp'); said.push(document.activeElement.firstChild.textContent.trim())`,
			[]string{"search", "payments-prod", "payments-prod", "orders-prod"}},
		{"picture", "", `const g = document.querySelector('g[data-spoke="use2/monitoring"]'); g.focus();
			g.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})); said.push(g.getAttribute('aria-current'));
			said.push(detail().includes('$36.50 a month'), detail().includes('segment prod: 2'), location.hash)`,
			[]string{"true", "true", "true", "#use2%2Fmonitoring"}},
		{"link", "#use2%2Forders-dev", `said.push(document.querySelector('#detail h2').textContent);
			said.push(detail().includes('kms.us-east-2.amazonaws.com'));
			said.push(detail().includes('segment dev: 1'), document.querySelectorAll('nav [aria-current=true]').length)`,
			[]string{"orders-dev", "true", "true", "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := drive(t, chromium, page, c.hash, helpers+c.script+"\ndocument.title = said.join('|')")
			if want := strings.Join(c.want, "|"); got != want {
				t.Errorf("expected %q, found %q", want, got)
			}
		})
	}
}

// The page asks nothing of any network, and no text of the configuration ends its script.
func TestPageIsAlone(t *testing.T) {
	p := many()
	p.Hubs[0].Endpoints[0].Names = []string{"</script><script>alert(1)</script>"}
	page := p.HTML(nil)
	if strings.Count(page, "<script") != 2 || strings.Count(page, "</script>") != 2 {
		t.Error("expected the page's own two scripts, found others")
	}
	if !strings.Contains(page, `content="default-src 'none'`) {
		t.Error("expected a policy that lets nothing be loaded")
	}
	for _, m := range regexp.MustCompile(`(src|href|url|import|fetch)\s*[=(]`).FindAllString(page, -1) {
		t.Errorf("expected nothing that is loaded, found %s", m)
	}
	if strings.Contains(strings.ReplaceAll(page, "http://www.w3.org/2000/svg", ""), "://") {
		t.Error("expected no address, found one")
	}
}
