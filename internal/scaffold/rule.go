package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed rule
var ruleTemplates embed.FS

// NewRule writes the beginnings of a rule in Rego into a folder, which is named from dir: the rule, its tests,
// and the manifests that they are about. It returns the files, as people see them. Nothing is written if
// the ID is no slug, or something is there already.
func NewRule(dir, folder, id string) ([]string, error) {
	if !slug.MatchString(id) {
		return nil, fmt.Errorf("%q is no name for a rule: it needs words of lower case letters and digits, joined by dashes, such as owner-label", id)
	}
	if strings.HasSuffix(id, "-test") || id == "test" {
		return nil, fmt.Errorf("%q is no name for a rule: what ends in test are the tests of one", id)
	}
	folder = filepath.ToSlash(folder)
	at := filepath.FromSlash(folder)
	if !filepath.IsAbs(at) {
		at = filepath.Join(dir, at)
	}
	if info, err := os.Stat(at); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file: a rule needs a folder", folder)
	}
	if _, err := os.Lstat(filepath.Join(at, "fixtures", id)); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is there already, and is not touched", path.Join(folder, "fixtures", id))
	}
	files := map[string][]byte{}
	for name, tmpl := range map[string]string{
		id + ".rego":                    "rule.rego.tmpl",
		id + "_test.rego":               "rule_test.rego.tmpl",
		"fixtures/" + id + "/shop.yaml": "shop.yaml.tmpl",
	} {
		if _, err := os.Lstat(filepath.Join(at, name)); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is there already, and is not touched", path.Join(folder, name))
		}
		var b bytes.Buffer
		t := template.Must(template.ParseFS(ruleTemplates, "rule/"+tmpl))
		if err := t.Execute(&b, map[string]string{"ID": id, "Package": strings.ReplaceAll(id, "-", "_")}); err != nil {
			return nil, fmt.Errorf("filling in %s: %w", tmpl, err)
		}
		files[name] = b.Bytes()
	}
	written, err := write(at, files)
	for i, name := range written {
		written[i] = path.Join(folder, name)
	}
	return written, err
}
