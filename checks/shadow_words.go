package checks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

func (s *shadow) message() string {
	what := "this rule never decides anything"
	if s.whole {
		what = "no rule of this policy ever decides anything"
	}
	for _, e := range s.a.MaySelect(s.policy) {
		if !e.Phantom {
			what += " for the workloads that it selects here"
			break
		}
	}
	var who []string
	for _, b := range s.by {
		if w := s.decides(b.By); !slices.Contains(who, w) {
			who = append(who, w)
		}
	}
	if len(who) > 2 {
		who = append(who[:2], "others")
	}
	return fmt.Sprintf("%s: %s its traffic first", what, strings.Join(who, " and "))
}

// decides is who does what: "tier security drops", "an earlier rule (line 9) allows".
func (s *shadow) decides(by model.By) string {
	if by.Kind == model.ByEndOfTier {
		return "tier " + by.Tier.Name + " drops"
	}
	verb := [...]string{model.Allow: "allows", model.Deny: "denies", model.Pass: "passes on", model.Log: "logs"}[by.Rule.Action]
	if by.Rule.Policy == s.policy {
		return fmt.Sprintf("an earlier rule (line %d) %s", s.policy.Origin(by.Rule.At).Start.Line, verb)
	}
	return by.Rule.Policy.String() + " " + verb
}

func (s *shadow) help() string {
	by := s.by[0].By
	switch {
	case by.Kind == model.ByEndOfTier:
		return fmt.Sprintf("a last rule `action: Pass` in %s, or `defaultAction: Pass` on tier %s", by.Policy.String(), by.Tier.Name)
	case by.Rule.Policy == s.policy:
		return fmt.Sprintf("this rule before the one at line %d; or that one narrower", s.policy.Origin(by.Rule.At).Start.Line)
	case by.Rule.Policy.Tier != s.policy.Tier:
		return fmt.Sprintf("in %s, a rule for no more than it is meant for; or `action: Pass` there for what this policy shall decide", by.Rule.Policy.String())
	case s.policy.API == model.KubernetesNetworkPolicy:
		return fmt.Sprintf("in %s, a narrower rule; or an order above 1000, which is that of Kubernetes policies", by.Rule.Policy.String())
	}
	return fmt.Sprintf("an order below that of %s (%s); or, there, a narrower rule", by.Rule.Policy.String(), order(by.Rule.Policy))
}

func order(p *model.Policy) string {
	if p.Order == nil {
		return "none, which is last"
	}
	return strconv.FormatFloat(*p.Order, 'f', -1, 64)
}
