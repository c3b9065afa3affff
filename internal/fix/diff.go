package fix

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// around is the number of unchanged lines that a diff shows on either side of a change.
const around = 3

// Diff is what changes in a file, in the unified format that git and patch read. It is empty if
// nothing does.
func Diff(name string, was, is []byte) string {
	if bytes.Equal(was, is) {
		return ""
	}
	a, b := lines(was), lines(is)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", label("a/", name), label("b/", name))
	for _, h := range hunks(changes(a, b), len(a)) {
		h.print(&out, a, b)
	}
	return out.String()
}

// label is a file's name as git has it: with a prefix, unless it is not below the working directory.
func label(prefix, name string) string {
	if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../") {
		return name
	}
	return prefix + name
}

// lines splits a text into lines, which keep their ends.
func lines(text []byte) []string {
	return slices.Collect(strings.Lines(string(text)))
}

// change replaces lines a[from:to] by lines b[start:end].
type change struct{ from, to, start, end int }

// changes is the fewest changes that make b of a (E. Myers, An O(ND) Difference Algorithm and Its
// Variations, 1986). Edits are few and files long, which is what that is good at.
func changes(a, b []string) []change {
	prefix := 0
	for prefix < len(a) && prefix < len(b) && a[prefix] == b[prefix] {
		prefix++
	}
	x, y := len(a), len(b)
	var out []change
	path := furthest(a[prefix:], b[prefix:])
	for d := len(path) - 1; d > 0; d-- {
		px, py := before(path, d, x-prefix, y-prefix)
		px, py = px+prefix, py+prefix
		for x > px && y > py && a[x-1] == b[y-1] {
			x, y = x-1, y-1
		}
		c := change{px, x, py, y}
		if n := len(out); n > 0 && out[n-1].from == c.to && out[n-1].start == c.end {
			out[n-1].from, out[n-1].start = c.from, c.start
		} else {
			out = append(out, c)
		}
		x, y = px, py
	}
	slices.Reverse(out)
	return out
}

// furthest is, for each number of changes, how far into a one gets on each diagonal, until the end
// of both.
func furthest(a, b []string) []map[int]int {
	at := map[int]int{1: 0}
	var path []map[int]int
	for d := 0; ; d++ {
		now := map[int]int{}
		for k := -d; k <= d; k += 2 {
			x := at[k-1] + 1
			if k == -d || k != d && at[k-1] < at[k+1] {
				x = at[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			now[k] = x
			if x >= len(a) && x-k >= len(b) {
				return append(path, now)
			}
		}
		path = append(path, now)
		at = now
	}
}

// before is where the d-th change to a point starts.
func before(path []map[int]int, d, x, y int) (int, int) {
	k, at := x-y, path[d-1]
	prev := k - 1
	if k == -d || k != d && at[k-1] < at[k+1] {
		prev = k + 1
	}
	return at[prev], at[prev] - prev
}

// hunk is changes that are shown together.
type hunk []change

// hunks puts changes together whose surroundings touch.
func hunks(cs []change, n int) []hunk {
	var out []hunk
	for _, c := range cs {
		if last := len(out) - 1; last >= 0 && c.from-out[last][len(out[last])-1].to <= 2*around {
			out[last] = append(out[last], c)
		} else {
			out = append(out, hunk{c})
		}
	}
	return out
}

func (h hunk) print(out *strings.Builder, a, b []string) {
	first, last := h[0], h[len(h)-1]
	from, to := max(first.from-around, 0), min(last.to+around, len(a))
	start, end := first.start-(first.from-from), last.end+(to-last.to)
	fmt.Fprintf(out, "@@ -%s +%s @@\n", lineRange(from, to), lineRange(start, end))
	at := from
	for _, c := range h {
		show(out, " ", a[at:c.from])
		show(out, "-", a[c.from:c.to])
		show(out, "+", b[c.start:c.end])
		at = c.to
	}
	show(out, " ", a[at:to])
}

// lineRange is lines from, counted from 0, up to and without to.
func lineRange(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func show(out *strings.Builder, sign string, lines []string) {
	for _, l := range lines {
		out.WriteString(sign + l)
		if !strings.HasSuffix(l, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
