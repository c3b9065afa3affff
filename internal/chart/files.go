package chart

import (
	"encoding/base64"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gobwas/glob"
	"helm.sh/helm/v3/pkg/chart"
)

// files is what templates see of the other files of their chart, as .Files (pkg/engine/files.go).
type files map[string][]byte

func newFiles(from []*chart.File) files {
	out := files{}
	for _, f := range from {
		out[f.Name] = f.Data
	}
	return out
}

// GetBytes is a file's content; of no file, nothing.
func (f files) GetBytes(name string) []byte {
	if data, ok := f[name]; ok {
		return data
	}
	return []byte{}
}

// Get is a file's content as text.
func (f files) Get(name string) string { return string(f.GetBytes(name)) }

// Glob is the files whose names match a pattern.
func (f files) Glob(pattern string) files {
	g, err := glob.Compile(pattern, '/')
	out := files{}
	for name, data := range f {
		if err != nil || g.Match(name) {
			out[name] = data
		}
	}
	return out
}

// AsConfig is the files as the data of a ConfigMap.
func (f files) AsConfig() string {
	return f.byBase(func(data []byte) string { return string(data) })
}

// AsSecrets is the files as the data of a Secret.
func (f files) AsSecrets() string { return f.byBase(base64.StdEncoding.EncodeToString) }

func (f files) byBase(encode func([]byte) string) string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		out[path.Base(name)] = encode(f[name])
	}
	return toYAML(out)
}

// Lines is a file's lines.
func (f files) Lines(name string) []string {
	if len(f[name]) == 0 {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(string(f[name]), "\n"), "\n")
}
