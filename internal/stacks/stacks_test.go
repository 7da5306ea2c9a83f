package stacks

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func stack(name, digest string, after ...string) Stack {
	return Stack{Name: name, digest: digest, after: after}
}

func text(stacks []Stack) string {
	var out []string
	for _, s := range stacks {
		out = append(out, fmt.Sprintf("%d %s %s", s.Wave, s.Name, s.Change))
	}
	return strings.Join(out, ", ")
}

func hub(spokes ...string) []Stack {
	out := []Stack{stack("h-network", "1"), stack("h-endpoints", "1", "h-network"), stack("h-dns", "1", "h-endpoints")}
	for _, s := range spokes {
		out = append(out, stack("h-spoke-"+s, s, "h-network"), stack("h-link-"+s, s, "h-spoke-"+s))
		out[2].after = append(out[2].after, "h-spoke-"+s)
		out[2].digest += s
	}
	return out
}

func ordered(t *testing.T, stacks []Stack) []Stack {
	t.Helper()
	out, err := order(stacks)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOrder(t *testing.T) {
	all := hub("a", "b")
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	want := "1 h-network , 2 h-endpoints , 2 h-spoke-a , 2 h-spoke-b , 3 h-dns , 3 h-link-a , 3 h-link-b "
	if got := text(ordered(t, all)); got != want {
		t.Errorf("expected %s\nfound    %s", want, got)
	}
	_, err := order([]Stack{stack("a", "", "b"), stack("b", "", "a")})
	if err == nil || !strings.Contains(err.Error(), "wait for each other") {
		t.Errorf("of a circle: %v", err)
	}
}

func TestCompare(t *testing.T) {
	before, after := ordered(t, hub("a", "old")), ordered(t, hub("a", "new"))
	deploy, gone := Compare(before, after)
	if want, got := "1 h-spoke-new new, 2 h-dns changed, 2 h-link-new new", text(deploy); got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
	if want, got := "cdk destroy --force --exclusively h-link-old h-spoke-old -c x", DestroyLine("cdk", gone, "-c", "x"); got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
	if deploy, gone := Compare(after, after); len(deploy)+len(gone) > 0 {
		t.Error(text(deploy), text(gone))
	}
	if deploy, _ := Compare(nil, after); len(deploy) != len(after) || deploy[0].Change != New {
		t.Error(text(deploy))
	}
}

func TestLine(t *testing.T) {
	all := ordered(t, hub("a"))
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"h-network", "h-endpoints", "h-dns", "h-spoke-a", "h-link-a"},
			"cdk deploy h-network h-endpoints h-spoke-a h-dns h-link-a -v"},
		{[]string{"h-link-a", "h-spoke-a"}, "cdk deploy h-spoke-a h-link-a --exclusively -v"},
		{[]string{"h-network"}, "cdk deploy h-network -v"},
		{[]string{"h-endpoints", "h-network"}, "cdk deploy h-network h-endpoints -v"},
	} {
		if got := Line("cdk", Select(all, c.names), "-v"); got != c.want {
			t.Errorf("expected %q, found %q", c.want, got)
		}
	}
}
