package checks

import "testing"

// TestAlike: what is taken for a slip, and what for another name.
func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"fronted", "frontend", true},
		{"cart", "carts", true},
		{"Web", "web", true},
		{"ml_pipeline", "ml-pipeline", true},
		{"ingress-ngnix", "ingress-nginx", true},
		{"my-frontend", "my-frontends", true},
		{"web", "web", false},
		{"web", "wed", false}, // too short to tell
		{"web", "wbe", true},
		{"api", "apis", true},
		{"api", "apii", true},
		{"api", "apig", false},
		{"node1", "node2", false},
		{"shard-a", "shard-b", false},
		{"prometheus", "prometheus-adapter", false},
		{"frontend", "backend", false},
		{"v1beta1", "v1beta2", false},
	} {
		if got := alike(c.a, c.b); got != c.want || alike(c.b, c.a) != c.want {
			t.Errorf("%s and %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

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
