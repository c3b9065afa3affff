package chart

import (
	"reflect"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
)

// maxBrackets is the number of lists and tables in a text that is read as TOML, for each may be in
// the one before, and the reader does not count them.
const maxBrackets = 10000

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
	case "wrapWith":
		size = (len(text(args[1])) + 1) * (len(text(args[2])) + 1)
	case "printf":
		size = width(text(args[0]))
	case "fromToml":
		if brackets := strings.Count(text(args[0]), "[") + strings.Count(text(args[0]), "{"); brackets > maxBrackets {
			size = maxText + 1
		}
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

// width is how much wider a format may make what it prints: fmt takes widths up to a million.
func width(format string) int {
	all, n := 0, 0
	for _, c := range format {
		switch {
		case c == '*':
			all += 1_000_000
		case c >= '0' && c <= '9':
			n = min(10*n+int(c-'0'), 1_000_000)
			continue
		}
		all, n = all+n, 0
	}
	return all + n
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

// searched is the number of steps that it takes to look for a regular expression in a text.
func searched(name string, args []reflect.Value) int {
	if !strings.HasPrefix(strings.ToLower(strings.TrimPrefix(name, "must")), "regex") || len(args) < 2 {
		return 0
	}
	re, err := syntax.Parse(text(args[0]), syntax.Perl)
	if err != nil {
		return 0 // which the function says
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return 0
	}
	return len(prog.Inst) * len(text(args[1]))
}

// block is the start, a branch or the end of a block in a template.
var block = regexp.MustCompile(`\{\{-?\s*(?:(if|with|range|block|define)|else\s+(if|with)|(end))\b`)

// tooNested says whether blocks of a template may be so deep in each other that to parse it would
// exhaust the stack, which text/template does not guard. An else with a condition is a block in
// the one before, and ends with it.
func tooNested(text string) bool {
	var open []int // the blocks that one end closes
	depth := 0
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		switch {
		case m[1] != "":
			open = append(open, 1)
			depth++
		case len(open) == 0:
		case m[2] != "":
			open[len(open)-1]++
			depth++
		default:
			depth -= open[len(open)-1]
			open = open[:len(open)-1]
		}
		if depth > maxNested {
			return true
		}
	}
	return false
}
