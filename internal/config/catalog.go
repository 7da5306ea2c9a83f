package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config/file"
	"sharedhub/internal/diag"
	"sharedhub/internal/safefile"
)

// CatalogFile is where a configuration keeps what the user's own account was told of a region's services.
func CatalogFile(dir, region string) string { return filepath.Join(dir, "catalog", region+".json") }

// ReadCatalog is what is known of a region's services: the embedded catalogue, with the folder's own file over it where it has
// one.
func ReadCatalog(dir, region string) (*catalog.Catalog, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return catalog.For(region, nil), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s", safefile.Plain(err))
	}
	defer root.Close()
	b, err := file.ReadLimited(root, CatalogFile("", region))
	if errors.Is(err, fs.ErrNotExist) {
		return catalog.For(region, nil), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s", safefile.Plain(err))
	}
	var unplain diag.List
	if !file.Text("", b, &unplain).PlainJSON(b, file.Unreadable) {
		return nil, fmt.Errorf("line %d: %s", unplain[0].Where.(diag.Position).Line, unplain[0].Summary)
	}
	own, err := catalog.ParseObservation(b, region)
	if err != nil {
		return nil, err
	}
	return catalog.For(region, own), nil
}

func (r *resolver) catalog(h *hubFile) {
	cat, err := ReadCatalog(r.cfg.Dir, h.hub.Region)
	if err != nil {
		cat = catalog.For(h.hub.Region, nil)
		file.Text(CatalogFile(r.cfg.named, h.hub.Region), nil, r.diags).
			ErrorAt(file.Unreadable, 0, "take the file away to use the embedded catalogue", "%v", err)
	}
	h.hub.Catalog = cat
}
