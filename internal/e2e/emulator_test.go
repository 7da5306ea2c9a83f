package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// where is what the tests deploy to: AWS_ENDPOINT_URL if it is set, a sandbox organization if SHAREDHUB_E2E_ACCOUNTS names
// its accounts, and otherwise the emulator beside this file, started at the first need.
var where struct {
	once    sync.Once
	missing error // why there is nothing to deploy to
	stop    func()
}

// emulated: not a sandbox organization.
func emulated() bool { return os.Getenv("AWS_ENDPOINT_URL") != "" }

// somewhere makes sure that there is something to deploy to.
func somewhere(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("deployment tests take minutes: not with -short")
	}
	where.once.Do(func() {
		if !emulated() && os.Getenv("SHAREDHUB_E2E_ACCOUNTS") == "" {
			if where.missing = toolsMissing(); where.missing == nil {
				where.stop, where.missing = startEmulator()
			}
		}
		for k, v := range map[string]string{"AWS_REGION": hubRegion, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"} {
			if os.Getenv(k) == "" && (emulated() || k == "AWS_REGION") {
				os.Setenv(k, v)
			}
		}
	})
	if where.missing == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal(where.missing)
	}
	t.Skip(where.missing)
}

// toolsMissing names what deployment tests need besides Go and is not here.
func toolsMissing() error {
	var missing []error
	if _, err := os.Stat(cdkCLI); err != nil {
		missing = append(missing, errors.New("the CDK CLI (npm ci in internal/e2e/testdata)"))
	}
	if out, err := exec.Command("python3", "-c", "import moto, cfnlint, flask, awscli").CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		missing = append(missing, fmt.Errorf("what the emulator runs on (pip install -r internal/e2e/emulator/requirements.txt): %w %s",
			err, lines[len(lines)-1]))
	}
	if missing != nil {
		return fmt.Errorf("deployment tests lack %w", errors.Join(missing...))
	}
	return nil
}

// strictness is what the deployments of this program pass, and AWS may demand (emulator/strict.py): a stack reads each other
// stack once, and again only where its text changes. The most read here are 10: the zones of 8 spokes in one account.
const strictness = "lookups=12,unread"

// startEmulator starts the emulator on a free port and points the SDK and the CLI at it. It ends with this process, however
// that ends, since its standard input does.
func startEmulator() (stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	serve, err := filepath.Abs("emulator/serve.py")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("python3", serve, port, "--with-stdin")
	log, err := os.CreateTemp("", "sharedhub-emulator-*.log")
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append([]string{"EMULATOR_STRICT=" + strictness, "EMULATOR_IAM=" + limitedHub + "," + limitedFar},
		os.Environ()...) // who sets it wins
	held, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(100 * time.Millisecond) {
		select {
		case err := <-ended:
			said, _ := os.ReadFile(log.Name())
			return nil, fmt.Errorf("the emulator ended at its start: %w\n%s", err, tail(string(said)))
		default:
		}
		r, err := http.Get("http://127.0.0.1:" + port + "/moto-api/")
		if err != nil {
			continue
		}
		r.Body.Close()
		useEmulator(port)
		return func() { held.Close(); <-ended; report(log.Name()) }, nil
	}
	held.Close()
	return nil, errors.New("the emulator did not answer within a minute")
}

// useEmulator sets what AWS clients read, so that none of them asks AWS, whoever runs the tests.
func useEmulator(port string) {
	for _, k := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		os.Unsetenv(k)
	}
	// "localhost", not 127.0.0.1: the CLI hands CloudFormation a template's URL only where the host looks like S3's or is localhost.
	url := "http://localhost:" + port
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_S3": url, "AWS_REGION": hubRegion, "AWS_DEFAULT_REGION": hubRegion,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		os.Setenv(k, v)
	}
}

// report prints what went wrong inside the emulator: a refusal is an answer, an exception that it did not mean is a fault.
func report(log string) {
	defer os.Remove(log)
	said, err := os.ReadFile(log)
	if err != nil {
		return
	}
	if at := bytes.LastIndex(said, []byte("Traceback")); at >= 0 {
		fmt.Fprintf(os.Stderr, "the emulator's last exception:\n%s\n", head(string(said[at:])))
	}
}

// The emulator's own tests.
func TestEmulator(t *testing.T) {
	t.Parallel()
	somewhere(t)
	if !emulated() {
		t.Skip("this is a sandbox organization")
	}
	cmd := exec.Command("python3", "-m", "unittest")
	cmd.Dir = "emulator"
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Writer(&out), &out
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}
