package load

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/diag"
)

// reportVersion says what the version of Calico does not know of an object. Where the
// version is only assumed, so is the finding.
func (l *loader) reportVersion(o *Object, what, help string) {
	p := problem{check: CheckVersion, at: "/kind", message: fmt.Sprintf("Calico %s %s", l.opts.Version, what), help: help}
	if l.c.VersionAssumed {
		p.severity = diag.Warning
		p.message = fmt.Sprintf("Calico %s, which is assumed because nobody says the version, %s", l.opts.Version, what)
		p.settle = "--calico-version, or calicoVersion in the settings"
	}
	l.report(&o.Object, p)
}
