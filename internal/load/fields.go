package load

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/near"
)

// fieldsAt is the names of the fields that the API type of v has in the mapping at a JSON pointer, in the order
// of the type; nil: there it has none, or any.
func fieldsAt(v any, pointer string) []string {
	t := reflect.TypeOf(v)
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if t = element(t); step == "" {
			continue
		}
		switch t.Kind() {
		case reflect.Struct:
			f, ok := fieldNamed(t, step)
			if !ok {
				return nil
			}
			t = f
		case reflect.Slice, reflect.Map:
			t = t.Elem()
		default:
			return nil
		}
	}
	var names []string
	eachField(element(t), func(name string, _ reflect.Type) { names = append(names, name) })
	return names
}

// element is the type that a pointer leads to.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func fieldNamed(t reflect.Type, name string) (found reflect.Type, ok bool) {
	eachField(t, func(n string, f reflect.Type) {
		if n == name {
			found, ok = f, true
		}
	})
	return found, ok
}

// eachField visits the fields of a struct by their names in JSON, those of embedded structs included.
func eachField(t reflect.Type, visit func(name string, t reflect.Type)) {
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case name != "":
			visit(name, f.Type)
		case f.Anonymous:
			eachField(element(f.Type), visit)
		}
	}
}

// maxFields is how many fields are listed to choose from.
const maxFields = 8

// knownField says which field an unknown one, at a pointer, is probably meant for, and renames it. The fix is not safe:
// what the field says begins to count.
func knownField(o *Object, v any, at string) (help string, fixes []diag.Fix) {
	fields := slices.DeleteFunc(fieldsAt(v, parent(at)), func(f string) bool { return f == "status" })
	name := near.Name(lastOf(at), fields)
	switch {
	case name != "" && o.has(parent(at)+"/"+name):
		return fmt.Sprintf("what belongs to it under %s, which is there already", name), nil
	case name != "":
		if place, ok := fix.At(o.Positions, at); ok && o.Reviewed() {
			edits, ok := place.Rename(name)
			fixes = fix.Of("name it "+name, false, place, edits, ok)
		}
		return name, fixes
	case len(fields) > 0 && len(fields) <= maxFields:
		of := lastOf(strings.TrimRight(parent(at), "/0123456789"))
		return fmt.Sprintf("one of the fields of %s: %s", cmp.Or(of, o.Kind), strings.Join(fields, ", ")), nil
	}
	return "the field that is meant, where the kind has it", nil
}
