package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Suggest finds the candidates closest to a misspelt word, at most three; none when nothing is near.
func Suggest(word string, candidates []string) []string {
	type near struct {
		name     string
		distance int
	}
	limit := max(1, min(3, len(word)/3))
	var found []near
	lower := strings.ToLower(word)
	for _, c := range candidates {
		d := distance(lower, strings.ToLower(c))
		// "ecr" stands for "ecr.api" and "ecr.dkr" more often than it is a slip of the pen
		if len(word) >= 3 && (strings.HasPrefix(c, lower+".") || strings.HasPrefix(c, lower+"-") || strings.HasSuffix(c, "."+lower)) {
			d = min(d, 1)
		}
		if d <= limit && c != word {
			found = append(found, near{c, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var out []string
	for _, f := range found[:min(3, len(found))] {
		if f.distance == found[0].distance {
			out = append(out, f.name)
		}
	}
	return out
}

// DidYouMean is Suggest as a question, or "" when nothing is near.
func DidYouMean(word string, candidates []string) string {
	s := Suggest(word, candidates)
	if len(s) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(s, " or ") + "?"
}

// mostNames are listed before the others are counted.
const mostNames = 20

// Meant asks whether one of the names is meant, or lists them after some words: "the hubs are ".
func Meant(word string, names []string, are string) string {
	if len(names) == 0 {
		return "there is none"
	}
	listed := are + strings.Join(names, ", ")
	if more := len(names) - mostNames; more > 1 {
		listed = fmt.Sprintf("%s%s and %d more", are, strings.Join(names[:mostNames], ", "), more)
	}
	return cmp.Or(DidYouMean(word, names), listed)
}

// distance is the optimal string alignment distance: insert, delete, replace or swap neighbours, each costs one.
func distance(a, b string) int {
	if abs(len(a)-len(b)) > 3 {
		return 4 // further than any limit
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, now := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

func abs(x int) int { return max(x, -x) }
