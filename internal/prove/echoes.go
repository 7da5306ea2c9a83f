package prove

import (
	"slices"
	"strings"

	"sharedhub/internal/config"
	"sharedhub/internal/diag"
)

// echoing are the codes of findings that follow where a value, or whether there is a part, is decided only by AWS: what should be there
// seems to be missing, or to be another. What is there by itself, such as a way in, is no echo.
var echoing = []diag.Code{codePart, codeGateway, codeVPC, codeRoute, codeAmbiguous, codeRule, codePolicy, codeEndpoint, codeSharing,
	codeProfile, codeReader, codeOutput, codeSegment, codePath, codeName, codeLogs, codeOrder}

// leaveOutEchoes takes away what follows from undecided parts of a hub, and counts it: what is told first is what to decide.
func (p *prover) leaveOutEchoes() {
	undecided := map[string]bool{}
	for _, f := range p.Findings {
		if f.Code == codeUndecided {
			for _, h := range p.hubsOf(f.Subject) {
				undecided[h] = true
			}
		}
	}
	if len(undecided) == 0 {
		return
	}
	before := len(p.Findings)
	p.Findings = slices.DeleteFunc(p.Findings, func(f diag.Diagnostic) bool {
		return slices.Contains(echoing, f.Code) && slices.ContainsFunc(p.hubsOf(f.Subject), func(h string) bool { return undecided[h] })
	})
	p.LeftOut = before - len(p.Findings)
}

// hubsOf are the names of the hubs that a finding's subject is of: all, where it does not say.
func (p *prover) hubsOf(subject string) []string {
	kind, name, _ := strings.Cut(subject, " ")
	var out []string
	for _, h := range p.cfg.Hubs {
		var of bool
		switch kind {
		case "hub":
			of = h.Name == name
		case "spoke":
			of = slices.ContainsFunc(h.Spokes, func(s *config.Spoke) bool { return s.Name == name })
		case "external":
			of = slices.ContainsFunc(h.External, func(e config.External) bool { return e.Name == name })
		case "stack":
			of = p.stackOf(h, name)
		case "role":
			of = strings.Contains(name, "/"+h.Name+"-")
		default:
			of = true
		}
		if of {
			out = append(out, h.Name)
		}
	}
	return out
}
