package load

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/calico/libcalico-go/lib/names"
	"github.com/projectcalico/calico/libcalico-go/lib/resources"

	"github.com/tierlint/tierlint/internal/model"
)

const (
	kubeAdminTier    = "kube-admin"
	kubeBaselineTier = "kube-baseline"
)

// builtinTiers are the tiers that Calico creates when it starts. Source:
// libcalico-go/lib/clientv3/client.go, v3.29.7:252-262, v3.31.0:273-289, v3.32.1:298-314.
func builtinTiers(v model.Version) []*model.Tier {
	tier := func(name string, order float64, pass bool) *model.Tier {
		return &model.Tier{
			Object: model.Object{APIVersion: calicoGroup + "/v3", Kind: v3.KindTier, Name: name}, Order: order, DefaultPass: pass,
		}
	}
	out := []*model.Tier{tier(names.DefaultTierName, v3.DefaultTierOrder, false)}
	if v >= model.V332 {
		return append(out, tier(kubeAdminTier, v3.AdminNetworkPolicyTierOrder, true),
			tier(kubeBaselineTier, v3.BaselineAdminNetworkPolicyTierOrder, true))
	}
	out = append(out, tier(names.AdminNetworkPolicyTierName, v3.AdminNetworkPolicyTierOrder, true))
	if v >= model.V330 {
		out = append(out, tier(names.BaselineAdminNetworkPolicyTierName, v3.BaselineAdminNetworkPolicyTierOrder, true))
	}
	return out
}

// addTiers makes the tiers. A tier in the inputs that Calico accepts replaces the built-in one.
func (l *loader) addTiers() {
	for _, t := range builtinTiers(l.opts.Version) {
		l.tiers[t.Name] = t
	}
	for _, o := range l.objects["projectcalico.org/Tier"] {
		v := &v3.Tier{}
		if !l.decodeStrict(o, v) {
			continue
		}
		resources.DefaultTierFields(v) // no order is 1,000,000, so that it ties with default
		if !l.valid(o, v) || !l.fixedTier(o, v) {
			continue
		}
		if o.raw() && !l.rawTier(o, v) {
			continue
		}
		l.tiers[o.Name] = &model.Tier{
			Object: o.Object, Order: *v.Spec.Order, DefaultPass: *v.Spec.DefaultAction == v3.Pass,
		}
	}
}

// rawTier says what comes of a tier that goes straight into storage, where only the schema of the
// CRD checks it (crd.projectcalico.org_tiers.yaml, v3.31.0).
func (l *loader) rawTier(o *Object, v *v3.Tier) bool {
	p := problem{check: CheckPolicy, help: useV3}
	built := l.tiers[o.Name]
	switch {
	case *v.Spec.DefaultAction != v3.Pass && *v.Spec.DefaultAction != v3.Deny:
		p.at = "/spec/defaultAction"
		p.message = fmt.Sprintf("%q is neither Pass nor Deny: the API server rejects this Tier, so nothing of it applies", *v.Spec.DefaultAction)
		l.report(&o.Object, p)
		return false
	case strings.Contains(o.Name, ".") && l.opts.Version < model.V332:
		p.at = "/metadata/name"
		p.message = fmt.Sprintf("the name %q has a dot: Calico %s takes a policy's tier from what is before the first dot of the policy's name, so no policy can be in this tier", o.Name, l.opts.Version)
		l.report(&o.Object, p)
	case built != nil && !built.Reviewed() && *v.Spec.Order != built.Order:
		p.at = "/spec"
		if o.has("/spec/order") {
			p.at = "/spec/order"
		}
		p.message = fmt.Sprintf("tier %s is Calico's own and has order %.0f: nobody keeps this one out of Calico's storage, so Felix asks the tier at order %v", o.Name, built.Order, *v.Spec.Order)
		l.report(&o.Object, p)
	}
	return true
}

// fixedTier checks what the storage of 3.32 enforces for its own tiers (api/tier.go:37-39, v3.32.1).
func (l *loader) fixedTier(o *Object, v *v3.Tier) bool {
	built := l.tiers[o.Name]
	if l.opts.Version < model.V332 || built == nil || built.Reviewed() {
		return true
	}
	if *v.Spec.Order == built.Order && (*v.Spec.DefaultAction == v3.Pass) == built.DefaultPass {
		return true
	}
	l.report(&o.Object, problem{
		check: CheckPolicy, at: "/spec",
		message: fmt.Sprintf("tier %s is Calico's own, and its order and defaultAction cannot be changed: the API server rejects this", o.Name),
		help:    "a tier of your own; or no Tier here",
	})
	return false
}

// tier returns the tier, which is made up if it is in no manifest.
func (l *loader) tier(name string) *model.Tier {
	t, ok := l.tiers[name]
	if !ok {
		t = &model.Tier{
			Object: model.Object{APIVersion: calicoGroup + "/v3", Kind: v3.KindTier, Name: name}, Order: math.Inf(1), Missing: true,
		}
		l.tiers[name] = t
	}
	return t
}

// addPolicy puts a policy into its tier, or with the staged ones. The key breaks ties of order.
func (l *loader) addPolicy(p *model.Policy, tier, sortKind string) {
	p.Tier = l.tier(tier)
	l.sortKeys[p] = p.FelixName
	if l.opts.Version >= model.V332 {
		// 3.32.1 felix/calc/policy_sorter.go:385-397
		l.sortKeys[p] = p.Name + "/" + p.Namespace + "/" + sortKind
	}
	if p.Staged {
		l.c.Staged = append(l.c.Staged, p)
		return
	}
	p.Tier.Policies = append(p.Tier.Policies, p)
}

// sortTiers brings tiers and their policies into the order of evaluation
// (felix/calc/policy_sorter.go:145-179 and 317-325, v3.31.0).
func (l *loader) sortTiers() {
	for _, t := range l.tiers {
		l.c.Tiers = append(l.c.Tiers, t)
		slices.SortFunc(t.Policies, func(a, b *model.Policy) int {
			return cmp.Or(cmp.Compare(order(a), order(b)), strings.Compare(l.sortKeys[a], l.sortKeys[b]))
		})
	}
	l.findElsewhere()
	slices.SortFunc(l.c.Tiers, func(a, b *model.Tier) int {
		if a.Elsewhere != b.Elsewhere {
			if a.Elsewhere {
				return -1
			}
			return 1
		}
		if a.Missing != b.Missing {
			if a.Missing {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name))
	})
}

// findElsewhere finds the tiers of which another repository has to say where they come. A policy straight in Calico's
// storage is there without its tier, too, and a tier beside others of the files is missed or misspelt.
func (l *loader) findElsewhere() {
	for _, t := range l.c.Tiers {
		if !t.Missing && t.Positions != nil {
			return
		}
	}
	for _, t := range l.c.Tiers {
		t.Elsewhere = t.Missing && len(t.Policies) > 0 && !slices.ContainsFunc(t.Policies, func(p *model.Policy) bool { return p.Raw })
	}
}

// order is the policy's order, where none is last.
func order(p *model.Policy) float64 {
	if p.Order == nil {
		return math.Inf(1)
	}
	return *p.Order
}
