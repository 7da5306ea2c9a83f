// Package view prints who reaches whom for people: VPCs with equal answers are one group, and the groups one matrix.
package view

import "slices"

// classes puts those of n things together whose answers are equal: to and from every other, among themselves, and what own
// says of each. Answer i, j is what i gets of j; it is not asked for i and i. Each class is sorted, and they are by their first.
//
// Two things u and v are equal where answers u, w and v, w are the same for every other w, likewise w, u and w, v, and also u, v
// and v, u. That is an equivalence: so all pairs within a class, and all between two classes, have one answer each.
func classes(n int, own []int, answers [][]int) [][]int {
	in := make([]int, n) // the class of each, or -1
	for i := range in {
		in[i] = -1
	}
	var out [][]int
	all := digests(n, own, answers)
	for _, inside := range insides(n, answers) {
		var order []digest
		found := map[digest][]int{}
		for i := range n {
			key := all[i] // with the answer within its class for itself, two of a class that answer each other so have the same
			key.add(i, inside, inside)
			if found[key] == nil {
				order = append(order, key)
			}
			found[key] = append(found[key], i)
		}
		for _, key := range order {
			if len(found[key]) > 1 {
				for _, i := range found[key] {
					in[i] = len(out)
				}
				out = append(out, found[key])
			}
		}
	}
	for i := range n {
		if in[i] < 0 {
			out = append(out, []int{i})
		}
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

// insides are the answers that things of one class can give each other.
func insides(n int, answers [][]int) []int {
	seen := map[int]bool{}
	var out []int
	for i := range n {
		for j := range n {
			if i != j && answers[i][j] == answers[j][i] && !seen[answers[i][j]] {
				seen[answers[i][j]] = true
				out = append(out, answers[i][j])
			}
		}
	}
	return out
}

// digest sums what it is told, in any order, so that one term can be taken for another.
type digest [2]uint64

func (d *digest) add(parts ...int) {
	for i, h := range [2]uint64{0x9e3779b97f4a7c15, 0xd1b54a32d192ed03} {
		for _, p := range parts { // the finaliser of SplitMix64, for each part
			h = (h ^ uint64(p)) * 0xbf58476d1ce4e5b9
			h = (h ^ h>>27) * 0x94d049bb133111eb
			h ^= h >> 31
		}
		d[i] += h
	}
}

// digests are all that each thing answers and is answered, but for itself.
func digests(n int, own []int, answers [][]int) []digest {
	out := make([]digest, n)
	for i := range n {
		out[i].add(-1, own[i])
		for j := range n {
			if j != i {
				out[i].add(j, answers[i][j], answers[j][i])
			}
		}
	}
	return out
}
