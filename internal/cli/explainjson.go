package cli

import (
	"encoding/json"
	"io"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/source"
)

// explainedJSON is what `tierlint explain --format json` writes: a contract, like the findings'.
type explainedJSON struct {
	Version int          `json:"version"`
	Answers []tracedJSON `json:"answers"`
}

type tracedJSON struct {
	answer
	Environment string  `json:"environment,omitempty"`
	Source      endJSON `json:"source"`
	Destination endJSON `json:"destination"`
}

type endJSON struct {
	Object   string        `json:"object,omitempty"` // whose policy applies
	Tiers    []tierJSON    `json:"tiers"`
	Profiles []profileJSON `json:"profiles"`
}

type tierJSON struct {
	Name     string       `json:"name"`
	Class    string       `json:"class"` // untracked, pre-DNAT or normal
	Policies []policyJSON `json:"policies"`
	End      string       `json:"end"` // deny, pass or "not reached"
}

type policyJSON struct {
	Object  string     `json:"object"`
	Selects string     `json:"selects"` // yes or maybe
	Rules   []ruleJSON `json:"rules"`
	placeJSON
}

type ruleJSON struct {
	Index     int    `json:"index"`
	Action    string `json:"action"`
	Matches   string `json:"matches"`             // yes, no or maybe
	Criterion string `json:"criterion,omitempty"` // the first that does not hold, or may not
	placeJSON
}

type profileJSON struct {
	Name   string `json:"name"`
	Effect string `json:"effect"`
}

type placeJSON struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

func writeExplainedJSON(w io.Writer, answers []explained) error {
	out := explainedJSON{Version: 1}
	for i := range answers {
		a := &answers[i]
		egress, ingress := &a.trace.Ends[model.Egress], &a.trace.Ends[model.Ingress]
		out.Answers = append(out.Answers, tracedJSON{
			answer: answerOf(a.flow, egress.Decision, ingress.Decision), Environment: a.environment,
			Source: endOf(egress), Destination: endOf(ingress),
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func endOf(e *refeval.End) endJSON {
	out := endJSON{Tiers: []tierJSON{}, Profiles: []profileJSON{}}
	if e.Endpoint != nil {
		out.Object = e.Endpoint.String()
	}
	for _, t := range e.Tiers {
		tier := tierJSON{Name: t.Tier.Name, Class: t.Class.String(), Policies: []policyJSON{}, End: t.End.String()}
		for _, p := range t.Policies {
			policy := policyJSON{
				Object: p.Policy.String(), Selects: answerWord(p.Selects),
				Rules: []ruleJSON{}, placeJSON: placeOf(policyOrigin(p.Policy)),
			}
			for _, r := range p.Rules {
				policy.Rules = append(policy.Rules, ruleJSON{
					Index: r.Rule.Index, Action: r.Rule.Action.String(), Matches: answerWord(r.Matches),
					Criterion: r.Criterion.Name, placeJSON: placeOf(ruleOrigin(r)),
				})
			}
			tier.Policies = append(tier.Policies, policy)
		}
		out.Tiers = append(out.Tiers, tier)
	}
	for _, p := range e.Profiles {
		out.Profiles = append(out.Profiles, profileJSON{p.Name, p.Effect.String()})
	}
	return out
}

// policyOrigin is where a policy is named.
func policyOrigin(p *model.Policy) source.Origin { return p.Origin("/metadata/name") }

// ruleOrigin is where a rule is written, or the criterion of it that decides.
func ruleOrigin(r refeval.RuleStep) source.Origin {
	at := r.Rule.At
	if r.Criterion.At != "" {
		at = r.Criterion.At
	}
	return r.Rule.Origin(at)
}

func placeOf(o source.Origin) placeJSON { return placeJSON{o.File, o.Start.Line, o.Start.Col} }

func answerWord(a selector.Answer) string {
	switch a {
	case selector.Yes:
		return "yes"
	case selector.No:
		return "no"
	}
	return "maybe"
}
