// Package diag holds what the tool has to say: one Diagnostic for each finding.
package diag

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/source"
)

// Severity of a finding: Error, what is written certainly does not happen; Warning, very likely
// not what was meant; Note, worth knowing. The zero value means "as the check says".
type Severity uint8

// The severities, from mild to grave, so that they compare.
const (
	Default Severity = iota
	Note
	Warning
	Error
)

func (s Severity) String() string {
	return [...]string{"default", "note", "warning", "error"}[s]
}

// ParseSeverity reads "note", "warning" or "error".
func ParseSeverity(s string) (Severity, bool) {
	for _, v := range []Severity{Note, Warning, Error} {
		if v.String() == s {
			return v, true
		}
	}
	return Default, false
}

// State says what a comparison with another revision makes of a finding.
type State uint8

// The states.
const (
	Uncompared State = iota // with nothing
	New                     // it is not in the other revision
	Unchanged               // the other revision has it too
)

func (s State) String() string { return [...]string{"", "new", "unchanged"}[s] }

// Diagnostic is one finding, about one place.
type Diagnostic struct {
	Check    string // the check's ID
	Severity Severity
	At       source.Origin // a key or a scalar, seldom a whole file
	Object   string        // "Kind namespace/name" or "Kind name" of the object it is about
	// Parts are what it rests on: a mistake in any of them may explain it. Empty: all of the object.
	Parts []Part
	// Beside is checks that explain findings like this one away, but not all of this one: it is reported beside theirs.
	Beside []string
	// Environments in which it holds; empty where there is just one, unnamed.
	Environments []string
	State        State  // what a comparison makes of it
	Message      string // one sentence that is true and says the consequence
	Help         string // what to write instead
	// Settle is what would say whether it is so, where it rests on a fact that the inputs do not give; empty: on none.
	Settle  string
	Decided string // who decides the witness, in words; empty if nothing does
	Related []Related
	Witness *flow.Flow // one concrete connection that shows it
	// Walk is what each tier does with the witness, in order, as far as somebody wrote it; empty if that is not certain.
	Walk  []Related
	Fixes []Fix
}

// Part is a part of an object, by its JSON pointer; an empty pointer is all of it.
type Part struct{ Object, Pointer string }

// Overlaps says whether one part contains the other, or they are the same.
func (p Part) Overlaps(o Part) bool {
	return p.Object == o.Object && (strings.HasPrefix(p.Pointer+"/", o.Pointer+"/") || strings.HasPrefix(o.Pointer+"/", p.Pointer+"/"))
}

// Related is another place that a finding names.
type Related struct {
	At      source.Origin
	Message string
}

// Fix is a set of edits that removes the finding.
type Fix struct {
	Title string // imperative, "match the pod port 8080"
	Safe  bool   // may be applied without a person looking
	Edits []Edit
}

// Edit replaces the text of a span. An empty span inserts before it.
type Edit struct {
	Span    source.Span
	NewText string
}

// Compare orders diagnostics by file, line, column, check, message: the order of every report.
func Compare(a, b Diagnostic) int {
	return cmp.Or(
		a.At.Compare(b.At.Span),
		cmp.Compare(a.Check, b.Check),
		cmp.Compare(a.Message, b.Message),
		slices.Compare(a.Environments, b.Environments),
	)
}

// Sort puts diagnostics into the order of every report.
func Sort(ds []Diagnostic) { slices.SortStableFunc(ds, Compare) }
