package prove

// Whether the templates can be deployed: what cannot be made is not proved.

// conflicts are parts that AWS refuses to make.
func (p *prover) conflicts() {
	for _, c := range p.net.Conflicts {
		p.add(codeConflict, "stack "+c.Source.Stack, c.Source, "%s", c.Text)
	}
}
