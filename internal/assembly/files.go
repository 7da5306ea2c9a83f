package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"

	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

// maxFile bounds a file, and maxFiles all of them: CloudFormation takes templates of 1 MB, and the largest hubs that tests know
// have 3,000 stacks.
const maxFile, maxFiles = 64 << 20, 1 << 30

type manifest struct {
	Version   string                      `json:"version"`
	Artifacts map[string]manifestArtifact `json:"artifacts"`
}

type manifestArtifact struct {
	Dependencies []string `json:"dependencies"`
	Type         string   `json:"type"`
	Environment  string   `json:"environment"`
	MetadataFile string   `json:"additionalMetadataFile"`
	Properties   struct {
		TemplateFile  string            `json:"templateFile"`
		File          string            `json:"file"`
		StackName     string            `json:"stackName"`
		Tags          map[string]string `json:"tags"`
		DirectoryName string            `json:"directoryName"`
		DeployRole    string            `json:"assumeRoleArn"`
		ExecutionRole string            `json:"cloudFormationExecutionRoleArn"`
		LookupRole    struct {
			ARN string `json:"arn"`
		} `json:"lookupRole"`
		Bootstrap        string `json:"bootstrapStackVersionSsmParameter"`
		BootstrapVersion int    `json:"requiresBootstrapStackVersion"`
	} `json:"properties"`
}

// checkVersion refuses what is no manifest, and one of a version that may say what nobody here knows.
func (m *manifest) checkVersion(file string) error {
	major, _, _ := strings.Cut(m.Version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < 1 {
		return fmt.Errorf("%s: %q is not the version of a cloud assembly", file, m.Version)
	} else if n > newest {
		return fmt.Errorf("%s: the assembly has schema version %s, and this program knows up to %d; use a newer sharedhub, or an older CDK",
			file, m.Version, newest)
	}
	return nil
}

// Files are the files that the assembly in a folder lists, without those of assemblies in it.
func Files(dir string) ([]string, error) {
	r, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	defer r.root.Close()
	var m manifest
	if err := r.json(filepath.Join(dir, "manifest.json"), &m); err != nil {
		return nil, err
	}
	var files []string
	for _, a := range m.Artifacts {
		for _, name := range []string{a.Properties.TemplateFile, a.Properties.File, a.MetadataFile} {
			if name != "" {
				files = append(files, name)
			}
		}
	}
	return files, nil
}

// inside joins a manifest's path to its folder, and refuses to leave it.
func inside(dir, name string) (string, error) {
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("%q is not a path inside the assembly", name)
	}
	return filepath.Join(dir, name), nil
}

// folder reads an assembly's files, which may be anybody's. Several may be read at a time.
type folder struct {
	dir  string
	root *os.Root
	size atomic.Int64 // of what was read
	// idle are decoders that nobody uses now: as many as files were read at a time.
	idle chan *decoder
}

func openFolder(dir string) (*folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, noAssembly(dir, err)
	}
	return &folder{dir: dir, root: root, idle: make(chan *decoder, runtime.GOMAXPROCS(0))}, nil
}

func noAssembly(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is no cloud assembly: it has no manifest.json; run %s or cdk synth first", dir, diag.Program())
	}
	return err
}

func (r *folder) json(file string, into any) error {
	name, err := filepath.Rel(r.dir, file)
	if err != nil {
		return err
	}
	b, err := safefile.Read(r.root, name, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		return fmt.Errorf("%s: %s", file, safefile.Plain(err))
	}
	if r.size.Add(int64(len(b))) > maxFiles {
		return fmt.Errorf("%s: the assembly has more than %d bytes", r.dir, maxFiles)
	}
	if m, ok := into.(*map[string]any); ok {
		*m, err = r.object(b)
	} else {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		return fmt.Errorf("%s is not JSON of the expected form: %w", file, err)
	}
	return nil
}

// object decodes a template by a decoder that knows the words of earlier ones.
func (r *folder) object(b []byte) (map[string]any, error) {
	var d *decoder
	select {
	case d = <-r.idle:
	default:
		d = &decoder{}
	}
	m, err := d.object(b)
	select {
	case r.idle <- d:
	default:
	}
	return m, err
}
