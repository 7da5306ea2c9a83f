package cli

import "sharedhub/internal/config"

// Evidence says what a result was found with: which program, and which configuration.
type Evidence struct {
	Program version `json:"program"`
	// Configuration that was compared with.
	Configuration struct {
		Folder string `json:"folder"`
		// Digest of its files: equal for equal files.
		Digest string `json:"digest"`
	} `json:"configuration"`
}

func (p *program) evidence(cfg *config.Config) (Evidence, error) {
	e := Evidence{Program: thisVersion()}
	e.Configuration.Folder = cfg.Dir
	var err error
	if e.Configuration.Digest, err = cfg.Digest(); err != nil {
		return e, p.fail("%s: %w", cfg.Dir, err)
	}
	return e, nil
}
