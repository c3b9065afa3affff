package checks

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// written is a selector as somebody wrote it: the subject of a policy, or a peer of its rules.
type written struct {
	policy *model.Policy
	// rules is what Calico makes of the rule as written; empty for the subject.
	rules []*model.Rule
	side  *model.Side // of the first rule; nil for the subject
	local bool        // the side is the end at which the policy applies
	sel   *selector.Selector
	text  model.Written
	at    string // pointer to the selector

	// What the inventory knows of it.
	matches found              // of everything, also of what no selector sees
	pods    *selector.Selector // what is written of labels of pods; nil if that cannot be parsed
	terms   []selector.Term    // the labels that it asks pods for
}

// subject says whether it is what the policy selects.
func (w *written) subject() bool { return w.side == nil }

// part is the peer, or for the subject what selects it.
func (w *written) part() diag.Part {
	if w.subject() {
		return part(w.policy, w.at)
	}
	return part(w.policy, w.side.At)
}

// reviewedPolicies is the policies that decide something and that a finding may point at.
func reviewedPolicies(c *model.Cluster) iter.Seq[*model.Policy] {
	return func(yield func(*model.Policy) bool) {
		for _, t := range c.Tiers {
			for _, p := range t.Policies {
				if p.Reviewed() && !yield(p) {
					return
				}
			}
		}
	}
}

// writtenSelectors is the subject and the peers with selectors of a policy, each as often as it is written.
func writtenSelectors(p *model.Policy) []*written {
	out := []*written{{policy: p, sel: p.Selector, text: p.Written, at: p.SelectorAt}}
	for d, rules := range p.Rules {
		for _, r := range rules {
			for i, side := range []*model.Side{&r.Match.Source, &r.Match.Destination} {
				if side.Selector == nil {
					continue
				}
				same := func(w *written) bool { return !w.subject() && w.side.At == side.At }
				if n := slices.IndexFunc(out, same); n >= 0 {
					out[n].rules = append(out[n].rules, r)
					continue
				}
				out = append(out, &written{
					policy: p, rules: []*model.Rule{r}, side: side, sel: side.Selector, text: side.Written, at: side.SelectorAt,
					local: i == 0 && d == int(model.Egress) || i == 1 && d == int(model.Ingress),
				})
			}
		}
	}
	return out
}

// impossible says whether no labels at all match the selector.
func (w *written) impossible() bool {
	_, never := w.sel.Impossible()
	return never
}

// is says in words what the selector selects.
func (w *written) is() string {
	switch {
	case w.subject():
		return "the policy"
	case w.rules[0].Direction == model.Ingress && !w.local || w.rules[0].Direction == model.Egress && w.local:
		return "the source"
	}
	return "the destination"
}

// effect is what follows if it matches nothing.
func (w *written) effect() string {
	if w.subject() {
		return "the policy applies to nothing"
	}
	switch w.rules[0].Action {
	case model.Allow:
		return "this lets nothing through"
	case model.Deny:
		return "this denies nothing"
	}
	return "this rule is for nothing"
}

// origin is where to change it: at the label, where that has a line of its own.
func (w *written) origin(key string) source.Origin {
	if key != "" && w.policy.Positions.Has(w.label(key)) {
		return w.policy.Origin(w.label(key))
	}
	return w.policy.KeyOrigin(w.at)
}

// label is the pointer to a label of matchLabels.
func (w *written) label(key string) string {
	at := w.at
	for _, pods := range []string{"/pods/podSelector", "/podSelector"} {
		if isAdmin(w.policy.API) && w.policy.Positions.Has(w.at+pods) {
			at = w.at + pods
		}
	}
	return at + "/matchLabels/" + yamldoc.Escape(key)
}

// namespaceAt is the pointer to what selects namespaces.
func (w *written) namespaceAt() string {
	at := "/spec"
	switch {
	case !w.subject():
		at = w.side.At
	case isAdmin(w.policy.API):
		at = w.at
	}
	if namespaces := at + "/namespaces"; isAdmin(w.policy.API) && w.policy.Positions.Has(namespaces) {
		return namespaces
	} else if isAdmin(w.policy.API) {
		at += "/pods"
	}
	return at + "/namespaceSelector"
}

// ofEndpoints is what selects by labels of endpoints and by their service accounts, without what is about namespaces.
func (w *written) ofEndpoints() string {
	if w.text.Selector == "" || w.text.Accounts == "" {
		return w.text.Selector + w.text.Accounts
	}
	return fmt.Sprintf("(%s) && (%s)", w.text.Selector, w.text.Accounts)
}

// termsOf is the labels that the written selector asks pods for.
func (v *inventory) termsOf(w *written) []selector.Term {
	if w.pods == nil || w.text.NotSelector != "" || w.text.Accounts != "" {
		return nil
	}
	return v.asked.get(w.pods, func(s *selector.Selector) []selector.Term {
		terms, _ := s.Terms()
		return slices.DeleteFunc(terms, func(t selector.Term) bool { return strings.HasPrefix(t.Key, "projectcalico.org/") })
	})
}

// scope is the namespaces that the selector looks into, certainly and perhaps.
func (v *inventory) scope(w *written) (must, may []*model.Namespace) {
	if w.text.NamespaceSelector != "" {
		return v.namespaces(w.text.NamespaceSelector)
	}
	for _, ns := range v.cluster.Namespaces {
		if w.policy.Global() || ns.Name == w.policy.Namespace {
			must = append(must, ns)
		}
	}
	return must, must
}

// emptiness is why a selector matches nothing that selectors see. Each reason has a check of its own.
type emptiness uint8

const (
	notEmpty   emptiness = iota
	impossible           // no labels at all match it
	outOfScope           // Calico narrows it to where nothing matches
	hiddenOnly           // it matches only what is on the network of its node
	nothing              // nothing has such labels
)

func (v *inventory) emptiness(w *written) emptiness {
	m := w.matches
	if m.must.Overlaps(v.seen) {
		return notEmpty
	}
	// That a platform's namespace may have the label is no reason to think so.
	if !m.may.And(v.seen).Minus(v.platform).IsEmpty() && !v.namedOtherwise(w) {
		return notEmpty
	}
	if w.impossible() {
		return impossible
	}
	if m.must.Overlaps(v.hidden) {
		return hiddenOnly
	}
	if v.misplaced(w) != nil {
		return outOfScope
	}
	return nothing
}
