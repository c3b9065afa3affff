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
	maxWritten = 64 << 20  // bytes that all templates write, those that are included, too
	maxNested  = 2000      // templates in each other
)

// errTooMuch says that templates go beyond what they may.
var errTooMuch = errors.New("too much")

// wishError is what a template says itself, with required or fail.
type wishError struct{ message string }

func (e *wishError) Error() string { return e.message }

// bounds counts what the templates of a chart do.
type bounds struct {
	ctx                    context.Context
	steps, written, nested int
}

// over says whether there is nothing left to spend.
func (b *bounds) over() bool {
	return b.steps > maxSteps || b.written > maxWritten || b.ctx.Err() != nil
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

// grow counts bytes that are written.
func (b *bounds) grow(n int) error {
	if b.written += n; b.written > maxWritten {
		return fmt.Errorf("more than %d MB of text (%w)", maxWritten>>20, errTooMuch)
	}
	return nil
}

// guard wraps a function so that it is counted, and what it takes and returns is not too large.
// Maps are looked at only where the function goes through all that is in them, as deep says.
func (b *bounds) guard(name string, f any, deep bool) any {
	v := reflect.ValueOf(f)
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		b.must(b.step())
		for _, a := range args {
			if a = inside(a); a.IsValid() && (deep || a.Kind() == reflect.Slice) {
				b.must(limited(a))
			}
		}
		b.must(explosive(name, args))
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
func limited(v reflect.Value) error {
	left := maxText
	var walk func(reflect.Value) bool
	walk = func(v reflect.Value) bool {
		v = inside(v)
		if left--; left < 0 || !v.IsValid() {
			return left >= 0
		}
		switch v.Kind() {
		case reflect.String:
			left -= v.Len()
		case reflect.Slice, reflect.Array:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				left -= v.Len()
				break
			}
			for i := range v.Len() {
				if !walk(v.Index(i)) {
					return false
				}
			}
		case reflect.Map:
			for it := v.MapRange(); it.Next(); {
				if !walk(it.Key()) || !walk(it.Value()) {
					return false
				}
			}
		}
		return left >= 0
	}
	if !walk(v) {
		return tooLarge()
	}
	return nil
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

// explosive says whether a function would make much of little.
func explosive(name string, args []reflect.Value) error {
	size := 0
	switch name {
	case "repeat":
		size = whole(args[0]) * len(text(args[1]))
	case "indent", "nindent":
		size = whole(args[0]) * (lines(text(args[1])) + 1)
	case "until":
		size = whole(args[0])
	case "untilStep":
		size = (whole(args[1]) - whole(args[0])) / nonZero(whole(args[2]))
	case "seq":
		from, to, step := sequence(args[0])
		size = 8 * (to - from) / nonZero(step)
	case "replace":
		size = (len(text(args[2])) + 1) * (len(text(args[1])) + 1) / 16
	case "regexReplaceAll", "regexReplaceAllLiteral", "mustRegexReplaceAll", "mustRegexReplaceAllLiteral":
		size = (len(text(args[1])) + 1) * (len(text(args[2])) + 1) / 16
	case "join":
		if list := inside(args[1]); list.IsValid() && list.Kind() == reflect.Slice {
			size = list.Len() * len(text(args[0]))
		}
	}
	if size < 0 || size > maxText {
		return tooLarge()
	}
	return nil
}

func lines(s string) int {
	n := 0
	for _, c := range s {
		if c == '\n' {
			n++
		}
	}
	return n
}

func nonZero(n int) int {
	if n == 0 {
		return 1
	}
	return n
}

// whole is a number that a function takes; numbers beyond all measure are the largest that matters.
func whole(v reflect.Value) int {
	const most = 1 << 30
	n := 0
	switch v = inside(v); {
	case !v.IsValid():
	case v.CanInt():
		n = int(min(max(v.Int(), -most), most))
	case v.CanUint():
		n = int(min(v.Uint(), most))
	case v.CanFloat():
		n = int(min(max(v.Float(), -most), most))
	case v.Kind() == reflect.String:
		if i, err := strconv.Atoi(v.String()); err == nil {
			n = min(max(i, -most), most)
		}
	}
	return n
}

// text is a text that a function takes.
func text(v reflect.Value) string {
	if v = inside(v); v.IsValid() && v.Kind() == reflect.String {
		return v.String()
	}
	return ""
}

// sequence is what the arguments of seq, which is that of the shell, mean.
func sequence(args reflect.Value) (from, to, step int) {
	from, step = 1, 1
	switch args.Len() {
	case 1:
		to = whole(args.Index(0))
	case 2:
		from, to = whole(args.Index(0)), whole(args.Index(1))
	case 3:
		from, step, to = whole(args.Index(0)), whole(args.Index(1)), whole(args.Index(2))
	}
	if to < from && step > 0 {
		step = -1
	}
	return from, to, step
}

func itoa(n int) string { return strconv.Itoa(n) }
