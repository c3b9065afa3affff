package cli_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/cli"
)

var update = flag.Bool("update", false, "write the outputs in README.md and docs instead of comparing them")

// top is the top of the repository, where the commands of the documentation are run.
const top = "../.."

// console is a fence of the documentation with commands and what they print.
var console = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// TestDocumentedOutput runs the commands in README.md and docs, and wants every byte of what is
// shown below them. `echo $?` is known too; -update writes what they print now.
func TestDocumentedOutput(t *testing.T) {
	pages, err := filepath.Glob(top + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for _, page := range append(pages, top+"/README.md") {
		have, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		want := console.ReplaceAllFunc(have, func(block []byte) []byte {
			blocks++
			return fmt.Appendf(nil, "```console\n%s```", replay(t, page, string(console.FindSubmatch(block)[1])))
		})
		if bytes.Equal(have, want) {
			continue
		}
		if *update {
			if err := os.WriteFile(page, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s is stale: go test ./internal/cli -update\n%s", page, firstDifference(string(have), string(want)))
	}
	if blocks < 5 {
		t.Errorf("only %d blocks of commands were found", blocks)
	}
}

// replay runs the commands of a block and returns the block with what they print now.
func replay(t *testing.T, page, block string) string {
	t.Helper()
	var out strings.Builder
	code := 0
	for line := range strings.Lines(block) {
		command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ ")
		if !ok {
			continue // old output
		}
		fmt.Fprintf(&out, "$ %s\n", command)
		args := strings.Fields(command)
		switch {
		case command == "echo $?":
			fmt.Fprintln(&out, code)
		case args[0] == "tierlint":
			var printed string
			printed, code = runHere(t, args[1:])
			out.WriteString(printed)
		default:
			t.Errorf("%s: %q cannot be run by the test", page, command)
		}
	}
	return out.String()
}

// runHere runs a command at the top of the repository: what it prints, and the exit code.
func runHere(t *testing.T, args []string) (string, int) {
	t.Helper()
	dir, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := cli.Main(t.Context(), args, cli.System{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Env: func(string) string { return "" }, Dir: dir,
	})
	if code == cli.ExitFailure {
		t.Errorf("tierlint %s failed:\n%s", strings.Join(args, " "), out.String())
	}
	return out.String(), code
}

func firstDifference(have, want string) string {
	a, b := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n has: %s\nwant: %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("it has %d lines, want %d", len(a), len(b))
}

// link is a link of markdown to a file of the repository, without what follows "#".
var link = regexp.MustCompile(`\]\(([^):#]+)[^):]*\)`)

func TestLinksOfTheDocumentationLeadSomewhere(t *testing.T) {
	var pages []string
	for _, glob := range []string{"/*.md", "/docs/*.md", "/docs/checks/*.md"} {
		found, err := filepath.Glob(top + glob)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	links := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), string(m[1]))); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	if links < 10 {
		t.Errorf("only %d links were found", links)
	}
}

// TestCIRunsWhatTheReadmeSays: the two commands that the README begins with are what CI runs.
func TestCIRunsWhatTheReadmeSays(t *testing.T) {
	readme, err := os.ReadFile(top + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	ci, err := os.ReadFile(top + "/.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"go test ./...", "go run ./cmd/tierlint check fixtures/examples/shop"} {
		for name, text := range map[string][]byte{"README.md": readme, ".ci/run": ci} {
			if !bytes.Contains(text, []byte(command)) {
				t.Errorf("%s does not have %q", name, command)
			}
		}
	}
}

// TestTheGoodExampleIsClean holds every check to silence about a repository as it should be.
func TestTheGoodExampleIsClean(t *testing.T) {
	out, code := runHere(t, []string{"check", "--fail-on", "note", "fixtures/examples/clean"})
	if code != cli.ExitClean || !strings.HasPrefix(out, "No findings.") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}
