package revision

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Files are the files of a base, as a read-only file system. Symbolic links are followed inside of
// it, and lead nowhere else. What git keeps only a note of, which is the files of submodules and of
// Git LFS, is as it is in the working tree now.
type Files struct {
	repo *Repository
	now  fs.FS

	mu    sync.Mutex
	dirs  map[string]map[string]object.TreeEntry // by folder, then by name
	taken map[string]bool
	lost  atomic.Int64
}

var _ interface {
	fs.ReadDirFS
	fs.ReadFileFS
	fs.StatFS
	fs.ReadLinkFS
} = (*Files)(nil)

// Files returns the files; now is the working tree.
func (b *Base) Files(now fs.FS) *Files {
	return &Files{
		repo: b.repo, now: now, taken: map[string]bool{},
		dirs: map[string]map[string]object.TreeEntry{".": byName(b.tree)},
	}
}

// Lost is how often a file or a folder could not be read that the base has: a clone may lack files
// (git clone --filter), which git would fetch only when it needs them.
func (f *Files) Lost() int { return int(f.lost.Load()) }

func (f *Files) lose(err error) error {
	f.lost.Add(1)
	return err
}

// Taken are the files of Git LFS and the submodules that were read from the working tree, sorted.
func (f *Files) Taken() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.taken))
}

func byName(t *object.Tree) map[string]object.TreeEntry {
	out := make(map[string]object.TreeEntry, len(t.Entries))
	for _, e := range t.Entries {
		out[e.Name] = e
	}
	return out
}

// found is what is at a path.
type found struct {
	path  string // without symbolic links
	entry object.TreeEntry
	// elsewhere says that it is in a submodule.
	elsewhere bool
}

func (f found) dir() bool { return f.entry.Mode == filemode.Dir }

var (
	errLeaves = errors.New("leads out of the repository")
	errLinks  = errors.New("too many symbolic links")
)

// maxLinks is the number of symbolic links that one path may go through.
const maxLinks = 40

// find follows a path, and with last also a symbolic link at its end.
func (f *Files) find(op, name string, last bool) (found, error) {
	fail := func(err error) (found, error) { return found{}, &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	at := found{path: ".", entry: object.TreeEntry{Mode: filemode.Dir}}
	links := 0
	for rest := name; rest != "."; {
		var step string
		step, rest, _ = strings.Cut(rest, "/")
		rest = path.Clean(rest)
		if step == ".." {
			return fail(errLeaves)
		}
		entries, err := f.list(at)
		if err != nil {
			return fail(err)
		}
		e, ok := entries[step]
		if !ok {
			return fail(fs.ErrNotExist)
		}
		next := found{path: path.Join(at.path, step), entry: e}
		switch {
		case e.Mode == filemode.Submodule:
			f.take(next.path)
			return found{path: path.Join(next.path, rest), elsewhere: true}, nil
		case e.Mode == filemode.Symlink && (last || rest != "."):
			target, err := f.blob(e.Hash)
			if err != nil {
				return fail(err)
			}
			if links++; links > maxLinks {
				return fail(errLinks)
			}
			to := filepath.ToSlash(string(target))
			if path.IsAbs(to) {
				return fail(errLeaves)
			}
			rest, next = path.Join(at.path, to, rest), found{path: ".", entry: object.TreeEntry{Mode: filemode.Dir}}
		}
		at = next
	}
	return at, nil
}

// list is what is in a folder.
func (f *Files) list(at found) (map[string]object.TreeEntry, error) {
	if !at.dir() {
		return nil, errors.New("not a directory")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if d, ok := f.dirs[at.path]; ok {
		return d, nil
	}
	f.repo.objects.Lock()
	defer f.repo.objects.Unlock()
	t, err := f.repo.git.TreeObject(at.entry.Hash)
	if err != nil {
		return nil, f.lose(err)
	}
	f.dirs[at.path] = byName(t)
	return f.dirs[at.path], nil
}

// blob is the content of a file, or the target of a symbolic link.
func (f *Files) blob(h plumbing.Hash) ([]byte, error) {
	f.repo.objects.Lock()
	defer f.repo.objects.Unlock()
	b, err := f.repo.git.BlobObject(h)
	if err != nil {
		return nil, f.lose(err)
	}
	r, err := b.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // nothing was written
	return io.ReadAll(r)
}

func (f *Files) size(h plumbing.Hash) (int64, error) {
	f.repo.objects.Lock()
	defer f.repo.objects.Unlock()
	n, err := f.repo.git.Storer.EncodedObjectSize(h)
	if err != nil {
		return 0, f.lose(err)
	}
	return n, nil
}

// take notes what is read from the working tree.
func (f *Files) take(p string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken[p] = true
}

// A file of Git LFS is a short text in git
// (github.com/git-lfs/git-lfs, docs/spec.md: "Pointer files must be less than 1024 bytes").
var pointer = []byte("version https://git-lfs.github.com/spec/")

const maxPointer = 1024

// content is the content of a file: of one of Git LFS it is that of the working tree, if it is there.
func (f *Files) content(at found) ([]byte, error) {
	data, err := f.blob(at.entry.Hash)
	if err != nil || len(data) >= maxPointer || !bytes.HasPrefix(data, pointer) {
		return data, err
	}
	f.take(at.path)
	if here, err := fs.ReadFile(f.now, at.path); err == nil {
		return here, nil
	}
	return data, nil
}
