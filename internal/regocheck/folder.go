package regocheck

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// folder is what a folder of rules has.
type folder struct {
	tests    bool // they are read, too
	modules  []*ast.Module
	data     map[string]any
	texts    map[string][]byte // by name, as in findings
	fixtures []Fixture
	problems []*problem
}

// readFolders reads several folders, which are named from dir, as one.
func readFolders(dir string, names []string, tests bool) (*folder, error) {
	all := &folder{data: map[string]any{}, texts: map[string][]byte{}}
	for _, name := range names {
		f, err := readFolder(dir, name, tests)
		if err != nil {
			return nil, err
		}
		all.modules = append(all.modules, f.modules...)
		all.problems = append(all.problems, f.problems...)
		all.fixtures = append(all.fixtures, f.fixtures...)
		maps.Copy(all.texts, f.texts)
		if at := mergeData(all.data, f.data, ""); at != "" {
			all.complain(name, fmt.Sprintf("data.%s is in another folder of rules too", at), "")
		}
	}
	return all, nil
}

// readFolder reads the rules and data of a folder. Nothing outside of it is read: a symbolic link that
// leads out is a problem. Names are as people see them, below name.
func readFolder(dir, name string, tests bool) (*folder, error) {
	at := name
	if !filepath.IsAbs(at) {
		at = filepath.Join(dir, at)
	}
	root, err := os.OpenRoot(at)
	if err != nil {
		return nil, fmt.Errorf("the rules in %s: %w", name, reason(err))
	}
	defer func() { _ = root.Close() }() // nothing was written
	f := &folder{tests: tests, data: map[string]any{}, texts: map[string][]byte{}}
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir // of other programs
		case d.IsDir() && isFixture(p):
			f.fixtures = append(f.fixtures, Fixture{Name: d.Name(), Folder: path.Join(filepath.ToSlash(name), p)})
			return fs.SkipDir // manifests
		case d.IsDir():
			return nil
		}
		f.read(root.FS(), p, path.Join(filepath.ToSlash(name), p), d)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the rules in %s: %w", name, reason(err))
	}
	return f, nil
}

// isFixture says whether a folder has manifests for tests, because it is in one named fixtures.
func isFixture(p string) bool { return path.Base(path.Dir(p)) == "fixtures" }

// reason is why a file could not be read, without its name.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// read reads one file, if it is of a kind that matters.
func (f *folder) read(in fs.FS, p, name string, d fs.DirEntry) {
	isRule := path.Ext(p) == ".rego" && (f.tests || !isTest(p))
	isData := isDataFile(path.Base(p))
	if !isRule && !isData {
		if d.Type() == fs.ModeSymlink {
			if to, err := fs.Stat(in, p); err == nil && to.IsDir() || err != nil && !errors.Is(err, fs.ErrNotExist) && path.Ext(p) == "" {
				f.complain(name, "a symbolic link to a folder is not followed, so rules in it do not run", "name the folder itself, or move it here")
			}
		}
		return
	}
	text, err := fs.ReadFile(in, p)
	if err != nil {
		f.complain(name, fmt.Sprintf("this cannot be read: %v", reason(err)), "rules and their data must be in the folder that is named")
		return
	}
	f.texts[name] = text
	if isData {
		f.addData(path.Dir(p), name, text)
		return
	}
	m, err := parseModule(name, string(text))
	if err != nil {
		f.problems = append(f.problems, problemsOf(err, "this is not Rego")...)
		return
	}
	f.modules = append(f.modules, m)
}

func (f *folder) complain(name, message, help string) {
	f.problems = append(f.problems, &problem{at: &ast.Location{File: name, Row: 1, Col: 1}, message: message, help: help})
}

// isDataFile says whether a file is data for rules, as in OPA's bundles: data.json or data.yaml, whose folder
// says where below `data` it is.
func isDataFile(base string) bool {
	return base == "data.json" || base == "data.yaml" || base == "data.yml"
}

// addData puts a file's data where its folder says.
func (f *folder) addData(dir, name string, text []byte) {
	file := yamldoc.Parse(name, text)
	for _, p := range file.Problems {
		at := p.At.Start
		f.problems = append(f.problems, &problem{
			at: &ast.Location{File: name, Row: at.Line, Col: at.Col, Offset: at.Offset}, message: "the data cannot be read: " + p.Message,
		})
	}
	if len(file.Problems) > 0 || len(file.Documents) == 0 {
		return
	}
	value, err := yamldoc.Value(file.Documents[0].Root)
	if err != nil {
		f.complain(name, "the data cannot be read: "+err.Error(), "")
		return
	}
	if dir != "." {
		parts := strings.Split(dir, "/")
		for i := len(parts) - 1; i >= 0; i-- {
			value = map[string]any{parts[i]: value}
		}
	}
	more, ok := value.(map[string]any)
	if !ok {
		f.complain(name, "the data is no mapping of names to values, so rules cannot name it", "")
		return
	}
	if at := mergeData(f.data, more, ""); at != "" {
		f.complain(name, fmt.Sprintf("data.%s is in another file too", at), "one of the two")
	}
}

// mergeData adds data and returns what is there twice, if anything is.
func mergeData(to, more map[string]any, at string) string {
	for k, v := range more {
		old, taken := to[k]
		if !taken {
			to[k] = v
			continue
		}
		a, aOK := old.(map[string]any)
		b, bOK := v.(map[string]any)
		if !aOK || !bOK {
			return at + k
		}
		if twice := mergeData(a, b, at+k+"."); twice != "" {
			return twice
		}
	}
	return ""
}

// parseModule reads a file of Rego. One that is written in the language before version 1 is
// read as that, if it is fit for nothing else.
func parseModule(name, text string) (*ast.Module, error) {
	options := ast.ParserOptions{Capabilities: capabilities(), ProcessAnnotation: true, RegoVersion: ast.RegoV1}
	m, err := ast.ParseModuleWithOpts(name, text, options)
	if err == nil {
		return m, nil
	}
	options.RegoVersion = ast.RegoV0
	if old, err := ast.ParseModuleWithOpts(name, text, options); err == nil && old != nil && !old.Package.Path.HasPrefix(rulePackages) {
		return old, nil
	}
	return nil, err
}
