package bench

import (
	"fmt"
	"maps"
	"testing"

	"sharedhub/internal/config"
)

// Every configuration that is made is valid, and the same for the same seed.
func TestConfigurations(t *testing.T) {
	all := map[string]Configuration{}
	for seed := range uint64(200) {
		all[fmt.Sprint("random ", seed)] = Random(seed)
		if !maps.Equal(Random(seed), Random(seed)) {
			t.Errorf("seed %d: two configurations", seed)
		}
	}
	for _, sharing := range []string{"zones", "profile"} {
		for _, n := range []int{1, 300} {
			all[fmt.Sprint(n, " spokes, ", sharing)] = Large(n, Accounts(n), sharing)
		}
	}
	for name, c := range all {
		dir := t.TempDir()
		if err := c.Write(dir); err != nil {
			t.Fatal(err)
		}
		cfg, diags := config.Load(dir)
		if cfg == nil {
			t.Errorf("%s: %v", name, diags.Errors())
		} else if len(cfg.Spokes) != len(c)-1 {
			t.Errorf("%s: %d spokes, expected %d", name, len(cfg.Spokes), len(c)-1)
		}
	}
}
