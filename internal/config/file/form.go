package file

import (
	"regexp"
	"sync"
)

// form is a regular expression that is compiled when it is first needed: to compile all of them took a tenth of the program's
// start, and a command needs a few.
type form struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

func lazy(text string) *form { return &form{text: text} }

func (f *form) compiled() *regexp.Regexp {
	f.once.Do(func() { f.re = regexp.MustCompile(f.text) })
	return f.re
}

func (f *form) MatchString(s string) bool { return f.compiled().MatchString(s) }

func (f *form) FindStringSubmatch(s string) []string { return f.compiled().FindStringSubmatch(s) }

// String is the expression as it is written.
func (f *form) String() string { return f.text }
