package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"sharedhub/internal/config/file"
)

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
