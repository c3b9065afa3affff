package discover

import (
	"path"
	"path/filepath"

	"github.com/tierlint/tierlint/internal/source"
)

// Display is a path of the tree as people see it from the working directory.
func (t *Tree) Display(p string) string {
	if t.Below == "" {
		return path.Join(t.Prefix, p)
	}
	return relative(filepath.FromSlash(t.Below), filepath.FromSlash(p))
}

// Path is the path in the tree of a file that people see under a name: what Display makes of it.
// It starts with ".." if the file is outside.
func (t *Tree) Path(name string) string {
	if t.Below == "" {
		return relative(filepath.FromSlash(t.Prefix), filepath.FromSlash(name))
	}
	return path.Join(t.Below, name)
}

// Top is the place to point at for a whole file: its first line. A folder has none.
func (t *Tree) Top(p string) source.Span {
	if t.IsDir(p) {
		return source.Span{File: t.Display(p)}
	}
	return source.Top(t.Display(p))
}

// Limits names what must not be left, for people: the repository, or the folders that are read.
func (t *Tree) Limits() string {
	switch {
	case !t.noGit:
		return "the repository"
	case len(t.bounds) > 1:
		return "the folders that are checked"
	case t.Display(t.bounds[0]) == ".":
		return "the folder you are in"
	}
	return "the folder " + t.Display(t.bounds[0])
}
