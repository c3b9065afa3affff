package load

import (
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// governs says which directions a policy isolates. Since 3.32 Calico can do without its API server; then
// an admission policy adds missing types, for which an empty list of rules is one that is there, and types
// that are an empty list are not missing (api/admission/networkpolicy.mutatingadmissionpolicy.yaml, v3.32.1).
func (l *loader) governs(c *calicoPolicy) [2]bool {
	served := c.governs()
	o := c.object
	if l.opts.Version < model.V332 || o.raw() || len(c.types) > 0 {
		return served
	}
	ingress, egress := o.value("/spec/ingress") != nil, o.value("/spec/egress") != nil
	native := [2]bool{model.Ingress: ingress || !egress, model.Egress: egress}
	if o.value("/spec/types") != nil {
		native = [2]bool{true, true}
	}
	switch {
	case native == served:
	case l.nativeCalico():
		return native
	default:
		l.c.Gaps = append(l.c.Gaps, model.Gap{
			At: o.Origin("/spec"),
			Message: o.String() + " has an empty list and no types: which directions it isolates depends on whether Calico " +
				l.opts.Version.String() + " has its API server, as is assumed, or only CustomResourceDefinitions of projectcalico.org/v3",
			Settle: "write types",
		})
	}
	return served
}

// nativeCalico says whether the inputs have the definitions of projectcalico.org/v3 that stand in for
// Calico's API server.
func (l *loader) nativeCalico() bool {
	for _, o := range l.needy["apiextensions.k8s.io/CustomResourceDefinition"] {
		if plural, ok := strings.CutSuffix(o.Name, ".projectcalico.org"); ok && !strings.Contains(plural, ".") {
			return true
		}
	}
	return false
}
