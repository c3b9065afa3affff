package discover

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// maxHidden is how many entries of a hidden folder are looked at.
const maxHidden = 1000

// skipped says whether a name is one in which few keep manifests of their own.
func skipped(name string) bool { return hidden(name) || name == "node_modules" || name == "vendor" }

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// reportHidden reports policies in folders and files that are passed over because their names begin with a dot.
func (w *walker) reportHidden() {
	listed, _ := w.listed()
	for _, top := range w.hidden {
		var found policies
		left := maxHidden
		// No error can come out of it: what cannot be read is passed over.
		_ = fs.WalkDir(w.t.FS, top, func(p string, e fs.DirEntry, err error) error {
			left--
			switch {
			case left < 0:
				return fs.SkipAll
			case err != nil || !e.IsDir() && !e.Type().IsRegular():
				return nil
			case w.seen[p] || w.excluded(p) || p != top && skipped(e.Name()):
				if e.IsDir() {
					return fs.SkipDir
				}
				return nil
			case e.IsDir() || !mayBeManifest(p) || listed[p]:
				return nil
			}
			if file, err := w.t.Load(p); err == nil {
				found.add(file)
			}
			return nil
		})
		if found.n == 0 {
			continue
		}
		w.found.Diagnostics = append(w.found.Diagnostics, diag.Diagnostic{
			Check: CheckNotRendered, Severity: diag.Note, At: source.Origin{Span: found.at}, Object: found.first,
			Message: fmt.Sprintf("nothing of %s is checked, such as %s: its name begins with a dot", w.t.Display(top), found.String()),
			Help:    fmt.Sprintf("tierlint check %s, which reads it because it is named", w.t.Display(top)),
		})
	}
}
