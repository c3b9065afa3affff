package cli_test

import (
	"context"
	"maps"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tierlint/tierlint/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tierlint": func() { os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Process())) },
	})
}

// TestScripts runs the transcripts in testdata/script: what a person types, and what is answered.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GITHUB_ACTIONS", "")
			return nil
		},
		Cmds: commands,
	})
}

// commands are those of transcripts, besides testscript's own.
var commands = func() map[string]func(*testscript.TestScript, bool, []string) {
	out := maps.Clone(gitCommands)
	out["exit"] = exitCode
	return out
}()

// exitCode runs a command and wants a code: exit 2 tierlint check nowhere.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if code, ok := err.(interface{ ExitCode() int }); ok {
		got = strconv.Itoa(code.ExitCode())
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func TestCtrlCEndsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w, err := os.Pipe() // standard input that nobody ends
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	done := make(chan int, 1)
	go func() {
		done <- cli.Main(ctx, []string{"check", "-"}, cli.System{
			Stdin: r, Stdout: devNull(t), Stderr: devNull(t), Env: func(string) string { return "" }, Dir: t.TempDir(),
		})
	}()
	cancel()
	select {
	case code := <-done:
		if code != cli.ExitSignal {
			t.Errorf("exit code %d, want %d", code, cli.ExitSignal)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("still running after five seconds")
	}
}

func devNull(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// full is a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestAFullDiskIsNoFaultOfTierlint(t *testing.T) {
	var stderr strings.Builder
	for _, args := range [][]string{{"check", "-"}, {"checks"}, {"checks", "service-port"}, {"version"}} {
		stderr.Reset()
		code := cli.Main(t.Context(), args, cli.System{
			Stdin: strings.NewReader(""), Stdout: full{}, Stderr: &stderr, Env: func(string) string { return "" }, Dir: t.TempDir(),
		})
		if code != cli.ExitFailure || !strings.Contains(stderr.String(), "writing the output: no space left") || strings.Contains(stderr.String(), "fault") {
			t.Errorf("%v: exit code %d, %q", args, code, stderr.String())
		}
	}
}
