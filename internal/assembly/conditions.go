package assembly

// Conditions: what a template decides by its parameters and pseudo parameters; what only AWS knows stays undecided.

type truth int

const (
	no truth = iota
	yes
	undecided
)

func (r *resolver) ifElse(s *Stack, arg any, path string) any {
	a, ok := arg.([]any)
	if !ok || len(a) != 3 {
		fail(s, path, "takes a condition and two values, not %s", show(arg))
	}
	name, _ := a[0].(string)
	switch r.condition(s, name, path) {
	case yes:
		return r.value(s, a[1], path)
	case no:
		return r.value(s, a[2], path)
	case undecided:
	}
	return r.note(s, path, "condition "+name+" depends on what only AWS knows", a[1], a[2])
}

func (r *resolver) condition(s *Stack, name, path string) truth {
	c, ok := section(s, "Conditions")[name]
	if !ok {
		fail(s, path, "there is no condition %q", name)
	}
	key := s.ID + "/Conditions." + name
	if v, ok := r.done[key].(truth); ok {
		return v
	}
	defer r.enter(s, "Conditions."+name, path)()
	v := r.decide(s, c, "Conditions."+name)
	r.done[key] = v
	return v
}

func (r *resolver) decide(s *Stack, c any, path string) truth {
	m, ok := c.(map[string]any)
	if !ok || len(m) != 1 {
		fail(s, path, "is not a condition: %s", show(c))
	}
	for k, arg := range m {
		if k == "Condition" {
			name, _ := arg.(string)
			return r.condition(s, name, path)
		}
		args, ok := arg.([]any)
		if !ok || len(args) == 0 {
			fail(s, path, "%s takes a list", k)
		}
		switch k {
		case "Fn::Equals":
			if len(args) != 2 {
				fail(s, path, "%s takes two values", k)
			}
			a, b := r.text(s, args[0], path), r.text(s, args[1], path)
			if a != b && (Symbolic(a) || Symbolic(b)) {
				return undecided
			}
			return isTrue(a == b)
		case "Fn::Not":
			switch r.decide(s, args[0], path) {
			case yes:
				return no
			case no:
				return yes
			case undecided:
			}
			return undecided
		case "Fn::And", "Fn::Or":
			stop, out := no, yes // And: one no decides
			if k == "Fn::Or" {
				stop, out = yes, no
			}
			for _, a := range args {
				one := r.decide(s, a, path)
				if one == stop {
					return stop
				}
				if one == undecided {
					out = undecided
				}
			}
			return out
		default:
			fail(s, path, "unknown condition function %s", k)
		}
	}
	return undecided
}

func isTrue(b bool) truth {
	if b {
		return yes
	}
	return no
}
