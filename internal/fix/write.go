package fix

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// The reasons why a file is not written.
var (
	ErrChanged    = errors.New("it has changed meanwhile")
	ErrNotRegular = errors.New("it is not a regular file")
)

// Write replaces a file below a folder as a whole, so that nobody sees half of it, if it still has
// the text that the edits were made for. Nothing outside the folder is written, symbolic links or not.
func Write(root *os.Root, name string, was, is []byte) error {
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return ErrNotRegular
	}
	now, err := root.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, was) {
		return ErrChanged
	}
	temporary := path.Join(path.Dir(name), ".tierlint-"+rand.Text())
	if err := create(root, temporary, is, info.Mode()); err != nil {
		_ = root.Remove(temporary)
		return err
	}
	if err := root.Rename(temporary, name); err != nil {
		_ = root.Remove(temporary)
		return fmt.Errorf("replacing %s: %w", name, err)
	}
	return nil
}

// create writes a new file.
func create(root *os.Root, name string, data []byte, mode fs.FileMode) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode.Perm())
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	// The umask may have taken away what the old file had.
	return errors.Join(err, f.Chmod(mode.Perm()), f.Sync(), f.Close())
}
