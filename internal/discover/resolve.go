package discover

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrLeaves says that a path or a symbolic link leads out of the tree.
var ErrLeaves = errors.New("leads out of the tree")

// maxLinks is the number of symbolic links that one path may go through.
const maxLinks = 40

// Resolve is a path without symbolic links. The path may start with "..", which leaves the tree.
func (t *Tree) Resolve(p string) (string, error) {
	if v, ok := t.real.Load(p); ok {
		r := v.(resolved)
		return r.path, r.err
	}
	real, err := t.resolve(path.Clean(p))
	if err == nil && !t.within(real) {
		real, err = "", ErrLeaves
	}
	t.real.Store(p, resolved{real, err})
	return real, err
}

func (t *Tree) resolve(p string) (string, error) {
	done := "."
	for links := 0; p != "."; {
		step, rest, _ := strings.Cut(p, "/")
		if step == ".." || step == "" {
			return "", ErrLeaves
		}
		next := path.Join(done, step)
		info, err := fs.Lstat(t.FS, next)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			done, p = next, path.Clean(rest)
			continue
		}
		target, err := fs.ReadLink(t.FS, next)
		if err != nil {
			return "", err
		}
		if links++; links > maxLinks {
			return "", &fs.PathError{Op: "resolve", Path: p, Err: errors.New("too many symbolic links")}
		}
		target = filepath.ToSlash(target)
		if path.IsAbs(target) {
			return "", ErrLeaves
		}
		p, done = path.Join(done, target, rest), "."
	}
	return done, nil
}

// within says whether a path without symbolic links is in one of the folders that may be read:
// several PATHs need not have anything in common.
func (t *Tree) within(p string) bool {
	return len(t.bounds) == 0 || slices.ContainsFunc(t.bounds, func(b string) bool {
		return b == "." || p == b || strings.HasPrefix(p, b+"/")
	})
}

// IsDir says whether a path without symbolic links is a folder.
func (t *Tree) IsDir(p string) bool {
	if v, ok := t.isDir.Load(p); ok {
		return v.(bool)
	}
	info, err := fs.Stat(t.FS, p)
	isDir := err == nil && info.IsDir()
	t.isDir.Store(p, isDir)
	return isDir
}
