package near

import "testing"

func TestName(t *testing.T) {
	for _, test := range []struct {
		got   string
		names []string
		want  string
	}{
		{"ingres", []string{"egress", "ingress"}, "ingress"},
		{"sources", []string{"source", "destination"}, "source"},
		{"podselector", []string{"podSelector"}, "podSelector"},
		{"Ingerss", []string{"ingress", "egress"}, "ingress"},
		{"port", []string{"from", "ports"}, "ports"},
		{"polices.yaml", []string{"kustomization.yaml", "policies.yaml"}, "policies.yaml"},
		{"to", []string{"from", "ports"}, ""},
		{"policyTypes", []string{"types"}, ""},
		{"web.yaml", []string{"db.yaml", "web.yml"}, "web.yml"},
		{"from", []string{"from", "form"}, ""},
		{"", []string{"a"}, ""},
	} {
		if got := Name(test.got, test.names); got != test.want {
			t.Errorf("Name(%q, %q) = %q, want %q", test.got, test.names, got, test.want)
		}
	}
}
