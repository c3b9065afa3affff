package render

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// planner reads the kustomizations of a build before kustomize does, takes out what must not or
// cannot be read, and says so.
type planner struct {
	*builder
	ctx    context.Context
	root   *layer
	layers int
	kusts  map[string]*prepared // by folder
	read   map[string]bool      // files whose problems are reported
	bytes  int                  // of the files that are named, as often as they are
	stop   bool                 // the build is too large
	// missing says that a part of the build was not there from the start; foreign, that a file which is
	// no kustomization has the name of one.
	missing, foreign bool
	charts           map[string]*inflated // by the path under which kustomize gets it
}

// prepared is a kustomization as kustomize gets it.
type prepared struct {
	k       *discover.Kustomization
	dropped map[string]bool   // pointers to entries that are taken out
	inline  map[string]string // pointer to an inline patch -> path that replaces it
	json    map[string]bool   // pointers to the entries of JSON 6902 patches
	charts  []use             // what charts render to, or bring along, which goes in place of their entries
}

func (p *prepared) drop(pointer string) { p.dropped[pointer] = true }

// layer reads the kustomization in a folder and all below it; nil if there is none to be used.
func (p *planner) layer(dir string, parent *layer, entry source.Span, role discover.Role) *layer {
	if p.layers++; p.layers > maxLayers {
		if !p.stop {
			p.refuse(entry, fmt.Sprintf("more than %d kustomizations include each other here: it is not rendered", maxLayers), "")
		}
		p.stop = true
		return nil
	}
	k := p.t.Kustomization(dir)
	l := &layer{k: k, parent: parent, entry: entry, role: role}
	prep := p.kusts[dir]
	first := prep == nil
	if first {
		prep = &prepared{k: k, dropped: map[string]bool{}, inline: map[string]string{}, json: map[string]bool{}}
		p.kusts[dir] = prep
		p.checkFile(k)
	}
	if k.Root == nil {
		return l
	}
	if first {
		p.inflateCharts(l, prep)
		p.findInline(l, prep)
	}
	l.files = append(l.files, prep.charts...)
	for _, r := range k.Refs {
		if !prep.dropped[r.Entry] && !p.stop {
			p.ref(l, prep, r)
		}
	}
	for _, pointer := range slices.Sorted(keys(prep.inline)) {
		n := yamldoc.Find(k.Root, pointer).Value
		if isJSONPatch(yamldoc.Parse(k.File.Name, []byte(target(n).Value))) {
			prep.json[entryOf(pointer)] = true
		}
		l.patches = append(l.patches, use{path: prep.inline[pointer], at: l.spanAt(pointer, true), ref: discover.Ref{Role: discover.Patch, Pointer: pointer, Entry: entryOf(pointer)}})
	}
	return l
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// entryOf is the list item that a pointer leads into: "/patches/0" for "/patches/0/patch".
func entryOf(pointer string) string {
	parts := strings.SplitN(pointer, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/")
}

// refuse reports what kustomize does not accept, or what we do not let it do.
func (p *planner) refuse(at source.Span, message, help string, fixes ...diag.Fix) {
	p.Incomplete = true
	p.report(CheckKustomization, diag.Error, at, message, help, fixes...)
}

// checkFile reports what is wrong with a kustomization file itself.
func (p *planner) checkFile(k *discover.Kustomization) {
	name := p.t.Top(k.Path)
	if k.Err != nil {
		p.Stats.NotUnderstood++
		p.refuse(name, "this kustomization cannot be read: "+reason(k.Err), "")
		return
	}
	p.Stats.Files++
	p.Files = append(p.Files, p.t.Display(k.Path))
	for _, prob := range k.File.Problems {
		check := CheckKustomization
		if prob.Kind != yamldoc.DuplicateKey {
			p.Incomplete = true
			p.Stats.NotUnderstood++
		}
		p.diags = append(p.diags, diag.Diagnostic{
			Check: check, Severity: diag.Error, At: source.Origin{Span: prob.At}, Message: prob.Message, Help: prob.Help,
		})
	}
	api := yamldoc.Text(k.Root, "/apiVersion")
	switch {
	case k.Root != nil && api != "" && !strings.HasPrefix(api, "kustomize.config.k8s.io/"):
		p.foreign = true
		p.refuse(k.File.KeySpan(yamldoc.Find(k.Root, "/apiVersion").Value),
			"this is not kustomize's apiVersion, but the file's name says that it is a kustomization: kustomize refuses the folder",
			"apiVersion: kustomize.config.k8s.io/v1beta1, or another file name")
	case k.Root == nil && len(k.File.Problems) == 0:
		p.refuse(name, "this kustomization is empty, which kustomize refuses", "add resources, or remove the file")
	case len(k.Others) > 0:
		p.refuse(p.t.Top(k.Others[0]),
			"this folder has two kustomization files, which kustomize refuses; "+path.Base(k.Path)+" is used here", "keep one of them")
	}
}

// gap says that something of the root is missing.
func (p *planner) gap(at source.Span, message, settle string) {
	p.Incomplete = true
	p.Gaps = append(p.Gaps, model.Gap{At: source.Origin{Span: at}, Message: message, Settle: settle})
}

// findInline gives inline patches a path, under which kustomize gets them with lines of their own.
func (p *planner) findInline(l *layer, prep *prepared) {
	for _, field := range []string{"/patches", "/patchesJson6902"} {
		for i := range yamldoc.Items(l.k.Root, field) {
			pointer := fmt.Sprintf("%s/%d/patch", field, i)
			if strings.TrimSpace(yamldoc.Text(l.k.Root, pointer)) != "" {
				prep.inline[pointer] = inlinePath(l.k, pointer)
			}
		}
	}
	for i, n := range yamldoc.Items(l.k.Root, "/patchesStrategicMerge") {
		if n = target(n); n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "\n") {
			pointer := fmt.Sprintf("/patchesStrategicMerge/%d", i)
			prep.inline[pointer] = inlinePath(l.k, pointer)
		}
	}
}
