package config

import (
	"path/filepath"
	"testing"
)

// The digest changes with each file that the configuration is read from, and with nothing else.
func TestDigest(t *testing.T) {
	files := map[string]string{
		"hubs/use1.yaml": "", "spokes/payments.yaml": standardSpoke,
		"policies/kms.json": `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}`,
	}
	digest := func(change, text string) string {
		t.Helper()
		dir := t.TempDir()
		for name, content := range files {
			write(t, filepath.Join(dir, name), []byte(content))
		}
		if change != "" {
			write(t, filepath.Join(dir, change), []byte(files[change]+text))
		}
		cfg, diags := Load(dir)
		if cfg == nil {
			t.Fatal(diags)
		}
		d, err := cfg.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	files["hubs/use1.yaml"] = "account: \"111111111111\"\nregion: us-east-1\nvpc: {cidr: 10.0.0.0/20}\npools: {prod: [10.16.0.0/12]}\n" +
		"segments: {prod: {}}\nendpoints: {services: [{name: kms, policy: policies/kms.json}]}\n"
	same := digest("", "")
	if again := digest("", ""); again != same {
		t.Errorf("equal files: %s and %s", same, again)
	}
	if other := digest("README.md", "a note"); other != same {
		t.Error("a file that is not read changed the digest")
	}
	for name := range files {
		if other := digest(name, "\n"); other == same {
			t.Errorf("%s changed, and the digest did not", name)
		}
	}
}
