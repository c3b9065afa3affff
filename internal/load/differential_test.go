package load_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/projectcalico/calico/libcalico-go/lib/backend/k8s/conversion"
	backend "github.com/projectcalico/calico/libcalico-go/lib/backend/model"
	networkingv1 "k8s.io/api/networking/v1"
	admin "sigs.k8s.io/network-policy-api/apis/v1alpha1"
	"sigs.k8s.io/yaml"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// TestConversionIsCalicos loads random policies of Kubernetes' kinds as they are, and again as
// what Calico's own converter makes of them: the models must say the same.
func TestConversionIsCalicos(t *testing.T) {
	load.QuietCalico()
	for seed := range uint64(300) {
		g := generator{rand.New(rand.NewPCG(seed, 1))}
		for _, manifest := range []string{g.kubernetes(), g.admin()} {
			got := only(t, objects(t, manifest))
			if got.API == model.AdminNetworkPolicy && got.Governs == [2]bool{} {
				continue // types: [] in storage would mean both
			}
			want := only(t, []*load.Object{byCalico(t, manifest)})
			if g, w := describe(got), describe(want); g != w {
				t.Fatalf("%s\nis\n%s\nbut Calico makes\n%s", manifest, g, w)
			}
			if got.FelixName != want.FelixName || *got.Order != *want.Order || got.Tier.Name != want.Tier.Name {
				t.Fatalf("%s is %s in %s, but Calico's %s in %s", manifest, got.FelixName, got.Tier.Name, want.FelixName, want.Tier.Name)
			}
		}
	}
}

// only returns the only policy in the objects.
func only(t *testing.T, objs []*load.Object) *model.Policy {
	t.Helper()
	c, ds := load.Cluster(objs, load.Options{})
	for _, tier := range c.Tiers {
		if len(tier.Policies) > 0 {
			return tier.Policies[0]
		}
	}
	t.Fatalf("no policy: %v", ds)
	return nil
}

// byCalico converts a policy to one of Calico's kinds, as it is in Calico's storage.
func byCalico(t *testing.T, manifest string) *load.Object {
	t.Helper()
	var kvp *backend.KVPair
	var err error
	if strings.Contains(manifest, "AdminNetworkPolicy") {
		// The error says what is not supported; there is a result all the same.
		kvp, _ = conversion.NewConverter().K8sAdminNetworkPolicyToCalico(decodeAs[admin.AdminNetworkPolicy](t, manifest))
	} else {
		np := decodeAs[networkingv1.NetworkPolicy](t, manifest)
		if len(np.Spec.PolicyTypes) == 0 { // as the API server does
			np.Spec.PolicyTypes = []networkingv1.PolicyType{"Ingress"}
			if len(np.Spec.Egress) > 0 {
				np.Spec.PolicyTypes = append(np.Spec.PolicyTypes, "Egress")
			}
		}
		kvp, err = conversion.NewConverter().K8sNetworkPolicyToCalico(np)
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(kvp.Value)
	if err != nil {
		t.Fatal(err)
	}
	o := object(t, data)
	o.APIVersion = "crd.projectcalico.org/v1"
	return o
}

func decodeAs[T any](t *testing.T, manifest string) *T {
	t.Helper()
	v := new(T)
	if err := yaml.Unmarshal([]byte(manifest), v); err != nil {
		t.Fatal(err)
	}
	return v
}

// describe puts a policy into words, with port ranges merged as Calico merges them.
func describe(p *model.Policy) string {
	var b strings.Builder
	fmt.Fprintf(&b, "selects %s, governs", p.Selector)
	for d := range p.Rules {
		if p.Governs[d] {
			fmt.Fprintf(&b, " %s", model.Direction(d))
		}
	}
	for d, rules := range p.Rules {
		for _, r := range rules {
			fmt.Fprintf(&b, "\n%s %d: %s", model.Direction(d), r.Index, describeRule(r))
		}
	}
	return b.String()
}

func describeRule(r *model.Rule) string {
	protocol := func(p *flow.Proto) string {
		if p == nil {
			return "any"
		}
		return p.String()
	}
	m := &r.Match
	return fmt.Sprintf("%s v%d %s, not %v, from %s to %s", r.Action, m.IPVersion, protocol(m.Protocol), m.NotProtocol != nil,
		describeSide(&m.Source), describeSide(&m.Destination))
}

func describeSide(s *model.Side) string {
	var parts []string
	add := func(name string, sel *selector.Selector) {
		if sel != nil {
			parts = append(parts, name+" "+sel.String())
		}
	}
	add("selector", s.Selector)
	add("not", s.NotSelector)
	prefixes := func(ns []model.Net) (out []netip.Prefix) {
		for _, n := range ns {
			out = append(out, n.Prefix)
		}
		return out
	}
	return fmt.Sprintf("%v nets %v not %v ports %s not %s", parts, prefixes(s.Nets), prefixes(s.NotNets),
		mergedPorts(s.Ports), mergedPorts(s.NotPorts))
}

func mergedPorts(ps []model.PortMatch) string {
	var names []string
	var all [65537]bool
	for _, p := range ps {
		if p.Name != "" {
			names = append(names, p.Name)
			continue
		}
		for i := int(p.First); i <= int(p.Last); i++ {
			all[i] = true
		}
	}
	slices.Sort(names)
	var ranges []string
	for i := 0; i < len(all); i++ {
		if first := i; all[i] {
			for all[i] {
				i++
			}
			ranges = append(ranges, fmt.Sprintf("%d-%d", first, i-1))
		}
	}
	return strings.Join(append(ranges, names...), ",")
}
