package selector_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/selector"
)

func parse(t testing.TB, expr string) *selector.Selector {
	t.Helper()
	s, err := selector.Parse(expr)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return s
}

func TestMatch(t *testing.T) {
	pod := selector.Labels{Known: map[string]string{"app": "web"}}
	unknownNamespace := selector.Labels{
		Known: map[string]string{"app": "web", "pcns.projectcalico.org/name": "shop"},
		Open:  []string{"pcns.*", "pod-template-hash"},
	}
	for _, c := range []struct {
		expr   string
		labels selector.Labels
		want   selector.Answer
	}{
		{"", pod, selector.Yes}, // blank is all()
		{"app == 'web'", pod, selector.Yes},
		{"tier != 'db'", pod, selector.Yes}, // != holds for what lacks the label
		{"tier not in {'db'}", pod, selector.Yes},
		{"!has(app)", pod, selector.No},
		{"!app == 'db'", pod, selector.Yes}, // ! binds to the one operation
		{"pcns.env == 'prod'", unknownNamespace, selector.Maybe},
		{"pcns.env != 'prod'", unknownNamespace, selector.Maybe},
		{"!has(pcns.env)", unknownNamespace, selector.Maybe},
		{"has(pod-template-hash)", unknownNamespace, selector.Maybe},
		{"pcns.projectcalico.org/name == 'shop'", unknownNamespace, selector.Yes},
		{"pcns.env == 'prod' && app == 'api'", unknownNamespace, selector.No},
		{"pcns.env == 'prod' || app == 'web'", unknownNamespace, selector.Yes},
	} {
		if got := parse(t, c.expr).Match(c.labels); got != c.want {
			t.Errorf("%q: %v, want %v", c.expr, got, c.want)
		}
	}
}

// The index says of every thing what asking it alone says.
func TestIndexAgreesWithMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	keys, values := []string{"app", "pcns.env", "x"}, []string{"a", "b", "ab"}
	for range 300 {
		var things []selector.Labels
		for range 1 + r.IntN(80) {
			l := selector.Labels{Known: map[string]string{}}
			for _, k := range keys {
				if r.IntN(2) == 0 {
					l.Known[k] = values[r.IntN(len(values))]
				}
			}
			if r.IntN(3) == 0 {
				l.Open = [][]string{{"pcns.*"}, {"x"}, {"x", "pcns.*"}, {"nobody"}}[r.IntN(4)]
			}
			things = append(things, l)
		}
		index := selector.NewIndex(things)
		for range 20 {
			expr := randomExpr(r, append(slices.Clone(keys), "nobody"), values, 3) // nothing is known to have that label
			s := parse(t, expr)
			must, may := index.Match(s)
			for i, l := range things {
				got := selector.No
				switch {
				case must.Has(i):
					got = selector.Yes
				case may.Has(i):
					got = selector.Maybe
				}
				if want := s.Match(l); got != want || must.Has(i) && !may.Has(i) {
					t.Fatalf("%s on %v: index says %v, want %v", expr, l, got, want)
				}
			}
		}
	}
}

func randomExpr(r *rand.Rand, keys, values []string, depth int) string {
	k, v := keys[r.IntN(len(keys))], values[r.IntN(len(values))]
	if depth > 0 && r.IntN(3) > 0 {
		a, b := randomExpr(r, keys, values, depth-1), randomExpr(r, keys, values, depth-1)
		return []string{"(" + a + ") && (" + b + ")", "(" + a + ") || (" + b + ")", "!(" + a + ")"}[r.IntN(3)]
	}
	if i := r.IntN(9); i < 7 {
		op := []string{"%s == '%s'", "%s != '%s'", "%s in {'%s', 'q'}", "%s not in {'%s', 'b'}", "%s contains '%s'", "%s starts with '%s'", "%s ends with '%s'"}[i]
		return fmt.Sprintf(op, k, v)
	} else if i == 7 {
		return "has(" + k + ")"
	}
	return "all()"
}

func TestExamples(t *testing.T) {
	base := map[string]string{"ns": "shop"}
	for expr, want := range map[string]string{
		"all()":                            "map[ns:shop]",
		"app == 'web' && ns == 'shop'":     "map[app:web ns:shop]",
		"app == 'web' || app == 'api'":     "map[app:web ns:shop] map[app:api ns:shop]",
		"app in {'a','b'} && app != 'a'":   "map[app:b ns:shop]",
		"has(app) && !has(ns)":             "map[app:any]",
		"app == 'a' && app == 'b'":         "",
		"!(app == 'a' || !has(app))":       "map[app:any ns:shop]",
		"app starts with 'w' && ns != 'x'": "map[app:w ns:shop]",
	} {
		var got []string
		for _, e := range parse(t, expr).Examples(base) {
			got = append(got, fmt.Sprint(e))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", expr, s, want)
		}
	}
}
