package check

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
)

// holding says in which environments a finding of a check has a fix, by check and edits.
type holding map[string]map[int]bool

func fixKey(d *diag.Diagnostic, f *diag.Fix) string { return d.Check + "\x00" + fmt.Sprint(f.Edits) }

// add notes the fixes of a finding in an environment.
func (h holding) add(d *diag.Diagnostic, env int) {
	for i := range d.Fixes {
		key := fixKey(d, &d.Fixes[i])
		if h[key] == nil {
			h[key] = map[int]bool{}
		}
		h[key][env] = true
	}
}

// settle makes those fixes unsafe that change a file which is also in an environment where they
// fix nothing.
func (h holding) settle(found []diag.Diagnostic, envs []Environment) {
	for i := range found {
		d := &found[i]
		for j := range d.Fixes {
			f := &d.Fixes[j]
			if !f.Safe || h.everywhere(h[fixKey(d, f)], f, envs) {
				continue
			}
			d.Fixes = slices.Clone(d.Fixes) // environments may share them
			d.Fixes[j].Safe = false
		}
	}
}

func (holding) everywhere(holds map[int]bool, f *diag.Fix, envs []Environment) bool {
	for i := range envs {
		touched := slices.ContainsFunc(f.Edits, func(e diag.Edit) bool { return envs[i].Files[e.Span.File] })
		if touched && !holds[i] {
			return false
		}
	}
	return true
}
