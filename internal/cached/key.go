package cached

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sharedhub/internal/cli"
	"sharedhub/internal/config"
)

// key stands for all that an assembly is made of: the program's own bytes, in which the CDK is, the plan, the spokes asked for, and
// what the CDK reads besides. It is "" where that cannot be told.
func (s *store) key(cfg *config.Config, opt cli.SynthOptions) string {
	program, err1 := s.program()
	plan, err2 := PlanDigest(cfg.Hubs)
	around, err3 := surroundings(os.Environ())
	text, err4 := json.Marshal([]any{program, plan, opt.Only, around})
	if errors.Join(err1, err2, err3, err4) != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// without are variables of the CDK CLI that name files, and the beginning of those that keep jsii from speaking of Node.js's age.
var without, silence = []string{"CDK_OUTDIR", "CDK_ERROR_FILE", "CDK_PERF_COUNTERS_FILE"}, "JSII_SILENCE_WARNING"

// surroundings are the variables that the CDK, jsii and Node.js read, and the cdk.json of the folder, which the program reads where
// the CDK CLI does not hand it over.
func surroundings(environment []string) ([]string, error) {
	var out []string
	context := false
	for _, e := range environment {
		name, value, _ := strings.Cut(e, "=")
		prefix, _, _ := strings.Cut(name, "_")
		switch {
		case name == "CONTEXT_OVERFLOW_LOCATION":
			return nil, errors.New("the context is in a file")
		case name == "CDK_CONTEXT_JSON" && value != "":
			context = true
			value, err := withoutIdle(value)
			if err != nil {
				return nil, err
			}
			out = append(out, name+"="+value)
		case slices.Contains(without, name) || strings.HasPrefix(name, silence):
		case slices.Contains([]string{"CDK", "JSII", "NODE"}, prefix):
			out = append(out, e)
		}
	}
	slices.Sort(out)
	if context {
		return out, nil
	}
	own, err := os.ReadFile("cdk.json")
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	return append(out, "cdk.json", string(own)), err
}

// withoutIdle leaves out of the context what changes nothing here and differs between cdk list, diff and deploy: which stacks'
// assets are built, of which there are none, and where the configuration is, whose plan is in the key.
func withoutIdle(text string) (string, error) {
	var context map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &context); err != nil {
		return "", err
	}
	delete(context, "aws:cdk:bundling-stacks")
	delete(context, "config")
	b, err := json.Marshal(context)
	return string(b), err
}

// program is the hash of this program's bytes. To hash 170 MB takes 0.1 to 0.7 s, so it is noted which file had which.
func (s *store) program() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	same := fmt.Sprintf("%s %d %d %s", path, info.Size(), info.ModTime().UnixNano(), identity(info))
	name := sha256.Sum256([]byte(same))
	note := hex.EncodeToString(name[:]) + programSuffix
	if b, err := os.ReadFile(filepath.Join(s.dir, note)); err == nil && len(b) == 2*sha256.Size {
		return string(b), nil
	}
	of := sha256.New()
	if _, err := io.Copy(of, f); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(of.Sum(nil))
	_ = s.write(note, []byte(sum))
	return sum, nil
}
