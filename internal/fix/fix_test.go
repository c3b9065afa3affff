package fix

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// edit replaces bytes of a file.
func edit(file string, start, end int, text string) diag.Edit {
	return diag.Edit{NewText: text, Span: source.Span{File: file, Start: source.Pos{Offset: start}, End: source.Pos{Offset: end}}}
}

// found is a finding with one fix.
func found(message string, safe bool, edits ...diag.Edit) diag.Diagnostic {
	return diag.Diagnostic{Message: message, Fixes: []diag.Fix{{Title: "fix " + message, Safe: safe, Edits: edits}}}
}

// rules are for files with the digits from 0 to 9.
func rules() Rules {
	return Rules{
		Text: func(file string) []byte {
			if file == "gone" {
				return nil
			}
			return []byte("0123456789")
		},
		Refuse: func(file string) string {
			if file == "context" {
				return "it is context"
			}
			return ""
		},
		Leave: func(*diag.Diagnostic, *diag.Fix) string { return "" },
	}
}

func TestMake(t *testing.T) {
	for name, tt := range map[string]struct {
		found   []diag.Diagnostic
		all     bool
		files   map[string]string
		skipped []string // message: reason
	}{
		"several in a file": {
			found: []diag.Diagnostic{found("a", true, edit("f", 8, 9, "x")), found("b", true, edit("f", 1, 3, ""), edit("f", 0, 0, "y"))},
			files: map[string]string{"f": "y034567x9"},
		},
		"the same edit twice": {
			found: []diag.Diagnostic{found("a", true, edit("f", 1, 1, "x")), found("b", true, edit("f", 1, 1, "x"))},
			files: map[string]string{"f": "0x123456789"},
		},
		"the first of two in conflict": {
			found:   []diag.Diagnostic{found("a", true, edit("f", 1, 3, "x")), found("b", true, edit("f", 2, 4, "y"))},
			files:   map[string]string{"f": "0x3456789"},
			skipped: []string{"b: another fix changes the same place"},
		},
		"two things into one place": {
			found:   []diag.Diagnostic{found("a", true, edit("f", 1, 1, "x")), found("b", true, edit("f", 1, 1, "y"))},
			files:   map[string]string{"f": "0x123456789"},
			skipped: []string{"b: another fix changes the same place"},
		},
		"side by side": {
			found: []diag.Diagnostic{found("a", true, edit("f", 1, 2, "x")), found("b", true, edit("f", 2, 2, "y"))},
			files: map[string]string{"f": "0xy23456789"},
		},
		"a whole fix or nothing of it": {
			found:   []diag.Diagnostic{found("a", true, edit("f", 1, 2, "x")), found("b", true, edit("g", 0, 1, "y"), edit("f", 1, 2, "z"))},
			files:   map[string]string{"f": "0x23456789"},
			skipped: []string{"b: another fix changes the same place"},
		},
		"only what is safe":     {found: []diag.Diagnostic{found("a", false, edit("f", 1, 2, "x"))}},
		"unless all are wanted": {found: []diag.Diagnostic{found("a", false, edit("f", 1, 2, "x"))}, all: true, files: map[string]string{"f": "0x23456789"}},
		"not in the context": {
			found: []diag.Diagnostic{found("a", true, edit("context", 1, 2, "x"))}, skipped: []string{"a: it is context"},
		},
		"not in what cannot be read": {
			found: []diag.Diagnostic{found("a", true, edit("gone", 1, 2, "x"))}, skipped: []string{"a: gone cannot be read"},
		},
		"not outside of the text": {
			found: []diag.Diagnostic{found("a", true, edit("f", 9, 11, "x"))}, skipped: []string{"a: its edits do not fit the file"},
		},
		"not over each other": {
			found: []diag.Diagnostic{found("a", true, edit("f", 1, 3, "x"), edit("f", 2, 4, "y"))}, skipped: []string{"a: its edits do not fit the file"},
		},
		"nothing to do": {found: []diag.Diagnostic{{Message: "a"}, found("b", true)}},
	} {
		t.Run(name, func(t *testing.T) {
			r := rules()
			r.All = tt.all
			p := Make(tt.found, r)
			got := map[string]string{}
			for file, text := range p.Files {
				got[file] = string(text)
			}
			if !maps.Equal(got, tt.files) {
				t.Errorf("files: got %q, want %q", got, tt.files)
			}
			var skipped []string
			for _, s := range p.Skipped {
				skipped = append(skipped, s.Finding.Message+": "+s.Reason)
			}
			if !slices.Equal(skipped, tt.skipped) {
				t.Errorf("skipped: got %q, want %q", skipped, tt.skipped)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	numbers := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintln(&b, i+1)
		}
		return b.String()
	}
	for name, tt := range map[string]struct{ was, is, want string }{
		"nothing":          {"a\n", "a\n", ""},
		"one line":         {"a\nb\nc\n", "a\nx\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
		"an end of line":   {"a", "a\nb", "--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n"},
		"into nothing":     {"", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"},
		"far from another": {numbers(20), "0\n" + numbers(19), "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -17,4 +18,3 @@\n 17\n 18\n 19\n-20\n"},
		"near another":     {numbers(5), "0\n" + numbers(4), "--- a/f\n+++ b/f\n@@ -1,5 +1,5 @@\n+0\n 1\n 2\n 3\n 4\n-5\n"},
		"CRLF":             {"a\r\nb\r\n", "a\r\nc\r\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Diff("f", []byte(tt.was), []byte(tt.is)); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestChangesMakeOneTextOfAnother applies the changes between random texts.
func TestChangesMakeOneTextOfAnother(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		out := make([]string, random.IntN(12))
		for i := range out {
			out[i] = string(rune('a' + random.IntN(3)))
		}
		return out
	}
	for range 5000 {
		a, b := text(), text()
		var got []string
		at := 0
		for _, c := range changes(a, b) {
			got = append(append(got, a[at:c.from]...), b[c.start:c.end]...)
			at = c.to
		}
		if got = append(got, a[at:]...); !slices.Equal(got, b) {
			t.Fatalf("from %q to %q: got %q by %v", a, b, got, changes(a, b))
		}
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	file := filepath.Join(dir, "f")
	put(file, "old")
	put(outside, "old")

	if err := Write(root, "f", []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(file); string(text) != "new" {
		t.Errorf("the file has %q", text)
	}
	if info, _ := os.Stat(file); runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("the file's mode is now %v", info.Mode())
	}
	if err := Write(root, "f", []byte("old"), []byte("newer")); !errors.Is(err, ErrChanged) {
		t.Errorf("a file that changed: %v", err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := Write(root, "link", []byte("old"), []byte("new")); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a link: %v", err)
	}
	if err := Write(root, "../"+filepath.Base(filepath.Dir(outside))+"/outside", []byte("old"), []byte("new")); err == nil {
		t.Error("a file outside was written")
	}
	if text, _ := os.ReadFile(outside); string(text) != "old" {
		t.Errorf("the file outside has %q", text)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".tierlint-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
