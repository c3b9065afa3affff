package load

import (
	"fmt"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/calico/libcalico-go/lib/names"

	"github.com/tierlint/tierlint/internal/model"
)

// calicoPolicy is what Calico's kinds of policy have in common.
type calicoPolicy struct {
	object          *Object
	value           any // *v3.NetworkPolicy, ...
	api             model.PolicyAPI
	tier            string
	order           *float64
	ingress, egress []v3.Rule
	types           []v3.PolicyType
	// The selectors as written; namespaces only in global policies.
	selector, namespaces, accounts string
	staged                         bool
	action                         v3.StagedAction // of a staged policy
	doNotTrack, preDNAT, onForward bool
}

func (l *loader) addCalicoPolicies() {
	for _, o := range l.objects["projectcalico.org/NetworkPolicy"] {
		v := &v3.NetworkPolicy{}
		if l.decodeStrict(o, v) {
			l.addCalico(namespacedPolicy(o, v, &v.Spec))
		}
	}
	for _, o := range l.objects["projectcalico.org/GlobalNetworkPolicy"] {
		v := &v3.GlobalNetworkPolicy{}
		if l.decodeStrict(o, v) {
			l.addCalico(globalPolicy(o, v, &v.Spec))
		}
	}
	for _, o := range l.staged("projectcalico.org/StagedNetworkPolicy") {
		v := &v3.StagedNetworkPolicy{}
		if l.decodeStrict(o, v) {
			_, enforced := v3.ConvertStagedPolicyToEnforced(v)
			p := namespacedPolicy(o, v, &enforced.Spec)
			p.staged, p.action = true, v.Spec.StagedAction
			l.addCalico(p)
		}
	}
	for _, o := range l.staged("projectcalico.org/StagedGlobalNetworkPolicy") {
		v := &v3.StagedGlobalNetworkPolicy{}
		if l.decodeStrict(o, v) {
			_, enforced := v3.ConvertStagedGlobalPolicyToEnforced(v)
			p := globalPolicy(o, v, &enforced.Spec)
			p.staged, p.action = true, v.Spec.StagedAction
			l.addCalico(p)
		}
	}
}

// staged returns the objects of a staged kind; before 3.30 there are none in Calico.
func (l *loader) staged(key string) []*Object {
	objs := l.objects[key]
	if l.opts.Version >= model.V330 {
		return objs
	}
	for _, o := range objs {
		l.reportVersion(o, fmt.Sprintf("has no kind %s: the API server refuses the object", o.Kind), "nothing, before Calico 3.30: staged policies came with it")
	}
	return nil
}

func namespacedPolicy(o *Object, v any, s *v3.NetworkPolicySpec) *calicoPolicy {
	return &calicoPolicy{
		object: o, value: v, api: model.CalicoNetworkPolicy, tier: s.Tier, order: s.Order,
		ingress: s.Ingress, egress: s.Egress, types: s.Types, selector: s.Selector, accounts: s.ServiceAccountSelector,
	}
}

func globalPolicy(o *Object, v any, s *v3.GlobalNetworkPolicySpec) *calicoPolicy {
	return &calicoPolicy{
		object: o, value: v, api: model.GlobalNetworkPolicy, tier: s.Tier, order: s.Order,
		ingress: s.Ingress, egress: s.Egress, types: s.Types,
		selector: s.Selector, namespaces: s.NamespaceSelector, accounts: s.ServiceAccountSelector,
		doNotTrack: s.DoNotTrack, preDNAT: s.PreDNAT, onForward: s.ApplyOnForward,
	}
}

// addCalico admits a policy as its door does, and converts it.
func (l *loader) addCalico(c *calicoPolicy) {
	l.fillRules(c)
	if c.object.raw() && !l.acceptRaw(c) || !c.object.raw() && !l.admit(c) {
		return
	}
	if c.action == v3.StagedActionDelete {
		return // yields nothing (stagednetworkpolicyprocessor.go:58-61, v3.31.0)
	}
	o := c.object
	p := &model.Policy{
		Object: o.Object, API: c.api, Order: c.order, Staged: c.staged, Raw: o.raw(), TierWritten: c.tier,
		SelectorAt: selectorAt(c), TypesAt: "/spec", TypesWritten: o.has("/spec/types"),
		Governs:    l.governs(c),
		DoNotTrack: c.doNotTrack, PreDNAT: c.preDNAT, ApplyOnForward: c.onForward,
		Written: model.Written{Selector: c.selector, NamespaceSelector: c.namespaces},
	}
	if c.accounts != "" {
		p.Written.Accounts = l.prefix(c.accounts, accountPrefix)
	}
	if p.TypesWritten {
		p.TypesAt = "/spec/types"
	}
	tier, stored := l.tierAndName(c)
	l.reportRawTier(c, tier)
	p.FelixName = felixName(o.Namespace, stored, c.staged)
	subject := l.globalSubject(c.selector, c.namespaces, c.accounts)
	if c.api == model.CalicoNetworkPolicy {
		subject = l.namespacedSubject(o.Namespace, c.selector, c.accounts)
	}
	if l.fill(p, subject, locateRules(o, c.ingress, "/spec/ingress"), locateRules(o, c.egress, "/spec/egress")) {
		l.addPolicy(p, tier, o.Kind)
	}
}

func locateRules(o *Object, rules []v3.Rule, at string) []written {
	out := make([]written, len(rules))
	for i, r := range rules {
		out[i] = calicoRule(o, r, items(at)(i))
	}
	return out
}

// fill sets the policy's subject and rules. It says no, with a finding, if a selector that is put
// together cannot be parsed.
func (l *loader) fill(p *model.Policy, subject string, ingress, egress []written) bool {
	sel, err := l.selector(subject)
	if err == nil {
		p.Selector = sel
		err = l.addRules(p, model.Ingress, ingress)
	}
	if err == nil {
		err = l.addRules(p, model.Egress, egress)
	}
	if err != nil {
		l.report(&p.Object, problem{check: CheckSelector, at: p.SelectorAt,
			message: fmt.Sprintf("a selector that Calico makes of this policy cannot be parsed (%v), so nothing of it applies", err)})
	}
	return err == nil
}

// governs says which directions the policy isolates. The API defaults missing types by the rules
// that there are; nobody does so for what goes straight into storage, and Felix takes both
// (libcalico-go/lib/clientv3/globalnetworkpolicy.go:205-224, felix/calc/policy_sorter.go:189-192, v3.31.0).
func (c *calicoPolicy) governs() [2]bool {
	var g [2]bool
	for _, t := range c.types {
		switch strings.ToLower(string(t)) {
		case "ingress":
			g[model.Ingress] = true
		case "egress":
			g[model.Egress] = true
		}
	}
	if len(c.types) > 0 {
		return g
	}
	if c.object.raw() {
		return [2]bool{true, true}
	}
	return [2]bool{len(c.ingress) > 0 || len(c.egress) == 0, len(c.egress) > 0}
}

// tierAndName says which tier the policy is in and under which name it is stored: up to 3.31 the
// name tells the tier, whatever spec.tier says.
func (l *loader) tierAndName(c *calicoPolicy) (tier, stored string) {
	if l.opts.Version >= model.V332 {
		return names.TierOrDefault(c.tier), c.object.Name
	}
	stored = c.object.Name
	if !c.object.raw() {
		stored = names.TieredPolicyName(stored)
	}
	tier, err := names.TierFromPolicyName(stored)
	if err != nil {
		tier = names.DefaultTierName
	}
	return tier, stored
}

// felixName is Felix's key for the policy
// (libcalico-go/lib/backend/syncersv1/updateprocessors/*policyprocessor.go, v3.31.0).
func felixName(namespace, stored string, staged bool) string {
	if staged {
		stored = "staged:" + stored
	}
	if namespace != "" {
		return namespace + "/" + stored
	}
	return stored
}

// selectorAt is the selector that a person would change.
func selectorAt(c *calicoPolicy) string {
	switch {
	case c.selector != "":
		return "/spec/selector"
	case c.namespaces != "":
		return "/spec/namespaceSelector"
	case c.accounts != "":
		return "/spec/serviceAccountSelector"
	case c.object.has("/spec/selector"):
		return "/spec/selector"
	}
	return "/spec"
}
