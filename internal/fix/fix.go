package fix

import (
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// At is where the value at a JSON pointer is written in an object whose positions are given. It says
// no where nobody wrote it so: a transformer or a template made it, or the object is in no file.
func At(positions any, pointer string) (yamldoc.Place, bool) {
	placed, ok := positions.(yamldoc.Placed)
	if !ok {
		return yamldoc.Place{}, false
	}
	return placed.Place(pointer)
}

// Of makes a fix of edits at a place, or none if they cannot be made. Where an alias repeats the
// place, the edits change more than they are for, and the fix is not safe.
func Of(title string, safe bool, at yamldoc.Place, edits []yamldoc.Edit, ok bool) []diag.Fix {
	if !ok || len(edits) == 0 {
		return nil
	}
	f := diag.Fix{Title: title, Safe: safe && !at.Shared()}
	for _, e := range edits {
		f.Edits = append(f.Edits, diag.Edit(e))
	}
	return []diag.Fix{f}
}
