package discover

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// kustomizationNames are the names of the file that makes a folder a kustomization
// (kustomize api/konfig/general.go, v0.21.2).
var kustomizationNames = [...]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// IsKustomization says whether a file is a kustomization. It is by its name, unless it holds what Flux
// calls a Kustomization, which is an object of the cluster: kustomize refuses the folder of such a
// file, but nobody builds that, and kubectl applies it.
func (t *Tree) IsKustomization(p string) bool {
	if !slices.Contains(kustomizationNames[:], path.Base(p)) {
		return false
	}
	f, err := t.Load(p)
	return err != nil || len(f.Documents) == 0 ||
		!strings.HasPrefix(yamldoc.Text(f.Documents[0].Root, "/apiVersion"), "kustomize.toolkit.fluxcd.io/")
}

// Role says what a kustomization does with a file or folder that it names.
type Role uint8

// The roles.
const (
	Include   Role = iota // resources, bases: a file of objects, or another kustomization
	Component             // components: a folder
	Patch                 // a strategic-merge or JSON 6902 patch
	Plugin                // generators, transformers, validators: a file, a folder, or inline
	Data                  // what a generator puts into a ConfigMap or Secret
	Config                // read by kustomize itself: crds, configurations, replacements, openapi, values
)

// Ref is one file or folder that a kustomization names.
type Ref struct {
	Role    Role
	Pointer string        // of the scalar in the kustomization: "/resources/0"
	Entry   string        // of the entry that cannot do without it: "/patches/0"
	Text    string        // as written, without the "key=" of a generator's file
	Node    *yamldoc.Node // the scalar
}

// Inline says whether the text is the thing itself, and not a path.
func (r Ref) Inline() bool {
	return strings.Contains(r.Text, "\n") || strings.HasPrefix(strings.TrimSpace(r.Text), "{")
}

// remote matches what kustomize takes for something to fetch, and not for a path
// (kustomize api/internal/git/repospec.go: extractHost, and api/internal/loader/fileloader.go:
// IsRemoteFile, v0.21.2).
var remote = regexp.MustCompile(`(?i)^\s*(git::|ssh://|https?:|file://|github\.com[/:]|[a-z][a-z0-9-]*@)`)

// Remote says whether kustomize would fetch the thing.
func (r Ref) Remote() bool { return remote.MatchString(r.Text) }

// Kustomization is a kustomization file, read as far as finding files goes.
type Kustomization struct {
	Dir  string // in the tree
	Path string // of the file
	// Others are more kustomization files in the folder, which kustomize does not allow.
	Others      []string
	File        *yamldoc.File
	Root        *yamldoc.Node // the mapping; nil if the file cannot be read, see Err and File.Problems
	Err         error
	IsComponent bool
	Refs        []Ref
}

// Kustomization reads the kustomization in a folder; nil if there is none.
func (t *Tree) Kustomization(dir string) *Kustomization {
	v, _ := t.kusts.LoadOrStore(dir, &lazyKustomization{})
	l := v.(*lazyKustomization)
	l.once.Do(func() { l.k = t.readKustomization(dir) })
	return l.k
}

// lazyKustomization is a kustomization that is read once, by whoever asks first.
type lazyKustomization struct {
	once sync.Once
	k    *Kustomization
}

func (t *Tree) readKustomization(dir string) *Kustomization {
	var k *Kustomization
	for _, name := range kustomizationNames {
		p := path.Join(dir, name)
		info, err := fs.Stat(t.FS, p)
		if errors.Is(err, fs.ErrNotExist) || err == nil && (info.IsDir() || !t.IsKustomization(p)) {
			continue
		}
		if k != nil {
			k.Others = append(k.Others, p)
			continue
		}
		k = &Kustomization{Dir: dir, Path: p}
	}
	if k == nil {
		return nil
	}
	if k.File, k.Err = t.Load(k.Path); k.Err != nil {
		return k
	}
	if len(k.File.Documents) == 0 || k.File.Documents[0].Root.Kind != yaml.MappingNode {
		return k
	}
	k.Root = k.File.Documents[0].Root
	exactKeys(k.Root)
	k.IsComponent = yamldoc.Text(k.Root, "/kind") == "Component"
	k.Refs = references(k.Root)
	return k
}

// fields are the keys of a kustomization that name files (kustomize api/types/kustomization.go).
var fields = [...]string{
	"kind", "resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators", "patches",
	"patchesStrategicMerge", "patchesJson6902", "replacements", "openapi", "configMapGenerator", "secretGenerator", "helmCharts",
	"helmChartInflationGenerator",
}

// exactKeys corrects the case of keys, which kustomize does not look at.
func exactKeys(root *yamldoc.Node) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		for _, f := range fields {
			if strings.EqualFold(root.Content[i].Value, f) {
				root.Content[i].Value = f
			}
		}
	}
}

// references lists what a kustomization names.
func references(root *yamldoc.Node) []Ref {
	var out []Ref
	add := func(role Role, pointer, entry string) {
		found := yamldoc.Find(root, pointer)
		if found.Rest != "" {
			return
		}
		n := found.Value
		for n.Kind == yaml.AliasNode && n.Alias != nil {
			n = n.Alias
		}
		if n.Kind == yaml.ScalarNode && n.Value != "" {
			out = append(out, Ref{Role: role, Pointer: pointer, Entry: entry, Text: n.Value, Node: found.Value})
		}
	}
	each := func(list string, f func(entry string)) {
		for i := range yamldoc.Items(root, list) {
			f(list + "/" + strconv.Itoa(i))
		}
	}
	for _, l := range []struct {
		list string
		role Role
	}{
		{"/resources", Include}, {"/bases", Include}, {"/components", Component}, {"/crds", Config}, {"/configurations", Config},
		{"/generators", Plugin}, {"/transformers", Plugin}, {"/validators", Plugin}, {"/patchesStrategicMerge", Patch},
	} {
		each(l.list, func(e string) { add(l.role, e, e) })
	}
	for _, l := range []string{"/patches", "/patchesJson6902"} {
		each(l, func(e string) { add(Patch, e+"/path", e) })
	}
	each("/replacements", func(e string) { add(Config, e+"/path", e) })
	add(Config, "/openapi/path", "/openapi")
	for _, l := range []string{"/configMapGenerator", "/secretGenerator"} {
		each(l, func(e string) {
			each(e+"/files", func(f string) { add(Data, f, e) })
			each(e+"/envs", func(f string) { add(Data, f, e) })
			add(Data, e+"/env", e)
		})
	}
	each("/helmCharts", func(e string) {
		add(Config, e+"/valuesFile", e)
		each(e+"/additionalValuesFiles", func(f string) { add(Config, f, e) })
	})
	for i, r := range out {
		if _, file, ok := strings.Cut(r.Text, "="); ok && r.Role == Data && strings.Contains(r.Pointer, "/files/") {
			out[i].Text = file
		}
	}
	return out
}

// ResolveRef is the path in the tree that a reference means, without symbolic links.
func (t *Tree) ResolveRef(k *Kustomization, r Ref) (string, error) {
	if path.IsAbs(r.Text) {
		return "", ErrLeaves
	}
	return t.Resolve(path.Join(k.Dir, r.Text))
}
