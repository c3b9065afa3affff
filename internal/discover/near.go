package discover

import (
	"io/fs"
	"path"

	"github.com/tierlint/tierlint/internal/near"
)

// Near is the path of a file or folder whose name is nearly the one that a kustomization names, in the same
// folder, and written as the kustomization writes it; "" if there is none.
func (t *Tree) Near(k *Kustomization, r Ref) string {
	dir, err := t.Resolve(path.Join(k.Dir, path.Dir(r.Text)))
	if err != nil {
		return ""
	}
	entries, err := fs.ReadDir(t.FS, dir)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	name := near.Name(path.Base(r.Text), names)
	if name == "" {
		return ""
	}
	return path.Join(path.Dir(r.Text), name)
}
