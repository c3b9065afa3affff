package tierlint

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tierlint/tierlint/"

// layers are the packages that may be imported, from the bottom up: a package imports only what
// is on layers below its own. Tests may also import what is above.
var layers = []string{
	"internal/source internal/flow internal/bitset internal/near internal/platform internal/action internal/scaffold",
	"internal/selector internal/pktset internal/yamldoc internal/diag",
	"internal/fix",
	"internal/model internal/discover internal/revision",
	"internal/chart internal/load internal/config internal/suppress",
	"internal/render",
	"internal/environment internal/deploy internal/refeval",
	"internal/eval",
	"internal/check",
	"checks internal/regocheck",
	"internal/report",
	"internal/pipeline",
	"internal/cli",
	"cmd/tierlint",
}

// outside are packages that anything may import, as they import nothing of the house, and those
// that only tests do.
var outside = []string{"docs", "rego", "fixtures/conformance", "internal/checktest", "internal/checktest/gen", "internal/checktest/scale"}

// apart are packages that must not share code, so that each can be tested against the other.
var apart = [][2]string{
	{"internal/refeval", "internal/eval"}, {"internal/eval", "internal/refeval"},
	{"internal/refeval", "internal/pktset"}, {"internal/refeval", "internal/bitset"},
	{"internal/pktset", "internal/model"},
}

// owners are the only packages that may import modules with these paths.
var owners = []struct {
	module string
	by     []string
}{
	{"k8s.io/", []string{"internal/load"}},
	{"github.com/projectcalico/calico/libcalico-go/lib/selector", []string{"internal/selector"}},
	{"github.com/projectcalico/", []string{"internal/load"}},
	{"sigs.k8s.io/kustomize/", []string{"internal/render"}},
	{"helm.sh/", []string{"internal/chart"}},
	{"github.com/Masterminds/", []string{"internal/chart"}},
	{"github.com/open-policy-agent/", []string{"internal/regocheck"}},
	{"github.com/sethvargo/go-githubactions", []string{"internal/action"}},
	{"github.com/go-git/", []string{"internal/revision"}},
	{"github.com/spf13/cobra", []string{"internal/cli"}},
}

// goFile is a file of the repository.
type goFile struct {
	path, pkg string
	test      bool
	lines     int
	imports   []string
}

// goFiles reads all Go files.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || p != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), p, data, parser.ImportsOnly)
		if err != nil {
			return err
		}
		f := goFile{path: filepath.ToSlash(p), test: strings.HasSuffix(p, "_test.go"), lines: strings.Count(string(data), "\n")}
		f.pkg = path.Dir(f.path)
		for _, i := range parsed.Imports {
			f.imports = append(f.imports, strings.Trim(i.Path.Value, `"`))
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files were found", len(out))
	}
	return out
}

// layer is the number of a package's layer; -1 if it has none.
func layer(pkg string) int {
	return slices.IndexFunc(layers, func(l string) bool { return slices.Contains(strings.Fields(l), pkg) })
}

func TestImportsRunDownward(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || f.pkg == "." || slices.Contains(outside, f.pkg) {
			continue
		}
		at := layer(f.pkg)
		if at < 0 {
			t.Errorf("%s: package %s is on no layer in imports_test.go", f.path, f.pkg)
			continue
		}
		for _, imp := range f.imports {
			pkg, ours := strings.CutPrefix(imp, module)
			if !ours || pkg == "rego" || pkg == "docs" {
				continue
			}
			switch to := layer(pkg); {
			case to < 0:
				t.Errorf("%s imports %s, which is for tests", f.path, pkg)
			case to >= at:
				t.Errorf("%s imports %s, which is not below it", f.path, pkg)
			}
		}
	}
}

func TestPackagesApart(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, pair := range apart {
			if !f.test && f.pkg == pair[0] && slices.Contains(f.imports, module+pair[1]) {
				t.Errorf("%s imports %s: they must share nothing", f.path, pair[1])
			}
		}
	}
}

func TestModulesHaveOneUser(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		for _, imp := range f.imports {
			i := slices.IndexFunc(owners, func(o struct {
				module string
				by     []string
			}) bool {
				return strings.HasPrefix(imp, o.module)
			})
			if i >= 0 && !slices.Contains(owners[i].by, f.pkg) {
				t.Errorf("%s imports %s, which only %s may", f.path, imp, strings.Join(owners[i].by, " and "))
			}
		}
	}
}

func TestFilesAreSmall(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.test && f.lines > 400 {
			t.Errorf("%s has %d lines, more than 400: it has more than one subject", f.path, f.lines)
		}
	}
}

func TestOneMainPackage(t *testing.T) {
	// pre-commit builds every main package of the module.
	for _, f := range goFiles(t) {
		parsed, err := parser.ParseFile(token.NewFileSet(), f.path, nil, parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Name.Name == "main" && f.pkg != "cmd/tierlint" {
			t.Errorf("%s is in a second main package", f.path)
		}
	}
}

// TestTheImageHasEveryPackage: .dockerignore leaves out everything but what it names.
func TestTheImageHasEveryPackage(t *testing.T) {
	data, err := os.ReadFile(".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	kept := strings.Fields(string(data))
	for _, f := range goFiles(t) {
		folder, _, _ := strings.Cut(f.pkg, "/")
		if !f.test && folder != "fixtures" && !slices.Contains(kept, "!"+folder) {
			t.Errorf("%s: .dockerignore does not keep %s, so the image cannot be built", f.path, folder)
		}
	}
}
