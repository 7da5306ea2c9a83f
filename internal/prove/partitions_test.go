package prove_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/catalog"
	"sharedhub/internal/assembly"
	"sharedhub/internal/config"
)

// A partition is one row of awsfacts.Partitions: all that depends on partitions follows.
func TestPartitions(t *testing.T) {
	for _, p := range awsfacts.Partitions {
		for _, region := range p.Regions {
			t.Run(region, func(t *testing.T) {
				s, ok := catalog.Lookup(region, "sts")
				if want := "sts." + region + "." + p.DNSSuffix; !ok || s.PrivateNames[0] != want {
					t.Errorf("the catalogue has sts as %v, want %s", s, want)
				}
				write := func(file, text string) {
					t.Helper()
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				dir := t.TempDir()
				write(filepath.Join(dir, "hubs", "hub.yaml"), fmt.Sprintf(`account: "111111111111"
region: %s
vpc: {cidr: 10.50.0.0/20, zones: 2}
segments: {apps: {}}
flowLogs: {to: s3, bucket: "arn:%s:s3:::my-flow-logs"}
endpoints: {services: [sts]}
`, region, p.Name))
				if _, diags := config.Load(dir); len(diags.Errors()) > 0 {
					t.Errorf("the configuration is refused: %v", diags)
				}
				out := filepath.Join(dir, "cdk.out")
				write(filepath.Join(out, "manifest.json"), fmt.Sprintf(`{"version": "50.0.0", "artifacts": {"s": {"type": "aws:cloudformation:stack",
					"environment": "aws://111111111111/%s", "properties": {"templateFile": "s.json"}}}}`, region))
				write(filepath.Join(out, "s.json"), `{"Outputs": {"O": {"Value": {"Fn::Sub": "${AWS::Partition} ${AWS::URLSuffix}"}}}}`)
				a, err := assembly.Read(out)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := a.Stacks[0].Outputs["O"], p.Name+" "+p.DNSSuffix; got != want {
					t.Errorf("the template's pseudo parameters are %v, want %s", got, want)
				}
			})
		}
	}
}

func TestAssemblyOfNoRegion(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"s.json": "{}", "manifest.json": `{"version": "50.0.0", "artifacts": {"s": {
			"type": "aws:cloudformation:stack",
		"environment": "aws://111111111111/us-esat", "properties": {"templateFile": "s.json"}}}}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := assembly.Read(dir); err == nil || !strings.Contains(err.Error(), `stack s: "us-esat" is not a region of any AWS partition`) {
		t.Errorf("said %v", err)
	}
}
