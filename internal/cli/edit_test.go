package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sharedhub/internal/config"
)

// large makes a configuration of so many spokes in two segments.
func large(tb testing.TB, spokes int) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "config")
	hub := "account: \"111111111111\"\nregion: us-east-1\norganization: {id: o-a1b2c3d4e5, managementAccount: \"999999999999\"}\n" +
		"vpc: {cidr: 10.0.0.0/20}\npools: {prod: [10.16.0.0/12], dev: [10.32.0.0/12]}\nsegments: {prod: {}, dev: {mesh: true}}\n" +
		"endpoints: {services: [sts, kms, logs, sqs, sns]}\ngranted: {vpcs: 40}\n"
	if err := writeFile(filepath.Join(dir, "hubs/use1.yaml"), []byte(hub)); err != nil {
		tb.Fatal(err)
	}
	for i := range spokes {
		segment, second := "prod", 16
		if i%2 == 1 {
			segment, second = "dev", 32
		}
		text := fmt.Sprintf("hub: use1\naccount: \"%012d\"\nsegment: %s\ncidr: 10.%d.%d.0/22\n", 222222222222+i%50, segment,
			second+i/2/64, i/2%64*4)
		if err := writeFile(filepath.Join(dir, fmt.Sprintf("spokes/app-%04d.yaml", i)), []byte(text)); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// Teams add spokes at the same time: each gets a range of its own.
func TestSpokesAddedAtOnce(t *testing.T) {
	dir := large(t, 4)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			var said bytes.Buffer
			args := []string{"spoke", "add", fmt.Sprintf("new-%d", i), "-c", dir, "--segment", "prod", "--account", "333333333333"}
			if code := Run(context.Background(), args, &said, &said, fake{}, samplePages); code != 0 {
				t.Errorf("spoke %d: code %d: %s", i, code, said.String())
			}
		})
	}
	wait.Wait()
	cfg, diags := config.Load(dir)
	if cfg == nil || len(cfg.Spokes) != 12 {
		t.Fatal(diags)
	}
	left, _ := os.ReadDir(filepath.Join(dir, "spokes"))
	if len(left) != 12 {
		t.Errorf("%d files, want 12", len(left))
	}
}

// A file that cannot be written whole is not written at all.
func TestNothingHalfWritten(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root may write everywhere; a full disk would show the same")
	}
	dir := large(t, 1)
	spokes := filepath.Join(dir, "spokes")
	if err := os.Chmod(spokes, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(spokes, 0o755) }()
	var said bytes.Buffer
	args := []string{"spoke", "add", "x", "-c", dir, "--segment", "prod", "--account", "333333333333"}
	code := Run(context.Background(), args, &said, &said, fake{}, samplePages)
	files, _ := os.ReadDir(spokes)
	if want := 1 + map[int]int{0: 1}[code]; len(files) != want || code != 0 && !strings.Contains(said.String(), "nothing was written") {
		t.Errorf("code %d, %d files, want %d: %s", code, len(files), want, said.String())
	}
}

// BenchmarkCommands are those that must answer at once, with 1,000 spokes; starting the program costs about 40 ms more.
func BenchmarkCommands(b *testing.B) {
	dir := large(b, 1000)
	for _, args := range [][]string{
		{"check"}, {"spoke", "list"}, {"range", "next", "--segment", "prod"}, {"range", "list"},
		{"spoke", "add", "new", "--segment", "prod", "--account", "333333333333"},
	} {
		b.Run(strings.Join(args[:min(2, len(args))], "-"), func(b *testing.B) {
			for b.Loop() {
				var said bytes.Buffer
				if code := Run(context.Background(), append(args, "-c", dir), io.Discard, &said, fake{}, samplePages); code != 0 {
					b.Fatal(said.String())
				}
				_ = os.Remove(filepath.Join(dir, "spokes/new.yaml"))
			}
		})
	}
}
