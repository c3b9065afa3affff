package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// foldedSelector writes a selector that has line breaks so that YAML reads one line. It is safe: the
// policy does not exist now, and the selector says what it said.
func foldedSelector(o *Object, at, expr string) []diag.Fix {
	if !o.Reviewed() || !strings.Contains(expr, "\n") {
		return nil
	}
	if _, err := selector.Parse(yamldoc.Folded(expr)); err != nil {
		return nil // that is not all that is wrong with it
	}
	place, ok := fix.At(o.Positions, at)
	if !ok {
		return nil
	}
	edits, ok := place.Fold()
	return fix.Of("make one line of the selector with >-", true, place, edits, ok)
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
