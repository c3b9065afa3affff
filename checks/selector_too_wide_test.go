package checks

import "testing"

// TestMixesOperators: && and || of one level, apart from what is in quotes and parentheses.
func TestMixesOperators(t *testing.T) {
	for text, want := range map[string]bool{
		"a == 'x' || b == 'y' && c == 'z'":             true,
		"(a == 'x' || b == 'y') && c == 'z'":           false,
		"a == 'x' || (b == 'y' && c == 'z')":           false,
		"a == '||' && b == \"(||\" && c == 'z'":        false,
		"has(a) && (b == 'y' || c == 'z' && d == 'q')": true,
		"a == 'x' && b == 'y'":                         false,
		"(a == 'x') || (b == 'y') && all()":            true,
		"":                                             false,
	} {
		if got := mixesOperators(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
