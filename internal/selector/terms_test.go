package selector_test

import (
	"fmt"
	"testing"
)

func TestTerms(t *testing.T) {
	for expr, want := range map[string]string{
		"app == 'web' && has(tier)":           "[{app [web]} {tier []}] true",
		"app in {'a','b'} && env != 'dev'":    "[{app [a b]}] true",
		"!(app == 'a')":                       "[] true",
		"all()":                               "[] true",
		"app == 'a' || app == 'b'":            "[] false",
		"app starts with 'a'":                 "[] false",
		"!(app != 'a')":                       "[{app [a]}] true",
		"app == 'a' && !all()":                "[] false",
		"(a == 'x') && (b == 'y' && !has(c))": "[{a [x]} {b [y]}] true",
	} {
		terms, ok := parse(t, expr).Terms()
		if got := fmt.Sprint(terms, ok); got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	s := parse(t, "(b == 'x' || !has(a)) && c not in {'y'} && all()")
	if got := fmt.Sprint(s.Keys()); got != "[a b c]" {
		t.Errorf("got %s", got)
	}
}

// Impossible is true only of what no labels at all match.
func TestImpossible(t *testing.T) {
	for expr, want := range map[string]string{
		"ns == 'a' && ns == 'b'":                                                           "ns",
		"app == 'x' && (ns == 'a' && ns == 'b')":                                           "ns",
		"has(app) && !has(app)":                                                            "app",
		"app in {'a'} && app not in {'a','b'}":                                             "app",
		"app in {}":                                                                        "app",
		"has(app) && app not in {'any','other'}":                                           "",
		"ns == 'a' || ns == 'b'":                                                           "",
		"app == 'a' && app == 'b' || app == 'c'":                                           "",
		"app contains 'x' && app contains 'y'":                                             "", // xy
		"has(app) && !(app != 'x')":                                                        "",
		"!(app != 'x') && !(app != 'y')":                                                   "app",
		"has(app) && app not in {'any','other','neither'}":                                 "",
		"app contains 'x' && app == 'y'":                                                   "app",
		"app starts with 'x' && app in {'y','xy'}":                                         "",
		"app starts with 'prod-' && app starts with 'stage-'":                              "app",
		"app starts with 'a-' && app starts with 'a-b'":                                    "",
		"app ends with '-a' && app ends with 'ba'":                                         "app",
		"app starts with 'x' && !has(app)":                                                 "app",
		"projectcalico.org/namespace == 'a' && pcns.projectcalico.org/name == 'b'":         "projectcalico.org/namespace",
		"projectcalico.org/namespace == 'a' && pcns.kubernetes.io/metadata.name in {'a'}":  "",
		"pcns.projectcalico.org/name == 'a' && pcns.kubernetes.io/metadata.name in {'b'}":  "pcns.projectcalico.org/name",
		"projectcalico.org/namespace == 'a' && !(pcns.kubernetes.io/metadata.name == 'a')": "projectcalico.org/namespace",
		"projectcalico.org/namespace == 'a' && pcns.name == 'b'":                           "",
		"all()": "",
	} {
		key, impossible := parse(t, expr).Impossible()
		if key != want || impossible != (want != "") {
			t.Errorf("%s: %q, %v, want %q", expr, key, impossible, want)
		}
	}
}

func TestExcluded(t *testing.T) {
	for expr, want := range map[string]string{
		"a != 'b' && c not in {'d','e'} && f == 'g'": "[{a [b]} {c [d e]}] true",
		"!(a == 'b') && !(c in {'d'}) && !has(f)":    "[{a [b]} {c [d]} {f []}] true",
		"!(a != 'b')":                   "[] true",
		"a != 'b' && c starts with 'd'": "[{a [b]}] true",
		"a != 'b' || c != 'd'":          "[] false",
	} {
		terms, ok := parse(t, expr).Excluded()
		if got := fmt.Sprint(terms, ok); got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
}
