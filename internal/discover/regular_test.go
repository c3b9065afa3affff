//go:build unix

package discover

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// To open a pipe that nobody writes to would take forever.
func TestPipeIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file.yaml"), []byte("a: b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tree, _, err := Open(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if _, err := tree.Load("file.yaml"); err != nil {
		t.Error(err)
	}
	if _, err := tree.Load("pipe.yaml"); err == nil {
		t.Error("a pipe was read")
	}
}
