package assembly

import (
	"regexp"
	"slices"
	"strings"
)

// Values that travel by SSM parameters: a stack of the assembly writes one, and others read it by a parameter of the type
// AWS::SSM::Parameter::Value or by a dynamic reference. Who deploys in the order of the assembly reads what was written.

// written is a value that a stack writes under a name.
type writtenValue struct {
	stack *Stack
	// account and region where it is written, "" where the app left them open.
	account, region string
	value           any
	path            string
}

// export is an output that other stacks of its account and region read by a name.
type export struct {
	stack  *Stack
	output string
}

// gather collects what the stacks write for others: exports, SSM parameters, and what the CDK's custom resource writes into
// another region. Their names depend on no resource.
func (r *resolver) gather() {
	for _, s := range r.assembly.Stacks {
		for _, name := range keys(section(s, "Outputs")) {
			o, _ := section(s, "Outputs")[name].(map[string]any)
			if e, ok := o["Export"].(map[string]any); ok && !r.absent(s, "Outputs", name) {
				if n := r.nameOf(s, e["Name"]); n != "" {
					r.exports[n] = append(r.exports[n], export{s, name})
				}
			}
		}
		for _, id := range keys(section(s, "Resources")) {
			res, _ := section(s, "Resources")[id].(map[string]any)
			props, _ := res["Properties"].(map[string]any)
			path := "Resources." + id + ".Properties"
			switch res["Type"] {
			case "AWS::SSM::Parameter":
				if n := r.nameOf(s, props["Name"]); n != "" && !r.absent(s, "Resources", id) {
					r.parameters[n] = append(r.parameters[n], writtenValue{s, s.Account, s.Region, props["Value"], path + ".Value"})
				}
			case "Custom::CrossRegionExportWriter": // crossRegionReferences of the CDK
				w, _ := props["WriterProps"].(map[string]any)
				exports, _ := w["exports"].(map[string]any)
				for n, v := range exports {
					region := r.nameOf(s, w["region"])
					r.parameters[n] = append(r.parameters[n], writtenValue{s, s.Account, region, v, path + ".WriterProps.exports"})
				}
			}
		}
	}
}

// nameOf is a name that a template gives; "" where only AWS knows it.
func (r *resolver) nameOf(s *Stack, v any) string {
	if name, ok := v.(string); ok {
		return name
	}
	name, _ := r.tried(func() any { return r.text(s, v, "Name") }).(string)
	if Symbolic(name) && !strings.Contains(name, "/AWS::") {
		return ""
	}
	return openEnvironment(name)
}

// openEnvironment writes an account and a region that the app left open in one way for all stacks.
func openEnvironment(name string) string { return pseudo.ReplaceAllString(name, "<$1>") }

var pseudo = regexp.MustCompile(symbolOpen + `[^` + symbolClose + `]*/(AWS::(?:AccountId|Region|Partition|URLSuffix))` + symbolClose)

// near finds the one of a list that is in a stack's account and region, or the only one that may be.
func near[T any](list []T, s *Stack, where func(T) (account, region string)) (found T, ok bool) {
	maybe := 0
	for _, e := range list {
		account, region := where(e)
		if account == s.Account && region == s.Region {
			return e, true
		}
		if (account == "" || s.Account == "" || account == s.Account) && (region == "" || s.Region == "" || region == s.Region) {
			maybe++
			found = e
		}
	}
	return found, maybe == 1
}

// parameter is the value of an SSM parameter that a stack of the assembly writes.
func (r *resolver) parameter(s *Stack, name string) (any, bool) {
	at := *s // the place that is asked: an ARN names another
	if f := strings.SplitN(name, ":", 6); len(f) == 6 && f[0] == "arn" {
		at.Region, at.Account, name = f[3], f[4], "/"+strings.TrimPrefix(strings.TrimPrefix(f[5], "parameter"), "/")
	}
	w, ok := near(r.parameters[openEnvironment(name)], &at, func(w writtenValue) (string, string) { return w.account, w.region })
	if !ok {
		return nil, false
	}
	key := w.stack.ID + "/ssm:" + name
	if v, ok := r.done[key]; ok {
		return v, true
	}
	defer r.enter(w.stack, "ssm:"+name, w.path)()
	v := r.dynamic(w.stack, r.value(w.stack, w.value, w.path))
	r.done[key] = v
	return v, true
}

// reference is a dynamic reference to an SSM parameter, with a version or without.
var reference = regexp.MustCompile(`\{\{resolve:ssm:((?:[^:}]|AWS::[A-Za-z]+)+)(?::\d+)?\}\}`)

// otherReference is one to a secret, or to a parameter that no stack of the assembly writes.
var otherReference = regexp.MustCompile(`\{\{resolve:([^{}]*)\}\}`)

const dynamicOpen = "{{resolve:"

// dynamicIn is true for a value with a dynamic reference in it.
func dynamicIn(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, dynamicOpen)
	case []any:
		return slices.ContainsFunc(v, dynamicIn)
	case map[string]any:
		for _, e := range v {
			if dynamicIn(e) {
				return true
			}
		}
	}
	return false
}

// dynamic puts values for dynamic references, as CloudFormation does after all functions are carried out.
func (r *resolver) dynamic(s *Stack, v any) any {
	if !dynamicIn(v) { // which may be a part of the template, as it is written
		return v
	}
	switch v := v.(type) {
	case string:
		v = reference.ReplaceAllStringFunc(v, func(m string) string {
			name := reference.FindStringSubmatch(m)[1]
			if value, ok := r.parameter(s, name); ok {
				return toText(s, value, name)
			}
			name = strings.NewReplacer("/", ":", symbolOpen, "", symbolClose, "").Replace(strings.Trim(name, "/"))
			return symbolOpen + s.Account + "/" + s.Region + "/SSM parameter " + name + symbolClose
		})
		return otherReference.ReplaceAllStringFunc(v, func(m string) string {
			name := otherReference.FindStringSubmatch(m)[1]
			return symbolOpen + "resolve:" + s.Account + "/" + s.Region + "/" + strings.ReplaceAll(name, "/", "|") + symbolClose
		})
	case []any: // copied: other templates may hold the same list
		out := make([]any, len(v))
		for i := range v {
			out[i] = r.dynamic(s, v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = r.dynamic(s, v[k])
		}
		return out
	}
	return v
}
