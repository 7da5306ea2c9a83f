package view

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// random is answers among n things, made of a few kinds so that many are equal, then bent in a few places.
func random(r *rand.Rand) (n int, own []int, answers [][]int) {
	n = 1 + r.IntN(12)
	kinds := 1 + r.IntN(4)
	between := make([][]int, kinds)
	for i := range between {
		between[i] = make([]int, kinds)
		for j := range between[i] {
			between[i][j] = r.IntN(3)
		}
	}
	kind := make([]int, n)
	own = make([]int, n)
	for i := range n {
		kind[i] = r.IntN(kinds)
		own[i] = kind[i] % 2
	}
	answers = make([][]int, n)
	for i := range n {
		answers[i] = make([]int, n)
		for j := range n {
			answers[i][j] = between[kind[i]][kind[j]]
		}
	}
	for range r.IntN(4) {
		answers[r.IntN(n)][r.IntN(n)] = r.IntN(3)
	}
	return n, own, answers
}

// equal says whether two things differ in no answer, by asking for each.
func equal(u, v int, own []int, answers [][]int) bool {
	if own[u] != own[v] || answers[u][v] != answers[v][u] {
		return false
	}
	for w := range answers {
		if w != u && w != v && (answers[u][w] != answers[v][w] || answers[w][u] != answers[w][v]) {
			return false
		}
	}
	return true
}

// Classes never hold two things with different answers, hold all with equal ones, and expand to exactly the full answer.
func TestClassesAgreeWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	merged := 0
	for range 4000 {
		n, own, answers := random(r)
		list := classes(n, own, answers)
		of := make([]int, n)
		count := 0
		for c, members := range list {
			for _, i := range members {
				of[i] = c
				count++
			}
			merged += len(members) - 1
			if !slices.IsSorted(members) || c > 0 && list[c-1][0] >= members[0] {
				t.Fatalf("not in order: %v", list)
			}
		}
		if count != n {
			t.Fatalf("%d of %d things are in a class: %v", count, n, list)
		}
		full := map[string]int{} // from class to class
		for i := range n {
			for j := range n {
				if i == j {
					continue
				}
				if same := of[i] == of[j]; same != equal(i, j, own, answers) {
					t.Fatalf("%d and %d: in one class %v, in %v\nof %v %v", i, j, same, list, own, answers)
				}
				key := fmt.Sprint(of[i], of[j])
				if before, ok := full[key]; ok && before != answers[i][j] {
					t.Fatalf("classes %s answer both %d and %d: %v of %v", key, before, answers[i][j], list, answers)
				}
				full[key] = answers[i][j]
			}
		}
	}
	if merged < 1000 {
		t.Errorf("expected many classes of several, found %d things merged", merged)
	}
}

func BenchmarkClasses(b *testing.B) {
	const n = 1000
	own, answers := make([]int, n), make([][]int, n)
	for i := range n {
		answers[i] = make([]int, n)
		for j := range n {
			answers[i][j] = i % 5 * (j % 5) % 3
		}
	}
	for b.Loop() {
		classes(n, own, answers)
	}
}
