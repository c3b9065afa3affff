package load

import (
	"fmt"
	"slices"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/calico/libcalico-go/lib/names"
	validator "github.com/projectcalico/calico/libcalico-go/lib/validator/v3"
	networkingv1 "k8s.io/api/networking/v1"
	kjson "sigs.k8s.io/json"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// meantSelector writes a selector so that Calico accepts it.
func meantSelector(o *Object, at, expr string) []diag.Fix {
	if !o.Reviewed() {
		return nil
	}
	place, ok := fix.At(o.Positions, at)
	if !ok {
		return nil
	}
	if strings.Contains(expr, "\n") {
		return foldedSelector(place, expr)
	}
	to := selector.Meant(expr)
	if to == "" {
		return nil
	}
	edits, ok := place.Set(to) // not safe: what another language's operators mean in it is a guess
	return fix.Of("select "+to, false, place, edits, ok)
}

// foldedSelector writes a selector that has line breaks so that YAML reads one line. It is safe: the
// policy does not exist now, and the selector says what it said.
func foldedSelector(at yamldoc.Place, expr string) []diag.Fix {
	if _, err := selector.Parse(yamldoc.Folded(expr)); err != nil {
		return nil // that is not all that is wrong with it
	}
	edits, ok := at.Fold()
	return fix.Of("make one line of the selector with >-", true, at, edits, ok)
}

// prefixedName puts the tier before a policy's name that has none. It is safe where no kustomization
// may know the policy by its name; the policy does not exist now, so nothing in the cluster does.
func (l *loader) prefixedName(o *Object, tier string) []diag.Fix {
	name := tier + "." + o.Name
	if !o.Reviewed() || strings.Contains(o.Name, ".") || slices.ContainsFunc(l.objects[o.key()], func(other *Object) bool {
		return other.Namespace == o.Namespace && other.Name == name
	}) {
		return nil
	}
	place, ok := fix.At(o.Positions, "/metadata/name")
	if !ok {
		return nil
	}
	edits, ok := place.Set(name)
	return fix.Of("name it "+name, len(o.Origin("/metadata/name").Via) == 0, place, edits, ok)
}

// quoted says how to write a string that YAML takes for something else, and writes it so. It is safe: the object does
// not exist now, and the string is what is written.
func quoted(o *Object, at, is string) (help string, fixes []diag.Fix) {
	why := map[string]string{
		"bool":   "without quotes, yes, no, on, off, y, n, true and false are no strings in YAML",
		"number": "without quotes, what looks like a number is no string in YAML",
	}[is]
	place, ok := fix.At(o.Positions, at)
	if why == "" || !ok || !o.Reviewed() {
		return why, nil
	}
	edits, ok := place.Quote()
	return fmt.Sprintf("%q: %s", place.Node().Value, why), fix.Of("quote the value", true, place, edits, ok)
}

// inOtherAPI gives a NetworkPolicy the apiVersion of the other API that has one, if nothing is wrong with it there. It is
// not safe: the policy begins to count, and kustomizations may know it by its apiVersion.
func (l *loader) inOtherAPI(o *Object) []diag.Fix {
	data, err := o.JSON()
	if err != nil || o.Kind != "NetworkPolicy" || !o.Reviewed() {
		return nil
	}
	to := "networking.k8s.io/v1"
	if o.calico() {
		strict, err := kjson.UnmarshalStrict(data, &networkingv1.NetworkPolicy{})
		if err != nil || len(strict) > 0 {
			return nil
		}
	} else {
		to = calicoGroup + "/v3"
		v := &v3.NetworkPolicy{}
		strict, err := kjson.UnmarshalStrict(data, v)
		if err != nil || len(strict) > 0 || validator.Validate(v) != nil ||
			l.opts.Version < model.V332 && names.ValidateTieredPolicyName(o.Name, v.Spec.Tier) != nil {
			return nil
		}
	}
	place, ok := fix.At(o.Positions, "/apiVersion")
	if !ok {
		return nil
	}
	edits, ok := place.Set(to)
	return fix.Of("make it a NetworkPolicy of "+to, false, place, edits, ok)
}
