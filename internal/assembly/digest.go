package assembly

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
)

// Digest of a cloud assembly, "sha256:" and 64 hexadecimal digits: equal for equal files with equal names. Lock files, which
// the CDK CLI writes while it reads an assembly, are left out.
//
// Errors: files that cannot be read, and entries that are neither a folder nor a regular file.
func Digest(dir string) (string, error) {
	r, err := openFolder(dir)
	if err != nil {
		return "", err
	}
	defer r.root.Close()
	file := filepath.Join(dir, "manifest.json")
	var m manifest
	if err := r.json(file, &m); err != nil {
		return "", noAssembly(dir, err)
	}
	if err := m.checkVersion(file); err != nil {
		return "", err
	}
	sum := sha256.New()
	err = fs.WalkDir(r.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() || strings.HasSuffix(name, ".lock"):
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%s/%s is no regular file", dir, name)
		}
		f, err := r.root.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		of := sha256.New()
		if _, err := io.Copy(of, f); err != nil {
			return err
		}
		fmt.Fprintf(sum, "%x  %s\n", of.Sum(nil), name)
		return nil
	})
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), err
}
