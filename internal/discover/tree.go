// Package discover finds what to check: it turns the command's arguments into roots, each of
// which renders to a set of objects, in a read-only tree of files that cannot be left.
package discover

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// Tree is a read-only tree of files. Paths in it are slash-separated, relative to its top, and
// "." is the top. Nothing above the top is ever read.
type Tree struct {
	FS fs.FS
	// Prefix is the way from the working directory to the top where the working directory is the
	// top or outside: "." or "../other" or "sub/folder".
	Prefix string
	// Below is the working directory where it is inside the tree, below the top; "" or ".": it is not.
	Below string
	// Excluded says whether a file or folder that a walk comes to is passed over; nil: none is.
	Excluded func(path string) bool
	// Stdin is what the root "-" reads; nil: nothing.
	Stdin io.Reader
	// Edited is what manifests would be with edits that are not written yet, by path; nil: as they are.
	Edited map[string][]byte

	// bounds is the folders of the tree outside of which nothing is read; empty: it is all of it.
	bounds []string
	// noGit says that no git repository is around one of them.
	noGit bool

	close func() error
	files sync.Map // path -> *lazyFile
	kusts sync.Map // folder -> *lazyKustomization
	real  sync.Map // path -> resolved
	isDir sync.Map // path without symbolic links -> bool
}

// resolved is what a path leads to.
type resolved struct {
	path string
	err  error
}

// lazyFile is a file that is read once, by whoever asks first.
type lazyFile struct {
	once sync.Once
	file *yamldoc.File
	err  error
}

// NewTree is a tree over any file system, such as that of a git revision.
func NewTree(fsys fs.FS, prefix string) *Tree {
	return &Tree{FS: fsys, Prefix: prefix, close: func() error { return nil }}
}

// Open opens the tree on disk that holds all the paths: the git repository around them, or, where
// there is none, the working directory that they are in, or else the paths themselves. It returns the paths as the tree names them. The path "-"
// stays as it is.
func Open(dir string, paths []string) (*Tree, []string, error) {
	dir, err := realPath(dir, ".")
	if err != nil {
		return nil, nil, err
	}
	var abs, bounds []string
	top, noGit := "", false
	for _, p := range paths {
		if p == "-" {
			abs = append(abs, p)
			continue
		}
		a, err := realPath(dir, p)
		if err != nil {
			return nil, nil, err
		}
		b, inGit, err := boundary(a, dir)
		if err != nil {
			return nil, nil, err
		}
		abs = append(abs, a)
		bounds = append(bounds, b)
		noGit = noGit || !inGit
		top = common(top, b)
	}
	if top == "" {
		top = dir
	}
	prefix, err := filepath.Rel(dir, top)
	if err != nil {
		prefix = top
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, nil, fmt.Errorf("opening %s: %w", top, err)
	}
	for i, a := range abs {
		if a != "-" {
			abs[i] = relative(top, a)
		}
	}
	t := &Tree{FS: regular{root.FS().(rootFS)}, Prefix: filepath.ToSlash(prefix), noGit: noGit, close: root.Close}
	for _, b := range bounds {
		t.bounds = append(t.bounds, relative(top, b))
	}
	if below := relative(top, dir); below != ".." && !strings.HasPrefix(below, "../") {
		t.Below = below
	}
	return t, abs, nil
}

// At is the same tree with other files, such as those that a git revision has in its place.
func (t *Tree) At(files fs.FS) *Tree {
	return &Tree{FS: files, Prefix: t.Prefix, Below: t.Below, bounds: t.bounds, close: t.close}
}

// Close frees what Open took.
func (t *Tree) Close() error { return t.close() }

// realPath is the absolute path of p, seen from dir, without symbolic links.
func realPath(dir, p string) (string, error) {
	if !filepath.IsAbs(p) {
		p = filepath.Join(dir, p)
	}
	real, err := filepath.EvalSymlinks(p)
	if err != nil {
		return "", fmt.Errorf("reading the path %s: %w", p, unwrapPath(err))
	}
	return filepath.Abs(real)
}

// unwrapPath drops the path that the error of a system call repeats.
func unwrapPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// boundary is the folder that a path must not leave: the top of the git repository around it; or
// the working directory, if the path is in it, so that an overlay finds its base; or the path itself, or the folder of a file.
func boundary(abs, dir string) (top string, inGit bool, err error) {
	info, err := os.Stat(abs)
	if err != nil {
		return "", false, fmt.Errorf("reading the path %s: %w", abs, unwrapPath(err))
	}
	if !info.IsDir() {
		abs = filepath.Dir(abs)
	}
	for d := abs; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d, true, nil
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	if common(dir, abs) == dir {
		return dir, false, nil
	}
	return abs, false, nil
}

// common is the deepest folder that holds both a and b; b if a is empty.
func common(a, b string) string {
	if a == "" {
		return b
	}
	for a != b && !strings.HasPrefix(b+string(filepath.Separator), a+string(filepath.Separator)) && a != filepath.Dir(a) {
		a = filepath.Dir(a)
	}
	return a
}

func relative(top, abs string) string {
	rel, err := filepath.Rel(top, abs)
	if err != nil {
		return abs
	}
	return filepath.ToSlash(rel)
}

// Repository is the folder of the tree that holds the one repository that a report is about: of
// several around the PATHs, that of the working directory; else the whole tree.
func (t *Tree) Repository() string {
	for _, b := range t.bounds {
		if t.Below != "" && (b == t.Below || strings.HasPrefix(t.Below, b+"/")) {
			return b
		}
	}
	return "."
}

// Load reads and parses a file, once for all who ask. What is wrong with its text is among its
// Problems; an error says that it cannot be read.
func (t *Tree) Load(p string) (*yamldoc.File, error) {
	v, _ := t.files.LoadOrStore(p, &lazyFile{})
	l := v.(*lazyFile)
	l.once.Do(func() {
		l.file, l.err = t.load(p)
	})
	return l.file, l.err
}

func (t *Tree) load(p string) (*yamldoc.File, error) {
	if text, ok := t.Edited[p]; ok {
		return yamldoc.Parse(t.Display(p), text), nil
	}
	f, err := t.FS.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: p, Err: errors.New("not a regular file")}
	}
	name := t.Display(p)
	if info.Size() > yamldoc.MaxFileSize {
		return &yamldoc.File{Name: name, Problems: []yamldoc.Problem{yamldoc.TooLarge(name, info.Size())}}, nil
	}
	content, err := io.ReadAll(io.LimitReader(f, yamldoc.MaxFileSize+1))
	if err != nil {
		return nil, err
	}
	return yamldoc.Parse(name, content), nil
}

// LoadStdin reads and parses standard input, once.
func (t *Tree) LoadStdin() (*yamldoc.File, error) {
	v, _ := t.files.LoadOrStore("-", &lazyFile{})
	l := v.(*lazyFile)
	l.once.Do(func() {
		var content []byte
		if t.Stdin != nil {
			content, l.err = io.ReadAll(io.LimitReader(t.Stdin, yamldoc.MaxFileSize+1))
		}
		l.file = yamldoc.Parse(StdinName, content)
	})
	return l.file, l.err
}

// StdinName is how standard input is called in spans.
const StdinName = "<stdin>"
