package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// oldestNode is the oldest Node.js that the CDK runs on, supportedNode the oldest that nodejs.org still supports.
const oldestNode, supportedNode = 20, 22

// checkedNode is the node that was found good enough, so that a process asks once.
var checkedNode string

var nodeVersion = regexp.MustCompile(`^v(\d+)\.`)

// checkNode says in one line what is wrong with Node.js, which the CDK's classes run on, and warns of a version past its end.
func checkNode(warn io.Writer) error {
	const fix = "install Node.js 24 from your package manager or nodejs.org, " +
		"or run: npm install --no-save node@24 and put node_modules/node/bin on your PATH"
	node, err := exec.LookPath("node")
	if err != nil {
		return fmt.Errorf("the CDK needs Node.js, and there is no node on the PATH; %s", fix)
	}
	if node == checkedNode {
		return nil
	}
	b, err := exec.Command(node, "--version").Output()
	if err != nil {
		return fmt.Errorf("node --version failed (%v); %s", err, fix)
	}
	m := nodeVersion.FindSubmatch(b)
	if m == nil {
		return fmt.Errorf("node --version answers %q; %s", strings.TrimSpace(string(b)), fix)
	}
	major, version := string(m[1]), strings.TrimSpace(string(b))
	switch n, _ := strconv.Atoi(major); {
	case n < oldestNode:
		return fmt.Errorf("node %s is too old for the CDK, which needs %d or newer; %s", version, oldestNode, fix)
	case n < supportedNode:
		fmt.Fprintf(warn, "warning: node %s gets no security fixes any more; use 22 or 24\n", version)
	}
	// The runtime prints twelve lines of banner at every start about a version that is past its end of life or not yet
	// tested, and works all the same. Each variable lists major versions to be silent about.
	for _, what := range []string{"END_OF_LIFE", "DEPRECATED", "UNTESTED"} {
		os.Setenv("JSII_SILENCE_WARNING_"+what+"_NODE_VERSION", major)
	}
	checkedNode = node
	return nil
}

// unwritable is what Node.js says of folders that are full or may not be written to.
var unwritable = regexp.MustCompile(`\b(EACCES|EROFS|ENOSPC)\b`)

// runtimeError turns a panic of the CDK's runtime into one line: its last words hold the reason, the rest is stacks.
func runtimeError(r any) error {
	text := fmt.Sprint(r)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if unwritable.MatchString(line) {
			return fmt.Errorf("the CDK cannot write its files: %s; name another folder with --out, or give the CDK's cache a place "+
				"with HOME or JSII_RUNTIME_PACKAGE_CACHE_ROOT", line)
		}
		if line != "" && !strings.HasPrefix(line, "at ") {
			return fmt.Errorf("the CDK could not build this: %s; please report it, with the configuration", line)
		}
	}
	return errors.New("the CDK could not build this, and does not say why; please report it, with the configuration")
}
