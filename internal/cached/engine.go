// Package cached keeps the cloud assemblies that were synthesised in the user's cache folder. The same program with the same plan
// then takes one from there, without Node.js. What is taken is read and proved as what is new.
package cached

import (
	"context"
	"io"
	"os"

	"sharedhub/internal/cli"
	"sharedhub/internal/config"
)

// Variable of the environment that names another folder than the user's own, or says "off".
const Variable = "SHAREDHUB_CACHE"

// Engine is a cli.Engine that asks another one for what is not in the folder.
type Engine struct {
	cli.Engine
	warn *heard
}

// New takes where warnings go, and what makes the engine, given where its warnings go.
func New(warn io.Writer, start func(warn io.Writer) cli.Engine) *Engine {
	e := &Engine{warn: &heard{to: warn}}
	e.Engine = start(e.warn)
	return e
}

// heard notes whether anything was said.
type heard struct {
	to    io.Writer
	times int
}

func (h *heard) Write(b []byte) (int, error) {
	h.times++
	return h.to.Write(b)
}

// Synth writes the cloud assembly of a configuration to a folder. What an engine warned of is not kept, so that it is said again.
func (e *Engine) Synth(ctx context.Context, cfg *config.Config, opt cli.SynthOptions) error {
	key := ""
	var s *store
	if usable(opt) {
		if s = open(os.Getenv(Variable)); s != nil {
			key = s.key(cfg, opt)
		}
	}
	if key == "" {
		return e.Engine.Synth(ctx, cfg, opt)
	}
	if s.take(key, opt.Out) {
		if opt.Cached != nil {
			opt.Cached()
		}
		return nil
	}
	before := e.warn.times
	if err := e.Engine.Synth(ctx, cfg, opt); err != nil {
		return err
	}
	if e.warn.times == before && s.key(cfg, opt) == key { // cdk.json may have been changed meanwhile
		s.keep(key, opt.Out)
	}
	return nil
}

// usable is false where somebody wants to see how an assembly is made, or what the CDK says of it.
func usable(opt cli.SynthOptions) bool {
	validation := os.Getenv("CDK_VALIDATION")
	return !opt.Fresh && !opt.Plain && !opt.Validate && !opt.Trace && opt.CPUProfile == "" && (validation == "" || validation == "false")
}
