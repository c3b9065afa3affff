package discover_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/discover"
)

// Each file of testdata is a small repository. Its comment has the arguments and what they lead
// to; a file whose text is "-> TARGET" is a symbolic link.
func TestFind(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, c := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(c), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(c)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, f := range ar.Files {
				write(t, filepath.Join(dir, f.Name), string(f.Data))
			}
			args, want, _ := strings.Cut(string(ar.Comment), "\n")
			if got := find(t, dir, strings.Fields(args)); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func write(t *testing.T, p, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if target, ok := strings.CutPrefix(strings.TrimSpace(text), "-> "); ok {
		if err := os.Symlink(target, p); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// find says in one line each what the arguments lead to.
func find(t *testing.T, dir string, args []string) string {
	t.Helper()
	tree, paths, err := discover.Open(dir, args)
	if err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), dir, "DIR")
	}
	defer tree.Close()
	found, err := discover.Find(tree, paths)
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	for _, r := range found.Roots {
		fmt.Fprintf(&b, "%s %s", r.Kind, r.Path)
		for _, f := range r.Files {
			fmt.Fprintf(&b, " %s", strings.TrimPrefix(f, r.Path+"/"))
		}
		if len(r.Unlisted) > 0 {
			fmt.Fprintf(&b, " (unlisted: %s)", strings.Join(r.Unlisted, " "))
		}
		b.WriteByte('\n')
	}
	for _, p := range found.Unused {
		fmt.Fprintf(&b, "unused %s\n", p)
	}
	for _, d := range found.Diagnostics {
		fmt.Fprintf(&b, "%s: %s: %s\n", d.At.File, d.Severity, d.Message)
	}
	return b.String()
}

// Paths are shown from the working directory, also where it is below the top of the repository.
func TestDisplay(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".git/HEAD"), "x")
	write(t, filepath.Join(dir, "a/b/x.yaml"), "a: 1")
	write(t, filepath.Join(dir, "c/y.yaml"), "a: 1")
	tree, paths, err := discover.Open(filepath.Join(dir, "a/b"), []string{".", "../../c"})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if got := strings.Join(paths, " "); got != "a/b c" {
		t.Errorf("paths %q", got)
	}
	for p, want := range map[string]string{"a/b/x.yaml": "x.yaml", "c/y.yaml": "../../c/y.yaml"} {
		if got := tree.Display(p); got != want {
			t.Errorf("%s is shown as %s, want %s", p, got, want)
		}
	}
}

// A tree cannot be left: neither by its paths nor by links.
func TestTreeIsConfined(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret.yaml"), "a: 1")
	write(t, filepath.Join(dir, "top/link.yaml"), "-> ../secret.yaml")
	write(t, filepath.Join(dir, "top/absolute.yaml"), "-> /etc/hostname")
	write(t, filepath.Join(dir, "top/loop.yaml"), "-> loop.yaml")
	write(t, filepath.Join(dir, "top/x.yaml"), "a: 1")
	tree, _, err := discover.Open(filepath.Join(dir, "top"), []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for _, p := range []string{"link.yaml", "absolute.yaml", "loop.yaml", "../secret.yaml"} {
		if _, err := tree.Load(p); err == nil {
			t.Errorf("%s can be read", p)
		}
		if _, err := tree.Resolve(p); err == nil {
			t.Errorf("%s can be resolved", p)
		}
	}
	if _, err := fs.ReadFile(tree.FS, "x.yaml"); err != nil {
		t.Error(err)
	}
}

// Outside of a repository, several paths do not open what lies between them.
func TestPathsAreConfinedEach(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret/x.yaml"), "a: 1")
	write(t, filepath.Join(dir, "one/x.yaml"), "a: 1")
	write(t, filepath.Join(dir, "two/x.yaml"), "a: 1")
	write(t, filepath.Join(dir, "work/x.yaml"), "a: 1")
	tree, paths, err := discover.Open(filepath.Join(dir, "work"), []string{"../one", "../two"})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for p, want := range map[string]bool{paths[0] + "/../two/x.yaml": true, paths[0] + "/../secret/x.yaml": false, paths[0] + "/../secret": false} {
		if _, err := tree.Resolve(p); (err == nil) != want {
			t.Errorf("%s: %v", p, err)
		}
	}
}
