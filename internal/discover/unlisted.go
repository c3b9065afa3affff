package discover

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// CheckNotRendered is the check in whose name manifests are reported that a kustomization leaves out.
const CheckNotRendered = "not-rendered"

// reportUnlisted reports policies that lie beside files that a kustomization lists, and that no
// kustomization lists. Other objects are often samples, or are applied by hand. Where the
// kustomization mentions the file in a comment, somebody left it out on purpose.
func (w *walker) reportUnlisted() {
	said := map[string]bool{}
	for _, r := range w.found.Roots {
		for _, p := range r.Unlisted {
			d := w.dirs[path.Dir(p)]
			if said[p] || d == nil || d.kustomization == nil || !listsNeighbours(d.kustomization) || mentions(d.kustomization, p) || w.t.misspelt(d.kustomization, p) {
				continue
			}
			said[p] = true
			file, err := w.t.Load(p)
			if err != nil {
				continue
			}
			var found policies
			if found.add(file); found.n > 0 {
				w.reportLeftOut(d.kustomization, p, &found)
			}
		}
	}
}

// reportUnused reports policies of components that nothing renders. Many are there to be chosen from.
func (w *walker) reportUnused() {
	for _, dir := range w.found.Unused {
		k := w.dirs[dir].kustomization
		var found policies
		for _, r := range k.Refs {
			p, err := w.t.ResolveRef(k, r)
			if r.Inline() || r.Role != Include || err != nil || w.t.IsDir(p) {
				continue
			}
			if file, err := w.t.Load(p); err == nil {
				found.add(file)
			}
		}
		if found.n == 0 {
			continue
		}
		w.found.Diagnostics = append(w.found.Diagnostics, diag.Diagnostic{
			Check: CheckNotRendered, Severity: diag.Note, At: source.Origin{Span: found.at}, Object: found.first,
			Message: fmt.Sprintf("nothing of the component %s is checked, such as %s: no kustomization here includes it", w.t.Display(dir), found.String()),
			Help:    fmt.Sprintf("%s under components of a kustomization; or check it alone: tierlint check %s", w.t.Display(dir), w.t.Display(dir)),
			Related: []diag.Related{{At: source.Origin{Span: w.listOf(k)}, Message: "the component lists its resources here"}},
		})
	}
}

func (w *walker) reportLeftOut(k *Kustomization, p string, found *policies) {
	w.found.Diagnostics = append(w.found.Diagnostics, diag.Diagnostic{
		Check: CheckNotRendered, Severity: diag.Warning, At: source.Origin{Span: found.at}, Object: found.first,
		Message: fmt.Sprintf("%s is not deployed: %s lists other files of this folder, but not %s", found.String(), w.t.Display(k.Path), path.Base(p)),
		Help:    fmt.Sprintf("- %s under resources of %s, or the file in a folder of its own", path.Base(p), w.t.Display(k.Path)),
		Related: []diag.Related{{At: source.Origin{Span: w.listOf(k)}, Message: "resources are listed here"}},
		Fixes:   listFile(k, path.Base(p)),
	})
}

// plainName matches what needs no quotes in YAML.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)

// listFile lists a file among the resources of a kustomization. It is not safe: whoever left it out may have meant to.
func listFile(k *Kustomization, name string) []diag.Fix {
	list := yamldoc.Find(k.Root, "/resources")
	if list.Rest != "" {
		return nil
	}
	place, ok := k.File.Place(list.Value)
	if !ok {
		return nil
	}
	item := name
	if !plainName.MatchString(name) {
		item = strconv.Quote(name)
	}
	edits, ok := place.Insert(len(list.Value.Content), "- "+item)
	return fix.Of("list it in "+path.Base(k.Path), false, place, edits, ok)
}

// listOf is where the kustomization lists its resources.
func (w *walker) listOf(k *Kustomization) source.Span {
	if n := yamldoc.Find(k.Root, "/resources"); n.Key != nil {
		return k.File.KeySpan(n.Key)
	}
	return w.t.Top(k.Path)
}

// listsNeighbours says whether a kustomization includes files of its own folder.
func listsNeighbours(k *Kustomization) bool {
	return slices.ContainsFunc(k.Refs, func(r Ref) bool {
		return r.Role == Include && !r.Inline() && !r.Remote() && path.Ext(r.Text) != "" && path.Dir(path.Clean(r.Text)) == "."
	})
}

// mentions says whether the text of a kustomization has the file's name anywhere.
func mentions(k *Kustomization, p string) bool {
	return k.File == nil || regexp.MustCompile(`(^|[\s/"'#-])`+regexp.QuoteMeta(path.Base(p))).Match(k.File.Content)
}
