package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sharedhub/internal/schema"
)

// An editor with the YAML language server of VS Code's YAML extension completes keys and values of a file with the modeline, shows
// a key's comment, and marks what is wrong.
func TestEditor(t *testing.T) {
	t.Parallel()
	server, err := filepath.Abs("testdata/node_modules/.bin/yaml-language-server")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(server); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the language server is not installed: npm ci in internal/e2e/testdata")
		}
		t.Skip("not run: the language server is not installed (npm ci in internal/e2e/testdata)")
	}
	dir := t.TempDir()
	for _, kind := range schema.Kinds {
		put(t, filepath.Join(dir, "config/.schema", kind+".json"), string(schema.Of(kind)))
	}
	const modeline = "# yaml-language-server: $schema=../.schema/%s.json\n"
	spoke := filepath.Join(dir, "config/spokes/payments.yaml")
	put(t, spoke, fmt.Sprintf(modeline, "spoke")+"hub: use1\nsegment: prod\nstate: \nga\ntiers: {private: {size: 2}}\nnope: 1\n")
	hub := filepath.Join(dir, "config/hubs/use1.yaml")
	put(t, hub, fmt.Sprintf(modeline, "hub")+"region: us-east-1\nendpoints:\n  services:\n    - ecr\ndns: {sharing: }\n")

	e := startEditor(t, server, dir)
	e.open(spoke)
	e.open(hub)
	e.completes(spoke, 3, 7, "attached", "detached")
	e.completes(spoke, 4, 2, "gatewayEndpoints")
	e.completes(hub, 4, 9, "ecr.api", "ecr.dkr")
	e.completes(hub, 5, 15, "zones", "profile")
	e.hovers(spoke, 2, 1, "Segment of the hub to join")
	e.hovers(hub, 1, 1, "Region of the hub and all its spokes")
	e.marks(spoke, "nope", "account", "cidr")
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// editor speaks the language server protocol, as an editor does.
type editor struct {
	t       *testing.T
	in      io.Writer
	answers chan message
	// marked are the diagnostics of each file.
	marked map[string]string
	id     int
}

type message struct {
	ID     any             `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params json.RawMessage `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  json.RawMessage `json:"error,omitempty"`
}

// patience is how long the server may take to answer, on a machine that does other things too.
const patience = 2 * time.Minute

func startEditor(t *testing.T, server, dir string) *editor {
	t.Helper()
	cmd := exec.Command(server, "--stdio")
	cmd.Dir = dir
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	e := &editor{t: t, in: in, answers: make(chan message, 100), marked: map[string]string{}}
	go e.read(bufio.NewReader(out))
	e.ask("initialize", map[string]any{"processId": os.Getpid(), "rootUri": "file://" + dir, "capabilities": map[string]any{
		"workspace":    map[string]any{"configuration": true},
		"textDocument": map[string]any{"hover": map[string]any{"contentFormat": []string{"markdown"}}},
	}, "workspaceFolders": []map[string]string{{"uri": "file://" + dir, "name": "x"}}})
	e.tell("initialized", map[string]any{})
	return e
}

// read takes the server's messages apart.
func (e *editor) read(r *bufio.Reader) {
	defer close(e.answers)
	for {
		length := 0
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimSpace(line); line == "" {
				break
			}
			_, _ = fmt.Sscanf(line, "Content-Length: %d", &length)
		}
		b := make([]byte, length)
		if _, err := io.ReadFull(r, b); err != nil {
			return
		}
		var m message
		if json.Unmarshal(b, &m) == nil {
			e.answers <- m
		}
	}
}

func (e *editor) send(m any) {
	e.t.Helper()
	b, err := json.Marshal(m)
	if err == nil {
		_, err = fmt.Fprintf(e.in, "Content-Length: %d\r\n\r\n%s", len(b), b)
	}
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *editor) tell(method string, params any) {
	e.t.Helper()
	e.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

// ask waits for the answer of a request, and answers what the server asks meanwhile.
func (e *editor) ask(method string, params any) json.RawMessage {
	e.t.Helper()
	e.id++
	e.send(map[string]any{"jsonrpc": "2.0", "id": e.id, "method": method, "params": params})
	late := time.After(patience)
	for {
		m, ok := e.next(late)
		if !ok {
			e.t.Fatalf("%s: no answer", method)
		}
		if id, is := m.ID.(float64); is && int(id) == e.id && m.Method == "" {
			if m.Error != nil {
				e.t.Fatalf("%s: %s", method, m.Error)
			}
			return m.Result
		}
	}
}

// next is the next message, after what is the editor's to answer or to keep.
func (e *editor) next(late <-chan time.Time) (message, bool) {
	select {
	case <-late:
		return message{}, false
	case m, ok := <-e.answers:
		switch {
		case !ok:
			return m, false
		case m.Method == "workspace/configuration":
			var asked struct{ Items []any }
			_ = json.Unmarshal(m.Params, &asked)
			settings := make([]any, len(asked.Items))
			for i := range settings {
				settings[i] = map[string]any{"validate": true, "completion": true, "hover": true, "schemaStore": map[string]any{"enable": false}}
			}
			e.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": settings})
		case m.Method == "textDocument/publishDiagnostics":
			var found struct{ URI string }
			_ = json.Unmarshal(m.Params, &found)
			e.marked[found.URI] = string(m.Params)
		case m.Method != "" && m.ID != nil:
			e.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": nil})
		}
		return m, true
	}
}

func (e *editor) open(file string) {
	e.t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		e.t.Fatal(err)
	}
	e.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": "file://" + file, "languageId": "yaml", "version": 1, "text": string(b)}})
}

// at is a place in a file, as the protocol counts it: from 0.
func at(file string, line, column int) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": "file://" + file},
		"position": map[string]int{"line": line, "character": column}}
}

func (e *editor) completes(file string, line, column int, want ...string) {
	e.t.Helper()
	var list struct{ Items []struct{ Label string } }
	answer := e.ask("textDocument/completion", at(file, line, column))
	if err := json.Unmarshal(answer, &list); err != nil {
		e.t.Fatalf("%v: %s", err, answer)
	}
	labels := map[string]bool{}
	for _, i := range list.Items {
		labels[i.Label] = true
	}
	for _, w := range want {
		if !labels[w] {
			e.t.Errorf("%s, line %d: %s is not offered; those that are: %.400s", filepath.Base(file), line+1, w, answer)
		}
	}
}

func (e *editor) hovers(file string, line, column int, want string) {
	e.t.Helper()
	if answer := string(e.ask("textDocument/hover", at(file, line, column))); !strings.Contains(answer, want) {
		e.t.Errorf("%s, line %d: expected %q, found %s", filepath.Base(file), line+1, want, answer)
	}
}

// marks waits until the mistakes of a file are marked.
func (e *editor) marks(file string, want ...string) {
	e.t.Helper()
	late := time.After(patience)
	for {
		missing := ""
		for _, w := range want {
			if !strings.Contains(e.marked["file://"+file], w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		if _, ok := e.next(late); !ok {
			e.t.Fatalf("%s: %s is not marked: %s", filepath.Base(file), missing, e.marked["file://"+file])
		}
	}
}
