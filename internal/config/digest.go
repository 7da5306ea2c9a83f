package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sharedhub/internal/config/file"
)

// Newest is the file that was written last, and when.
func (c *Config) Newest() (path string, at time.Time) {
	for _, name := range c.read {
		if info, err := os.Stat(filepath.Join(c.Dir, name)); err == nil && info.ModTime().After(at) {
			path, at = filepath.Join(c.named, name), info.ModTime()
		}
	}
	return path, at
}

// Digest is one value for everything that the configuration was read from: the files of hubs and spokes, policies and
// catalogues, each by its path and content. Equal files have equal digests, wherever the folder is.
func (c *Config) Digest() (string, error) {
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	names := slices.Clone(c.read)
	for _, h := range c.Hubs {
		names = append(names, CatalogFile("", h.Region))
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range slices.Compact(names) {
		b, err := file.ReadLimited(root, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a region without a catalogue of its own
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%q %d\n", name, len(b))
		sum.Write(b)
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}
