package cli

import (
	"context"
	"path/filepath"
	"time"

	"sharedhub/internal/allocate"
	"sharedhub/internal/config"
	"sharedhub/internal/edit"
	"sharedhub/internal/revision"
)

// mayMove refuses to move a spoke whose range nobody else has, or that is likely to be deployed: its range can never change.
// What is on the main branch is likely to be deployed, and of two that are, the one that came first.
func (p *program) mayMove(n newSpoke, book *allocate.Book, s config.WrittenSpoke) error {
	if n.notDeployed {
		return nil
	}
	rivals := book.Rivals(n.name, s.In.CIDR)
	if len(rivals) == 0 {
		return p.fail("nobody else has %s of spoke %s, and the range of a deployed spoke can never change; "+
			"--not-deployed changes it all the same", s.In.CIDR, n.name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	h := history{n.dir, revision.MainBranch(ctx, n.dir)}
	since, there := h.since(ctx, s.Name, s.In.CIDR.String())
	for _, r := range rivals {
		if r.Spoke == "" || !there {
			continue
		}
		rival, also := h.since(ctx, r.Spoke, r.Range.String())
		if also && since >= rival {
			continue
		}
		return p.fail("spoke %s has %s on %s, and %s came later, so %s is likely to be deployed and its range can never change; "+
			"%s moves the other one, and --not-deployed this one all the same",
			s.Name, s.In.CIDR, h.branch, r.Spoke, s.Name, p.command("spoke", "add", "--again", r.Spoke))
	}
	return nil
}

// history is what git knows of a configuration's folder.
type history struct{ dir, branch string }

// since is when a spoke's file came to the main branch, in seconds since 1970; false where it is not there with this range.
func (h history) since(ctx context.Context, spoke, cidr string) (int64, bool) {
	if h.branch == "" {
		return 0, false
	}
	text, at, err := revision.Added(ctx, h.dir, h.branch, filepath.Join("spokes", spoke+".yaml"))
	return at, err == nil && edit.Get(text, "cidr") == cidr
}
