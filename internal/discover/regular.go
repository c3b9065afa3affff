package discover

import (
	"errors"
	"io/fs"
)

// rootFS is what the file system of an os.Root can do.
type rootFS interface {
	fs.ReadDirFS
	fs.ReadFileFS
	fs.StatFS
	fs.ReadLinkFS
}

// regular opens folders and regular files only: to open a pipe waits for somebody who writes to it.
type regular struct{ rootFS }

var errIrregular = errors.New("not a regular file")

func (r regular) Open(name string) (fs.File, error) {
	if err := r.check("open", name); err != nil {
		return nil, err
	}
	return r.rootFS.Open(name)
}

func (r regular) ReadFile(name string) ([]byte, error) {
	if err := r.check("read", name); err != nil {
		return nil, err
	}
	return r.rootFS.ReadFile(name)
}

func (r regular) check(op, name string) error {
	info, err := r.Stat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return &fs.PathError{Op: op, Path: name, Err: errIrregular}
	}
	return nil
}
