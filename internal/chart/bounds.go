package chart

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// What the templates of one chart may do, at most: more than any chart does that means well.
const (
	maxSteps   = 1_000_000 // calls, pieces of templates, rounds of loops
	maxText    = 4 << 20   // bytes of one text in a template, or values in one list
	maxWork    = 128 << 20 // bytes of texts and values that all functions go through
	maxWritten = 64 << 20  // bytes that all templates write, those that are included, too
	maxNested  = 2000      // templates in each other
	maxDepth   = 1000      // values in each other
)

// sorting is what a value of a list or mapping costs more than a byte of a text: functions sort and
// compare them.
const sorting = 32

// errTooMuch says that templates go beyond what they may.
var errTooMuch = errors.New("too much")

// wishError is what a template says itself, with required or fail.
type wishError struct{ message string }

func (e *wishError) Error() string { return e.message }

// bounds counts what the templates of a chart do.
type bounds struct {
	ctx                          context.Context
	steps, work, written, nested int
}

// over says whether there is nothing left to spend.
func (b *bounds) over() bool {
	return b.steps > maxSteps || b.work > maxWork || b.written > maxWritten || b.ctx.Err() != nil
}

// step counts one step.
func (b *bounds) step() error {
	if b.steps++; b.steps > maxSteps {
		return fmt.Errorf("more than %d steps (%w)", maxSteps, errTooMuch)
	}
	if b.steps%1024 == 0 {
		return b.ctx.Err()
	}
	return nil
}

// spend counts bytes that a function goes through.
func (b *bounds) spend(n int) error {
	if b.work += n; b.work > maxWork {
		return fmt.Errorf("more than %d MB for functions to go through (%w)", maxWork>>20, errTooMuch)
	}
	return nil
}

// grow counts bytes that are written.
func (b *bounds) grow(n int) error {
	if b.written += n; b.written > maxWritten {
		return fmt.Errorf("more than %d MB of text (%w)", maxWritten>>20, errTooMuch)
	}
	return nil
}

// guard wraps a function so that it is counted, and what it takes and returns is not too large.
// What is in lists and mappings is looked at only where the function goes through all of it, as
// deep says.
func (b *bounds) guard(name string, f any, deep bool) any {
	v := reflect.ValueOf(f)
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		b.must(b.step())
		for i, a := range args {
			if !v.Type().IsVariadic() || i < len(args)-1 {
				b.must(b.take(a, deep))
				continue
			}
			for j := range a.Len() {
				b.must(b.take(a.Index(j), deep))
			}
		}
		b.must(explosive(name, args))
		b.must(b.spend(searched(name, args)))
		var out []reflect.Value
		if v.Type().IsVariadic() {
			out = v.CallSlice(args)
		} else {
			out = v.Call(args)
		}
		if r := inside(out[0]); r.IsValid() && (r.Kind() == reflect.String || r.Kind() == reflect.Slice) && r.Len() > maxText {
			b.must(tooLarge())
		}
		return out
	}).Interface()
}

// take counts what a function goes through of an argument.
func (b *bounds) take(a reflect.Value, deep bool) error {
	switch a = inside(a); {
	case !a.IsValid():
		return nil
	case deep:
		return b.limited(a)
	case a.Kind() == reflect.String:
		return b.spend(a.Len())
	case a.Kind() == reflect.Slice:
		return b.spend(sorting * a.Len())
	}
	return nil
}

// must stops the template, which makes an error of the panic.
func (b *bounds) must(err error) {
	if err != nil {
		panic(err)
	}
}

func tooLarge() error {
	return fmt.Errorf("a text or list of more than %d MB (%w)", maxText>>20, errTooMuch)
}

// limited says whether a value is too large, all that is in it counted as often as it is there.
func (b *bounds) limited(v reflect.Value) error {
	size, values, nested := 0, 0, false
	var walk func(reflect.Value, int) bool
	walk = func(v reflect.Value, depth int) bool {
		v = inside(v)
		size, values = size+1, values+1
		nested = nested || depth > maxDepth
		switch {
		case !v.IsValid() || nested || size > maxText:
		case v.Kind() == reflect.String:
			size += v.Len()
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
			size += v.Len()
		case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
			for i := 0; i < v.Len() && walk(v.Index(i), depth+1); i++ {
			}
		case v.Kind() == reflect.Map:
			for it := v.MapRange(); it.Next() && walk(it.Key(), depth+1) && walk(it.Value(), depth+1); {
			}
		}
		return !nested && size <= maxText
	}
	switch {
	case walk(v, 0):
		return b.spend(size + sorting*values)
	case nested:
		return fmt.Errorf("more than %d values in each other (%w)", maxDepth, errTooMuch)
	}
	return tooLarge()
}

// inside is what an interface holds, or the value itself.
func inside(v reflect.Value) reflect.Value {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) && !v.IsNil() {
		v = v.Elem()
	}
	if v.IsValid() && v.Kind() == reflect.Interface {
		return reflect.Value{}
	}
	return v
}

func itoa(n int) string { return strconv.Itoa(n) }
