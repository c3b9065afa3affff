package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/cli"
	"github.com/tierlint/tierlint/internal/report"
)

// Names of files and objects are written by anyone. None becomes a command to GitHub's runner or to a
// terminal, in what is found or in what goes wrong.
func TestHostileNames(t *testing.T) {
	const name = "a\n::error::owned\r##[error]owned\x1b[31m\u202e%0A|`<img src=x>.yaml"
	dir := t.TempDir()
	text := "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: \"n\\n::error::owned\\e[31m\"}\nspec: {selector: \"a = '\\n::error::owned'\"}\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Skipf("this file system takes no such name: %v", err)
	}
	run := func(args ...string) string {
		var out bytes.Buffer
		cli.Main(context.Background(), args, cli.System{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Dir: dir, Env: func(string) string { return "" },
		})
		return out.String()
	}
	outputs := map[string]string{
		"no such file":   run("check", "no\n::error::owned\x1b[31m\r##[error]"),
		"settings":       run("check", "--baseline", "b\n::error::owned\x1b[31m"),
		"merge":          run("merge", name),
		"environments":   run("environments"),
		"explain":        run("explain", "x\n::error::owned/y", "z/\x1b[31m", "--port", "1"),
		"unknown format": run("check", "--format", "x\n::error::owned\x1b[31m"),
	}
	for _, format := range report.Formats() {
		outputs[format] = run("check", "--format", format)
	}
	for _, log := range []string{"no such file", "merge", "github", "explain"} {
		for line := range strings.Lines(outputs[log]) {
			if !strings.HasPrefix(line, "::") && strings.Contains(line, "##[") {
				t.Errorf("%s: a command of the older form: %q", log, line)
			}
		}
	}
	for what, out := range outputs {
		if out == "" {
			t.Errorf("%s: nothing is said", what)
		}
		if strings.ContainsAny(out, "\x1b\r\u202e") {
			t.Errorf("%s: %q", what, out)
		}
		for line := range strings.Lines(out) {
			if strings.HasPrefix(strings.TrimSpace(line), "::error::owned") {
				t.Errorf("%s: a command: %q", what, line)
			}
		}
	}
}
