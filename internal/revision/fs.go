package revision

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Open implements fs.FS. It follows symbolic links.
func (f *Files) Open(name string) (fs.File, error) {
	at, err := f.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if at.elsewhere {
		return f.now.Open(at.path)
	}
	if at.dir() {
		entries, err := f.ReadDir(name)
		return &openDir{info: info{name: path.Base(name), mode: fs.ModeDir | 0o755}, entries: entries}, err
	}
	data, err := f.content(at)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &openFile{Reader: bytes.NewReader(data), info: info{name: path.Base(name), size: int64(len(data)), mode: modeOf(at.entry.Mode)}}, nil
}

// ReadFile implements fs.ReadFileFS.
func (f *Files) ReadFile(name string) ([]byte, error) {
	at, err := f.find("read", name, true)
	if err != nil {
		return nil, err
	}
	if at.elsewhere {
		return fs.ReadFile(f.now, at.path)
	}
	if at.dir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errIsFolder}
	}
	data, err := f.content(at)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// ReadDir implements fs.ReadDirFS.
func (f *Files) ReadDir(name string) ([]fs.DirEntry, error) {
	at, err := f.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if at.elsewhere {
		return fs.ReadDir(f.now, at.path)
	}
	entries, err := f.list(at)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	out := make([]fs.DirEntry, 0, len(entries))
	for _, e := range entries {
		out = append(out, dirEntry{f, path.Join(at.path, e.Name), e})
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// Stat implements fs.StatFS.
func (f *Files) Stat(name string) (fs.FileInfo, error) { return f.stat("stat", name, true) }

// Lstat implements fs.ReadLinkFS.
func (f *Files) Lstat(name string) (fs.FileInfo, error) { return f.stat("lstat", name, false) }

func (f *Files) stat(op, name string, last bool) (fs.FileInfo, error) {
	at, err := f.find(op, name, last)
	if err != nil {
		return nil, err
	}
	if at.elsewhere {
		if last {
			return fs.Stat(f.now, at.path)
		}
		return fs.Lstat(f.now, at.path)
	}
	out := info{name: path.Base(name), mode: modeOf(at.entry.Mode)}
	if !at.dir() {
		if out.size, err = f.size(at.entry.Hash); err != nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: err}
		}
	}
	return out, nil
}

// ReadLink implements fs.ReadLinkFS.
func (f *Files) ReadLink(name string) (string, error) {
	at, err := f.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	if at.elsewhere {
		return fs.ReadLink(f.now, at.path)
	}
	if at.entry.Mode != filemode.Symlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	target, err := f.blob(at.entry.Hash)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return string(target), nil
}

var errIsFolder = errors.New("is a directory")

// modeOf is what git's mode is elsewhere. A submodule is a folder.
func modeOf(m filemode.FileMode) fs.FileMode {
	switch m {
	case filemode.Dir, filemode.Submodule:
		return fs.ModeDir | 0o755
	case filemode.Symlink:
		return fs.ModeSymlink | 0o777
	case filemode.Executable:
		return 0o755
	}
	return 0o644
}

// info is what is known of a file. Git keeps no times.
type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

// dirEntry is an entry of a folder.
type dirEntry struct {
	files *Files
	path  string
	entry object.TreeEntry
}

func (e dirEntry) Name() string               { return e.entry.Name }
func (e dirEntry) IsDir() bool                { return e.Type().IsDir() }
func (e dirEntry) Type() fs.FileMode          { return modeOf(e.entry.Mode).Type() }
func (e dirEntry) Info() (fs.FileInfo, error) { return e.files.Lstat(e.path) }

// openFile is a file that is being read.
type openFile struct {
	*bytes.Reader
	info info
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

// openDir is a folder that is being read.
type openDir struct {
	info    info
	entries []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.name, Err: errIsFolder}
}

// ReadDir implements fs.ReadDirFile.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(d.entries)
	} else if len(d.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.entries))
	out := d.entries[:n]
	d.entries = d.entries[n:]
	return out, nil
}
