package file

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"sharedhub/internal/diag"
)

var (
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
	dynamicReference = lazy(`(?i)\{\{\s*resolve\s*:`)
	// aws-cdk-lib, core/lib/private/encoding.ts: ${Token[…]} in texts and #{Token[…]} in lists
	cdkToken = lazy(`(?i)[$#]\{\s*token\s*\[`)
)

// notText says why a string may not reach a template: CloudFormation, the CDK or whoever reads the template would take it
// for more than text. It is "" where the string is plain.
func notText(s string) string {
	switch {
	case printable(s) && !strings.Contains(s, "{"):
		return ""
	case dynamicReference.MatchString(s):
		return "{{resolve:, which CloudFormation replaces when it deploys"
	case cdkToken.MatchString(s):
		return "a token of the CDK"
	}
	for _, r := range s {
		switch why := notShown(r); {
		case why != "":
			return why
		case unicode.In(r, unicode.Co, unicode.Cs):
			return fmt.Sprintf("the private-use character %U", r)
		}
	}
	return ""
}

// printable is true for what needs no closer look: ASCII that shows.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// notShown says why a reader does not see a character; it is "" for one that shows.
func notShown(r rune) string {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
		return fmt.Sprintf("the control character %U", r)
	case unicode.Is(unicode.Cf, r):
		return fmt.Sprintf("the format character %U, which does not show", r)
	}
	return ""
}

// shown reports what makes a file another one for YAML than for whoever reviews it, in comments too: characters that begin a
// new line for YAML alone, which a comment then hides, and those that order text anew (trojansource.codes).
func (f *File) shown() bool {
	good := true
	for i, line := range f.lines {
		if printable(line) {
			continue
		}
		line = strings.TrimSuffix(line, "\r")
		if i == 0 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		for at, r := range line {
			if why := notShown(r); why != "" && !strings.ContainsRune(harmless, r) {
				f.report(diag.Error, Syntax, place{line: i + 1, column: utf8.RuneCountInString(line[:at]) + 1, length: 1},
					"take it out; a value may not hold it, and a comment could hide a key with it", "the line holds "+why)
				good = false
				break
			}
		}
	}
	return good
}

// harmless are the tab, and what joins letters and emoji: comments may hold them, values are checked by themselves.
const harmless = "\t\u200c\u200d"

const notTextFix = "write plain text: letters, digits, spaces and punctuation"

// inherited are what each object of JavaScript has, so the CDK cannot tell a key of the same name from its own.
var inherited = []string{
	"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor", "hasOwnProperty",
	"isPrototypeOf", "propertyIsEnumerable", "prototype", "toJSON", "toLocaleString", "toString", "valueOf",
}

// notKey is notText for a key of a mapping that CDK or CloudFormation may see.
func notKey(s string) string {
	switch {
	case slices.Contains(inherited, s):
		return "a name of JavaScript's own, which the CDK cannot take"
	case strings.HasPrefix(s, "$jsii"):
		return "a name of the CDK's own"
	case s == "Ref" || strings.HasPrefix(s, "Fn::"):
		return "a function of CloudFormation"
	}
	return ""
}

// plain reports what is more than text below a node, and tags (!!bool) that do not fit their values.
func (f *File) plain(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle != 0 && !tagFits(n) {
		f.report(diag.Error, Value, placeOf(n), "take the tag out", diag.Sprintf("the value is not of the type that its tag %q names", n.Tag))
	}
	if n.Kind == yaml.ScalarNode {
		if why := notText(n.Value); why != "" {
			f.report(diag.Error, Value, placeOf(n), notTextFix, diag.Sprintf("%q holds ", n.Value)+why)
		}
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if why := notKey(c.Value); why != "" {
				f.report(diag.Error, Key, placeOf(c), "use another name", diag.Sprintf("key %q is ", c.Value)+why)
			}
		}
		f.plain(c)
	}
}

func tagFits(n *yaml.Node) bool {
	switch tag := n.ShortTag(); {
	case n.Kind == yaml.MappingNode:
		return tag == "!!map"
	case n.Kind == yaml.SequenceNode:
		return tag == "!!seq"
	case tag == "!!bool":
		return strings.EqualFold(n.Value, "true") || strings.EqualFold(n.Value, "false")
	case tag == "!!int":
		_, err := strconv.ParseInt(n.Value, 10, 64)
		return err == nil
	default: // no value here is of another type
		return tag == "!!str"
	}
}

// maxDepth bounds how deep JSON nests: a policy and a catalogue file need six levels.
const maxDepth = 50

// PlainJSON reports, with a code, what is more than text in a JSON file. What is no JSON is for its reader to say.
func (f *File) PlainJSON(b []byte, code diag.Code) bool {
	if !utf8.Valid(b) {
		f.ErrorAt(code, 0, "save the file as UTF-8", "not UTF-8 text")
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	line, counted, good, depth := 1, 0, true, 0
	for {
		token, err := dec.Token()
		if err != nil {
			return good
		}
		s, ok := token.(string)
		if !ok {
			switch token {
			case json.Delim('{'), json.Delim('['):
				depth++
			case json.Delim('}'), json.Delim(']'):
				depth--
			}
			if depth > maxDepth {
				f.ErrorAt(code, line, "write it flatter", "more than %d objects and lists within each other", maxDepth)
				return false
			}
			continue
		}
		end := int(dec.InputOffset())
		line, counted = line+bytes.Count(b[counted:end], []byte("\n")), end
		if why := notText(s); why != "" {
			f.ErrorAt(code, line, notTextFix, "%s", diag.Sprintf("%q holds ", s)+why)
			good = false
		} else if why := notKey(s); why != "" && bytes.HasPrefix(bytes.TrimLeft(b[end:], " \t\r\n"), []byte(":")) {
			f.ErrorAt(code, line, "use another name", "%s", diag.Sprintf("key %q is ", s)+why)
			good = false
		}
	}
}
