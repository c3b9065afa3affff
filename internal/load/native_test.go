package load_test

import (
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// Without Calico's API server, as it can be since 3.32, an empty list is one that is there.
func TestTypesWithoutServer(t *testing.T) {
	const definition = "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: globalnetworkpolicies.projectcalico.org}\n"
	const storage = "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: globalnetworkpolicies.crd.projectcalico.org}\n"
	for _, test := range []struct {
		spec           string
		served, native [2]bool // ingress, egress
	}{
		{"", [2]bool{true, false}, [2]bool{true, false}},
		{"ingress: []", [2]bool{true, false}, [2]bool{true, false}},
		{"egress: []", [2]bool{true, false}, [2]bool{false, true}},
		{"ingress: [], egress: [{action: Allow}]", [2]bool{false, true}, [2]bool{true, true}},
		{"ingress: [{action: Allow}], egress: []", [2]bool{true, false}, [2]bool{true, true}},
		{"types: []", [2]bool{true, false}, [2]bool{true, true}},
		{"types: [Egress], ingress: []", [2]bool{false, true}, [2]bool{false, true}},
	} {
		manifest := "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {" + test.spec + "}\n"
		for _, with := range []struct {
			objects string
			version model.Version
			want    [2]bool
			unsure  bool
		}{
			{"", model.V331, test.served, false},
			{definition, model.V331, test.served, false},
			{"", model.V332, test.served, test.served != test.native},
			{storage, model.V332, test.served, test.served != test.native},
			{definition, model.V332, test.native, false},
		} {
			c := cluster(t, manifest+with.objects, load.Options{Version: with.version})
			if p := policy(t, c, "GlobalNetworkPolicy p"); p.Governs != with.want {
				t.Errorf("%q, %s, %q: governs %v, want %v", test.spec, with.version, with.objects, p.Governs, with.want)
			}
			unsure := len(c.Gaps) == 1 && strings.Contains(c.Gaps[0].Message, "which directions it isolates depends on whether Calico 3.32 has its API server")
			if unsure != with.unsure || !unsure && len(c.Gaps) > 0 {
				t.Errorf("%q, %s, %q: gaps %v", test.spec, with.version, with.objects, c.Gaps)
			}
		}
	}
}
