package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/tierlint/tierlint/internal/chart"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// firstLine is the first virtual line. Objects that start below it are not on virtual lines:
// kustomize writes some anew, for example after a JSON 6902 patch, and counts lines from 1. It is
// more than the comments that files start with, and not more than needed: every document is
// parsed with all the empty lines before it.
const firstLine = 500

// maxRead is the number of bytes that one build may read, all repetitions counted.
const maxRead = 32 << 20

// errTooLarge says that a build reads more than maxRead.
var errTooLarge = errors.New("the build reads too much")

// stage is the file system that kustomize sees: read-only, without a way out of the tree, and with
// every document on lines of its own. kyaml keeps the line and column of what it parses through
// merges and patches, so that a line says which file a value of the result comes from.
// The tree's top is "/" in it.
type stage struct {
	t     *discover.Tree
	kusts map[string]*prepared
	files map[string]*yamldoc.File // resources and patches, which are served on virtual lines
	// data is files that something reads as data, too, and that must be what is written.
	data   map[string]bool
	inline map[string]*inlineFile
	charts map[string]*chart.Text // what charts render to, which is in files, too
	// resources says which of them are resources.
	resources map[string]bool
	// dropped is documents that kustomize does not accept.
	dropped map[*yamldoc.Document]bool
	// withoutJSON leaves out JSON 6902 patches.
	withoutJSON bool

	served  map[string][]byte
	virtual []*virtualDocument // by first line
	next    int
	read    int
}

// virtualDocument is a document on lines of its own.
type virtualDocument struct {
	first, last int // virtual lines
	line        int // the line in the file that first stands for
	path        string
	file        *yamldoc.File
	doc         *yamldoc.Document
	resource    bool                     // it is a resource, and not a patch
	inline      *inlineFile              // nil: a file
	nodes       map[[2]int]*yamldoc.Node // by line and column; see index
	keys        map[[2]int]*yamldoc.Node
}

func newStage(t *discover.Tree, kusts map[string]*prepared) *stage {
	return &stage{
		t: t, kusts: kusts, files: map[string]*yamldoc.File{}, data: map[string]bool{}, inline: map[string]*inlineFile{},
		charts: map[string]*chart.Text{}, resources: map[string]bool{},
		dropped: map[*yamldoc.Document]bool{}, served: map[string][]byte{}, next: firstLine,
	}
}

// again is the same stage before kustomize has seen it.
func (s *stage) again() *stage {
	n := *s
	n.served, n.virtual, n.next, n.read = map[string][]byte{}, nil, firstLine, 0
	return &n
}

// inTree is a path of the stage as the tree names it.
func inTree(p string) string {
	p = strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(p)), "/")
	if p == "" {
		return "."
	}
	return p
}

func onStage(p string) string { return path.Join("/", p) }

// find is a path without symbolic links, and whether it is a folder.
func (s *stage) find(p string) (string, bool, error) {
	p = inTree(p)
	if s.inline[p] != nil || s.charts[p] != nil {
		return p, false, nil
	}
	real, err := s.t.Resolve(p)
	if err != nil {
		return "", false, err
	}
	return real, s.t.IsDir(real), nil
}

// CleanedAbs splits a path into its folder and its file.
func (s *stage) CleanedAbs(p string) (filesys.ConfirmedDir, string, error) {
	real, isDir, err := s.find(p)
	if err != nil {
		return "", "", err
	}
	if isDir {
		return filesys.ConfirmedDir(onStage(real)), "", nil
	}
	return filesys.ConfirmedDir(onStage(path.Dir(real))), path.Base(real), nil
}

// Exists says whether there is something at a path.
func (s *stage) Exists(p string) bool {
	_, _, err := s.find(p)
	return err == nil
}

// IsDir says whether there is a folder at a path.
func (s *stage) IsDir(p string) bool {
	_, isDir, err := s.find(p)
	return err == nil && isDir
}

// ReadFile returns what kustomize gets to see of a file.
func (s *stage) ReadFile(p string) ([]byte, error) {
	content, err := s.content(p)
	if s.read += len(content); s.read > maxRead {
		return nil, errTooLarge
	}
	return content, err
}

func (s *stage) content(p string) ([]byte, error) {
	real, isDir, err := s.find(p)
	if err != nil {
		return nil, err
	}
	if isDir {
		return nil, fmt.Errorf("%s is a folder", p)
	}
	if content, ok := s.served[real]; ok {
		return content, nil
	}
	content, err := s.serve(real)
	if err == nil {
		s.served[real] = content
	}
	return content, err
}

func (s *stage) serve(p string) ([]byte, error) {
	if s.t.IsKustomization(p) {
		prep := s.kusts[path.Dir(p)]
		if prep == nil || prep.k.Path != p {
			return nil, fs.ErrNotExist
		}
		return prep.content(s.withoutJSON)
	}
	if in := s.inline[p]; in != nil {
		return s.document(p, in.file, in), nil
	}
	if f := s.files[p]; f != nil && !s.data[p] {
		return s.document(p, f, nil), nil
	}
	info, err := fs.Stat(s.t.FS, p)
	if err != nil {
		return nil, err
	}
	if info.Size() > yamldoc.MaxFileSize {
		return nil, errTooLarge
	}
	return fs.ReadFile(s.t.FS, p)
}

// The rest of the file system is not there.
var errReadOnly = errors.New("this file system is read-only")

// Create always fails.
func (s *stage) Create(string) (filesys.File, error) { return nil, errReadOnly }

// Mkdir always fails.
func (s *stage) Mkdir(string) error { return errReadOnly }

// MkdirAll always fails.
func (s *stage) MkdirAll(string) error { return errReadOnly }

// RemoveAll always fails.
func (s *stage) RemoveAll(string) error { return errReadOnly }

// WriteFile always fails.
func (s *stage) WriteFile(string, []byte) error { return errReadOnly }

// Open always fails: kustomize reads whole files.
func (s *stage) Open(string) (filesys.File, error) { return nil, errReadOnly }

// Glob finds nothing: kustomize does not use it to build.
func (s *stage) Glob(string) ([]string, error) { return nil, errReadOnly }

// ReadDir finds nothing: kustomize does not use it to build.
func (s *stage) ReadDir(string) ([]string, error) { return nil, errReadOnly }

// Walk finds nothing: kustomize does not use it to build.
func (s *stage) Walk(string, filepath.WalkFunc) error { return errReadOnly }
