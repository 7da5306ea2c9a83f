package cached

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sharedhub/internal/safefile"
)

// store is the folder: an assembly a file, with the hash of its content at the start. What goes wrong in it is no error, since an
// assembly can always be made.
type store struct{ dir string }

const (
	assemblySuffix, programSuffix, compiledSuffix = ".assembly", ".program", ".compiled"
	// most is what the folder may hold in bytes: an assembly takes 20 KB, and one of 1,000 spokes 2 MB.
	most = 128 << 20
	// mostFiles is what an assembly may hold in bytes, as internal/assembly has it.
	mostFiles = 1 << 30
	// abandoned is how old a file is that nobody writes any more, unused how old one that nobody reads.
	abandoned, unused = time.Hour, 30 * 24 * time.Hour
)

// open makes the folder where there is none. It is nil for one that is off, cannot be made, or is somebody else's too.
func open(where string) *store {
	if where == "off" {
		return nil
	}
	if where == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return nil
		}
		where = filepath.Join(base, "sharedhub")
	}
	if err := os.MkdirAll(where, 0o700); err != nil {
		return nil
	}
	info, err := os.Lstat(where)
	if err != nil || !info.IsDir() || !private(info) {
		return nil
	}
	return &store{where}
}

func (s *store) file(key string) string { return filepath.Join(s.dir, key+assemblySuffix) }

// write writes a file whole or not at all, for the user only.
func (s *store) write(name string, b []byte) error { return safefile.ReplaceAs(s.dir, name, b, 0o600) }

// keep adds the assembly in a folder.
func (s *store) keep(key, dir string) {
	b, err := pack(dir)
	if err != nil || len(b) > most/2 {
		return
	}
	if s.write(key+assemblySuffix, append(header(key, b), b...)) == nil {
		s.trim()
	}
}

// header is what a file begins with: what is in it, under which key, and the hash of it.
func header(key string, b []byte) []byte {
	sum := sha256.Sum256(b)
	return []byte("sharedhub assembly 1 " + key + " " + hex.EncodeToString(sum[:]) + "\n")
}

// take writes an assembly to a folder that is empty, and leaves it so where it cannot.
func (s *store) take(key, dir string) bool {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return false
	}
	defer root.Close()
	b, err := safefile.Read(root, key+assemblySuffix, most)
	if err != nil {
		return false
	}
	end := bytes.IndexByte(b, '\n') + 1
	if string(b[:end]) != string(header(key, b[end:])) || unpack(b[end:], dir) != nil {
		_ = os.Remove(s.file(key))
		return false
	}
	now := time.Now()
	_ = os.Chtimes(s.file(key), now, now)
	return true
}

// pack is the files of a folder in one. It refuses what is no file, and what others may not read.
func pack(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	t := tar.NewWriter(z)
	for _, e := range entries {
		if !e.Type().IsRegular() {
			return nil, fmt.Errorf("%s is no file", e.Name())
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		err = t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: e.Name(), Size: int64(len(text)), Mode: 0o644})
		if err != nil {
			return nil, err
		}
		if _, err := t.Write(text); err != nil {
			return nil, err
		}
	}
	err = errors.Join(t.Close(), z.Close())
	return b.Bytes(), err
}

// unpack writes the files to a folder, all or none.
func unpack(b []byte, dir string) (err error) {
	var written []string
	defer func() {
		if err != nil {
			for _, name := range written {
				_ = os.Remove(filepath.Join(dir, name))
			}
		}
	}()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	t := tar.NewReader(io.LimitReader(z, mostFiles))
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || h.Name != filepath.Base(h.Name) || !filepath.IsLocal(h.Name) {
			return fmt.Errorf("%q is not a file of an assembly", h.Name)
		}
		text := make([]byte, h.Size)
		if _, err := io.ReadFull(t, text); err != nil {
			return err
		}
		f, err := os.OpenFile(filepath.Join(dir, h.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		written = append(written, h.Name)
		_, err = f.Write(text)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
}

// trim removes what has not been used for longest, until the folder holds no more than it may, and what was left behind.
func (s *store) trim() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	var kept []fs.FileInfo
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		ext, age := filepath.Ext(e.Name()), time.Since(info.ModTime())
		ours := ext == assemblySuffix || ext == programSuffix || ext == compiledSuffix
		switch {
		case ext == safefile.TempSuffix && age > abandoned, ours && age > unused:
			_ = os.Remove(filepath.Join(s.dir, e.Name()))
		case ours:
			kept = append(kept, info)
			size += info.Size()
		}
	}
	slices.SortFunc(kept, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	for _, info := range kept {
		if size <= most {
			return
		}
		if os.Remove(filepath.Join(s.dir, info.Name())) == nil {
			size -= info.Size()
		}
	}
}
