package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// evaluation is the tiers and policies in order: "tier pass: policy policy; ...".
func evaluation(c *model.Cluster) string {
	var tiers []string
	for _, t := range c.Tiers {
		s := t.Name
		if t.DefaultPass {
			s += " pass"
		}
		switch {
		case t.Elsewhere:
			s += " elsewhere"
		case t.Missing:
			s += " missing"
		}
		for i, p := range t.Policies {
			if i == 0 {
				s += ":"
			}
			s += " " + p.FelixName
		}
		tiers = append(tiers, s)
	}
	return strings.Join(tiers, "; ")
}

func TestTiers(t *testing.T) {
	tier := func(name, spec string) string {
		return fmt.Sprintf("apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: %s}\nspec: {%s}\n", name, spec)
	}
	for _, test := range []struct {
		name, manifests string
		version         model.Version
		want            string
	}{
		{"built in, 3.29", "", model.V329, "adminnetworkpolicy pass; default"},
		{"built in, 3.30", "", model.V330, "adminnetworkpolicy pass; default; baselineadminnetworkpolicy pass"},
		{"built in, 3.31", "", model.V331, "adminnetworkpolicy pass; default; baselineadminnetworkpolicy pass"},
		{"built in, 3.32", "", model.V332, "kube-admin pass; default; kube-baseline pass"},
		{"by order, then name", tier("b", "order: 5") + "---\n" + tier("a", "order: 5") + "---\n" + tier("c", "order: 1"), model.V329,
			"c; a; b; adminnetworkpolicy pass; default"},
		{"no order ties with default, and the name decides", tier("zsec", "") + "---\n" + tier("apps", ""), model.V329,
			"adminnetworkpolicy pass; apps; default; zsec"},
		{"only Pass is pass", tier("a", "order: 1, defaultAction: Pass") + "---\n" + tier("b", "order: 2, defaultAction: Deny"), model.V329,
			"a pass; b; adminnetworkpolicy pass; default"},
		{"defaultAction of default may be changed", tier("default", "order: 1000000, defaultAction: Pass"), model.V329,
			"adminnetworkpolicy pass; default pass"},
		{"a tier that another repository has", `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: nowhere.p}
spec: {tier: nowhere, types: [Ingress]}
`, model.V329, "nowhere elsewhere: nowhere.p; adminnetworkpolicy pass; default"},
		{"a missing tier comes last, beside one that is there", tier("a", "order: 100") + `---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: nowhere.p}
spec: {tier: nowhere, types: [Ingress]}
`, model.V329, "a; adminnetworkpolicy pass; default; nowhere missing: nowhere.p"},
		{"a missing tier comes last, where its policy is in storage", `
apiVersion: crd.projectcalico.org/v1
kind: GlobalNetworkPolicy
metadata: {name: nowhere.p}
spec: {tier: nowhere, types: [Ingress]}
`, model.V329, "adminnetworkpolicy pass; default; nowhere missing: nowhere.p"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := evaluation(cluster(t, test.manifests, load.Options{Version: test.version})); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTierOfCalicosOwnCannotBeMoved(t *testing.T) {
	manifest := "apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: default}\nspec: {order: 7}\n"
	c, found := findings(t, manifest, load.Options{})
	want := "invalid-policy /spec/order: the order of tier default must be 1000000: Calico's API rejects this Tier, so nothing of it applies"
	if len(found) != 1 || found[0] != want {
		t.Errorf("got %q, want %q", found, want)
	}
	if got := evaluation(c); got != "adminnetworkpolicy pass; default; baselineadminnetworkpolicy pass" {
		t.Error(got)
	}
}

// tied has policies of equal order, and of none, whose names decide.
const tied = `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: m}
spec: {order: 1000}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: zzz, namespace: app}
spec: {order: 1000}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: aaa, namespace: app}
spec: {podSelector: {}}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: none, namespace: app}
spec: {}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: b, namespace: web}
spec: {order: 1000}
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: first}
spec: {order: -1.5}
`

func TestOrderWithinTier(t *testing.T) {
	for _, test := range []struct {
		version model.Version
		want    string
	}{
		// By order, none last, then by Felix's name.
		{model.V329, "default.first app/default.zzz app/knp.default.aaa default.m web/default.b app/default.none"},
		{model.V330, "default.first app/default.zzz app/knp.default.aaa default.m web/default.b app/default.none"},
		{model.V331, "default.first app/default.zzz app/knp.default.aaa default.m web/default.b app/default.none"},
		// name/namespace/kind.
		{model.V332, "first app/aaa web/b m app/zzz app/none"},
	} {
		t.Run(test.version.String(), func(t *testing.T) {
			got := evaluation(cluster(t, tied, load.Options{Version: test.version}))
			if !strings.Contains(got, "default: "+test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTierOfPolicy(t *testing.T) {
	policy := func(apiVersion, name, spec string) string {
		return fmt.Sprintf("apiVersion: %s\nkind: GlobalNetworkPolicy\nmetadata: {name: %s}\nspec: {types: [Ingress], %s}\n", apiVersion, name, spec)
	}
	const v3, raw = "projectcalico.org/v3", "crd.projectcalico.org/v1"
	for _, test := range []struct {
		name, manifest string
		version        model.Version
		want           string
	}{
		{"no tier is default", policy(v3, "p", ""), model.V331, "default: default.p"},
		{"default. may be written", policy(v3, "default.p", ""), model.V331, "default: default.p"},
		{"storage's name tells, whatever spec.tier says", policy(raw, "my.policy", "tier: default"), model.V331, "my missing: my.policy"},
		{"and so it did in 3.29", policy(raw, "my.policy", "tier: default"), model.V329, "my missing: my.policy"},
		{"but not since 3.32", policy(raw, "my.policy", "tier: default"), model.V332, "default: my.policy"},
		{"storage's name is taken as it is", policy(raw, "p", ""), model.V331, "default: p"},
		{"spec.tier tells since 3.32", policy(v3, "my.policy", "tier: kube-admin"), model.V332, "kube-admin pass: my.policy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := evaluation(cluster(t, test.manifest, load.Options{Version: test.version}))
			if !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestStagedPoliciesAreApart(t *testing.T) {
	manifests := `
apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata: {name: a, namespace: app}
spec: {selector: app == 'a', ingress: [{action: Allow}]}
---
apiVersion: projectcalico.org/v3
kind: StagedGlobalNetworkPolicy
metadata: {name: b}
spec: {types: [Egress]}
---
apiVersion: projectcalico.org/v3
kind: StagedKubernetesNetworkPolicy
metadata: {name: c, namespace: app}
spec: {podSelector: {}, ingress: [{}]}
---
apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata: {name: gone, namespace: app}
spec: {stagedAction: Delete}
`
	const want = "app/staged:default.a app/staged:knp.default.c staged:default.b"
	for _, version := range []model.Version{model.V330, model.V331} {
		c := cluster(t, manifests, load.Options{Version: version})
		var got []string
		for _, p := range c.Staged {
			got = append(got, p.FelixName)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: staged: %q, want %q", version, got, want)
		}
		if got := evaluation(c); strings.Contains(got, ":") {
			t.Errorf("%s: enforced: %s", version, got)
		}
	}
	c, found := findings(t, manifests, load.Options{Version: model.V329})
	if len(c.Staged) != 0 || len(found) != 4 || !strings.HasPrefix(found[0], "version-mismatch /kind: Calico 3.29 has no kind Staged") {
		t.Errorf("3.29 has no staged kinds, but got %d staged, findings %v", len(c.Staged), found)
	}
}

func TestTypes(t *testing.T) {
	calico := func(apiVersion, spec string) string {
		return fmt.Sprintf("apiVersion: %s\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: {%s}\n", apiVersion, spec)
	}
	const v3, raw = "projectcalico.org/v3", "crd.projectcalico.org/v1"
	kubernetes := func(spec string) string {
		return fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: ns}\nspec: {podSelector: {}, %s}\n", spec)
	}
	for _, test := range []struct {
		name, manifest, want string
	}{
		{"nothing is ingress", calico(v3, ""), "ingress"},
		{"ingress rules", calico(v3, "ingress: [{action: Allow}]"), "ingress"},
		{"egress rules", calico(v3, "egress: [{action: Allow}]"), "egress"},
		{"both", calico(v3, "ingress: [{action: Allow}], egress: [{action: Allow}]"), "ingress egress"},
		{"types decide", calico(v3, "types: [Egress], ingress: [{action: Allow}]"), "egress"},
		{"storage defaults nothing, so both", calico(raw, "ingress: [{action: Allow}]"), "ingress egress"},
		{"storage, written", calico(raw, "types: [Ingress]"), "ingress"},
		{"nothing is ingress", kubernetes(""), "ingress"},
		{"egress rules", kubernetes("egress: [{}]"), "ingress egress"},
		{"egress: [] isolates nothing", kubernetes("egress: []"), "ingress"},
		{"policyTypes decide", kubernetes("policyTypes: [Egress]"), "egress"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := only(t, objects(t, test.manifest))
			var got []string
			for d, governs := range p.Governs {
				if governs {
					got = append(got, model.Direction(d).String())
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("governs %q, want %q", got, test.want)
			}
		})
	}
}
