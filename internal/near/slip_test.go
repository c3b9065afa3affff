package near

import "testing"

// TestSlip: what is taken for a slip, and what for another name.
func TestSlip(t *testing.T) {
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
		if got := Slip(c.a, c.b); got != c.want || Slip(c.b, c.a) != c.want {
			t.Errorf("%s and %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
