package config

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

// Written is a folder as it is written: its files are read and looked at one by one. Config says what follows from them
// together, and can be asked again after Put or Remove, which change what is looked at and not the folder.
type Written struct {
	loader
	hubs, spokes, services []*writtenFile
}

// writtenFile is one of them.
type writtenFile struct {
	fileName
	hub     *hubFile
	spoke   *spokeFile
	service *publishedFile
	ok      bool // something in it can be relied on
}

// Open reads a folder. What is wrong with it is Config's to say.
func Open(dir string) *Written { return openAs(dir, dir) }

func openAs(dir, named string) *Written {
	w := &Written{loader: loader{dir: dir, named: named, misspelt: map[string]bool{}}}
	if !w.open() {
		return w
	}
	for _, name := range w.names("hubs", maxHubName) {
		w.hubs = append(w.hubs, &writtenFile{fileName: name, hub: &hubFile{}})
	}
	for _, name := range w.names("spokes", maxSpokeName) {
		w.spokes = append(w.spokes, &writtenFile{fileName: name, spoke: &spokeFile{}})
	}
	w.readAll(w.hubs, "hubs")
	w.readAll(w.spokes, "spokes")
	for _, name := range w.names("services", maxServiceName) {
		w.services = append(w.services, &writtenFile{fileName: name, service: &publishedFile{}})
	}
	w.readAll(w.services, "services")
	if !w.isPart() {
		w.unseen()
	}
	return w
}

// readAll reads the files of one subfolder, which is opened once for all.
func (w *Written) readAll(list []*writtenFile, kind string) {
	folder, err := w.root.OpenRoot(kind)
	if err == nil {
		defer folder.Close()
	}
	atOnce(list, func(f *writtenFile) {
		var b []byte
		var e error
		if err == nil && f.regular {
			b, e = file.ReadListed(folder, filepath.Base(f.path))
		} else {
			b, e = file.ReadLimited(w.root, f.path)
		}
		f.read(w.named, b, e)
	})
}

// open opens the folder; false where there is none.
func (w *Written) open() bool {
	if info, err := os.Stat(w.dir); err != nil {
		what := safefile.Plain(err)
		if whole, e := filepath.Abs(w.dir); e == nil && whole != w.dir {
			what += " (" + whole + ")"
		}
		w.whole(w.named, nearFolder(w.dir)+"name the folder with --config DIR, or begin one: "+diag.Command("init", "my-network"), "%s",
			what)
		return false
	} else if !info.IsDir() {
		w.whole(w.named, "name the folder that holds hubs/ and spokes/", "not a folder")
		return false
	}
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		w.whole(w.named, "", "%s", safefile.Plain(err))
		return false
	}
	w.root = root
	return true
}

// nearFolder asks whether a configuration is meant that is near a folder which is not there: one above, or one of nearly that name.
func nearFolder(dir string) string {
	if filepath.IsAbs(dir) || filepath.Clean(dir) == "." {
		return ""
	}
	for _, up := range []string{"..", filepath.Join("..", ".."), filepath.Join("..", "..", "..")} {
		if found := filepath.Join(up, dir); isFolder(filepath.Join(found, "hubs")) {
			return "did you mean --config " + found + "? Or "
		}
	}
	beside, _ := os.ReadDir(filepath.Dir(dir))
	var names []string
	for _, e := range beside {
		if path := filepath.Join(filepath.Dir(dir), e.Name()); isFolder(filepath.Join(path, "hubs")) {
			names = append(names, path)
		}
	}
	if near := diag.Suggest(filepath.Clean(dir), names); len(near) > 0 {
		return "did you mean --config " + near[0] + "? Or "
	}
	return ""
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Close ends the reading.
func (w *Written) Close() {
	if w.root != nil {
		w.root.Close()
	}
}

// read takes the file's text, or why there is none.
func (f *writtenFile) read(folder string, text []byte, err error) {
	var into any
	switch {
	case f.hub != nil:
		into = &f.hub.in
	case f.service != nil:
		into = &f.service.in
	default:
		into = &f.spoke.in
	}
	var as *file.File
	if path := filepath.Join(folder, f.path); err == nil {
		as, f.ok = file.Parse(path, text, into)
	} else {
		as, f.ok = file.Unread(path, err), false
	}
	switch {
	case f.hub != nil:
		f.hub.File = as
	case f.service != nil:
		f.service.File = as
	default:
		f.spoke.File = as
	}
}

// atOnce does something with each of a list, as many at a time as there are processors.
func atOnce[T any](list []T, do func(T)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(list); i = next.Add(1) - 1 {
				do(list[i])
			}
		})
	}
	wait.Wait()
}

// PutSpoke has a spoke's file, payments.yaml, looked at as if it held this text.
func (w *Written) PutSpoke(base string, text []byte) {
	name := strings.TrimSuffix(base, filepath.Ext(base))
	w.RemoveSpoke(name)
	f := &writtenFile{fileName: fileName{stem: name, path: filepath.Join("spokes", base)}, spoke: &spokeFile{put: true}}
	f.read(w.named, text, nil)
	at, _ := slices.BinarySearchFunc(w.spokes, name, func(f *writtenFile, name string) int { return strings.Compare(f.stem, name) })
	w.spokes = slices.Insert(w.spokes, at, f)
}

// RemoveSpoke has a spoke's file looked at as if it were not there.
func (w *Written) RemoveSpoke(name string) {
	w.spokes = slices.DeleteFunc(w.spokes, func(f *writtenFile) bool { return f.stem == name })
}

// Config is what follows from the files: nil when there is any error; warnings may come with either.
func (w *Written) Config() (*Config, diag.List) {
	if w.root == nil {
		return nil, w.diags
	}
	l := w.loader
	l.diags = slices.Clone(w.diags)
	r := &resolver{cfg: &Config{Dir: w.dir, named: w.named}, root: w.root, diags: &l.diags, policies: map[policyPlace]*policyFile{},
		said: map[policyProblem]bool{}}
	var all []*file.File
	for _, f := range w.hubs {
		h := f.hub
		h.hub, h.given, h.folder = &Hub{Name: f.stem}, nil, folderFlag(w.named)
		h.ReportTo(&l.diags)
		switch {
		case f.ok:
			r.hubs = append(r.hubs, h)
		case h.Partial():
			r.partHubs = append(r.partHubs, h)
		}
		r.hubNames = append(r.hubNames, f.stem)
		r.cfg.read, all = append(r.cfg.read, f.path), append(all, h.File)
	}
	for _, f := range w.spokes {
		s := f.spoke
		s.spoke = &Spoke{Name: f.stem}
		r.written = append(r.written, s)
		s.ReportTo(&l.diags)
		switch {
		case f.ok:
			r.spokes = append(r.spokes, s)
		case s.Partial():
			r.partSpokes = append(r.partSpokes, s)
		}
		r.cfg.read, all = append(r.cfg.read, f.path), append(all, s.File)
	}
	for _, f := range w.services {
		s := f.service
		s.service, s.hub = &Published{Name: f.stem}, nil
		s.ReportTo(&l.diags)
		if f.ok {
			r.services = append(r.services, s)
		}
		r.cfg.read, all = append(r.cfg.read, f.path), append(all, s.File)
	}
	if len(w.hubs) == 0 && !w.misspelt["hubs"] {
		l.noHub()
	}
	r.run()
	for place := range r.policies {
		if !slices.Contains(r.cfg.read, place.name) { // one for each hub and region
			r.cfg.read = append(r.cfg.read, place.name)
		}
	}
	if len(r.written) == 0 && len(l.diags.Errors()) == 0 {
		spokes := filepath.Join(w.named, "spokes")
		l.warn(spokes, "write "+filepath.Join(spokes, "<name>.yaml")+" when there is one", "there is no spoke")
	}
	for _, f := range all {
		f.More()
	}
	l.diags.Sort()
	if len(l.diags.Errors()) > 0 {
		return nil, l.diags
	}
	return r.cfg, l.diags
}
