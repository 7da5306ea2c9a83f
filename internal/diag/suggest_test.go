package diag

import (
	"strings"
	"testing"
)

func TestSuggest(t *testing.T) {
	services := []string{"ecr.api", "ecr.dkr", "kms", "sqs", "sns", "logs", "monitoring"}
	for _, c := range []struct{ word, want string }{
		{"ecr.dkt", "ecr.dkr"}, {"ecr", "ecr.api ecr.dkr"}, {"dkr", "ecr.dkr"}, {"logz", "logs"}, {"monitorign", "monitoring"}, {"zzzzz", ""},
		{"sqs", "sns"}, {"", ""},
	} {
		if got := strings.Join(Suggest(c.word, services), " "); got != c.want {
			t.Errorf("Suggest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"kitten", "sitting", 3}, {"a", "abcdef", 4}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
