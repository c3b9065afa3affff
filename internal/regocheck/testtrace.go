package regocheck

import (
	"cmp"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// testTracer sees how one test goes, and what it runs through.
type testTracer struct {
	body    map[*ast.Expr]int
	covered *cover.Cover

	furthest int
	failed   *ast.Expr     // the expression of the test that did not hold when it had got furthest
	called   *ast.Location // the expression that was last begun
}

func newTestTracer(test *ast.Rule, covered *cover.Cover) *testTracer {
	t := &testTracer{body: map[*ast.Expr]int{}, covered: covered}
	for i, e := range test.Body {
		t.body[e] = i
	}
	return t
}

// Enabled says that it wants to see everything.
func (t *testTracer) Enabled() bool { return true }

// Config says that it does not want the values of variables.
func (t *testTracer) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

// TraceEvent sees one step.
func (t *testTracer) TraceEvent(e topdown.Event) {
	t.covered.TraceEvent(e)
	expr, ok := e.Node.(*ast.Expr)
	if !ok {
		return
	}
	switch e.Op {
	case topdown.EvalOp:
		if at := expr.Location; at.HasFile() && at.File != redirections {
			t.called = at
		}
	case topdown.FailOp:
		if i, ok := t.body[expr]; ok && i >= t.furthest {
			t.furthest, t.failed = i, expr
		}
	}
}

// Coverage is how much of a file with rules the tests ran through.
type Coverage struct {
	File    string
	Percent float64  // of the lines with something to run
	Missed  [][2]int // first and last lines of what they did not
}

// coverage is that of the files with rules, in the order of their names.
func (t *Tests) coverage(covered *cover.Cover) []Coverage {
	modules := map[string]*ast.Module{}
	for _, m := range t.modules {
		if name := m.Package.Location.File; t.own[name] {
			modules[name] = m
		}
	}
	report := covered.Report(modules)
	var out []Coverage
	for file := range modules {
		r := report.Files[file]
		if r.CoveredLines+r.NotCoveredLines == 0 {
			continue // nothing in it can be run through
		}
		c := Coverage{File: file, Percent: r.Coverage}
		for _, missed := range r.NotCovered {
			c.Missed = append(c.Missed, [2]int{missed.Start.Row, missed.End.Row})
		}
		c.Missed = joined(c.Missed)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Coverage) int { return cmp.Compare(a.File, b.File) })
	return out
}

// joined is ranges of lines in order, those that touch as one.
func joined(lines [][2]int) [][2]int {
	slices.SortFunc(lines, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	var out [][2]int
	for _, l := range lines {
		if n := len(out); n > 0 && l[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], l[1])
			continue
		}
		out = append(out, l)
	}
	return out
}
