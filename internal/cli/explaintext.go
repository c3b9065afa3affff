package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
	"github.com/tierlint/tierlint/internal/report"
	"github.com/tierlint/tierlint/internal/selector"
)

// story is a text about connections in the making.
type story struct {
	bytes.Buffer
	look report.Options
}

func writeExplainedText(w io.Writer, answers []explained, look report.Options) error {
	s := &story{look: look}
	for i := range answers {
		if i > 0 {
			s.WriteByte('\n')
		}
		s.tell(&answers[i])
	}
	_, err := w.Write(s.Bytes())
	return err
}

func (s *story) tell(a *explained) {
	head := a.flow.String()
	if a.environment != "" {
		head += " in " + a.environment
	}
	fmt.Fprintf(s, "%s: %s\n", report.Printable(head), s.verdict(a.trace.Verdict()))
	s.end("egress from "+a.flow.Src, &a.trace.Ends[model.Egress])
	s.end("ingress to "+a.flow.Dst, &a.trace.Ends[model.Ingress])
}

// verdict is a verdict in a word, in its colour.
func (s *story) verdict(v model.Verdict) string {
	switch v {
	case model.Allowed:
		return s.look.Good("allowed")
	case model.Denied:
		return s.look.Bad("blocked")
	}
	return s.look.Doubtful("unknown")
}

func (s *story) end(title string, e *refeval.End) {
	d := e.Decision
	fmt.Fprintf(s, "\n%s: %s, %s\n", report.Printable(title), s.verdict(d.Verdict), report.Printable(because(d.By)))
	for _, t := range e.Tiers {
		s.tier(t)
	}
	for _, p := range e.Profiles {
		fmt.Fprintf(s, "  profile %s: %s\n", p.Name, p.Effect)
	}
}

// because says what decides, in words.
func because(b model.By) string {
	switch b.Kind {
	case model.ByRule, model.ByUntracked:
		if b.Rule == nil {
			return "by an untracked policy"
		}
		return fmt.Sprintf("by rule %d of %s (%s)", b.Rule.Index, b.Rule.Policy.String(), b.Rule.Origin(b.Rule.At))
	case model.ByEndOfTier:
		why := "by the end of tier " + b.Tier.Name
		if b.Policy != nil {
			why += fmt.Sprintf(": %s isolates it and no rule matches", b.Policy.String())
		}
		return why
	case model.ByProfile:
		return "by profile " + b.Profile + ": no policy decides"
	case model.ByNoProfileMatch:
		return "because no policy or profile of the host endpoint lets it through"
	case model.ByFailsafe:
		return "by the failsafe ports of the host endpoint"
	case model.ByOwnNode:
		return "because a node always reaches the pods on it, whatever policies say"
	case model.ByToHost:
		return "by defaultEndpointToHostAction, which decides what a pod sends to the node that it is on (Accept where no file says)"
	case model.ByUnknown:
		return "because the files do not say " + cmp.Or(b.Gap, "what decides it")
	}
	return "because no policy applies to this end"
}

func (s *story) tier(t refeval.TierStep) {
	name := "tier " + t.Tier.Name
	if t.Class != refeval.Normal {
		name += " (" + t.Class.String() + ")"
	}
	if t.Tier.Elsewhere {
		name += ", which is in no file: others may come before it, and its end may pass on"
	}
	fmt.Fprintf(s, "  %s\n", name)
	for _, p := range t.Policies {
		selects := ""
		if p.Selects == selector.Maybe {
			selects = ", which may select it"
		}
		s.line(4, fmt.Sprintf("%s%s", p.Policy.String(), selects), policyOrigin(p.Policy).String())
		for _, r := range p.Rules {
			s.rule(r)
		}
		if len(p.Rules) == 0 {
			fmt.Fprintf(s, "      no rules\n")
		}
	}
	switch t.End {
	case refeval.TierDenies:
		fmt.Fprintf(s, "    end of the tier: %s\n", s.look.Bad("Deny"))
	case refeval.TierPasses:
		fmt.Fprintf(s, "    end of the tier: goes on\n")
	}
}

func (s *story) rule(r refeval.RuleStep) {
	text := fmt.Sprintf("rule %d: %s", r.Rule.Index, r.Rule.Action)
	switch r.Matches {
	case selector.Yes:
		text += ", matches"
	case selector.Maybe:
		text += ", may match: " + r.Criterion.Name + " is not known"
	default:
		text += ", no match: " + r.Criterion.Name
	}
	s.line(6, text, ruleOrigin(r).String())
}

// line writes a text and, if there is one, the place it is about.
func (s *story) line(indent int, text, place string) {
	fmt.Fprintf(s, "%*s%s", indent, "", report.Printable(text))
	if place != "" {
		fmt.Fprintf(s, "  %s", s.look.Faint(report.Printable(place)))
	}
	s.WriteByte('\n')
}
