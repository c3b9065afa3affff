package checks

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// ListItemSplit finds two items of a list where one was meant: a dash too many makes two peers, or
// two ports, of one.
var ListItemSplit = &check.Check{
	ID:       "list-item-split",
	Title:    "Two items of a list where one was meant",
	Doc:      listItemSplitDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Exposes:  true, // two peers let in more than the one that was meant
	Merge:    check.All,
	Run:      reportSplitItems,
}

func reportSplitItems(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	for policy, texts := range v.reviewed() {
		if policy.API != model.KubernetesNetworkPolicy {
			continue
		}
		peers := texts[1:]
		for _, namespaces := range peers {
			for _, pods := range peers {
				if d, ok := v.splitPeer(namespaces, pods); ok {
					d.Object = policy.Object.String()
					p.Report(d)
				}
			}
		}
		for _, d := range []model.Direction{model.Ingress, model.Egress} {
			for _, rules := range eval.WrittenRules(policy, d) {
				if d, ok := splitPort(rules); ok {
					d.Object = policy.Object.String()
					p.Report(d)
				}
			}
			reportSplitRule(p, v.analysis, texts, d)
		}
	}
	return nil
}

// reportSplitRule reports peers and ports in a rule each: as worth knowing, unless it makes the peers superfluous.
func reportSplitRule(p *check.Pass, a *eval.Analysis, texts []*written, d model.Direction) {
	policy := texts[0].policy
	at, ok := splitRule(policy, d)
	if !ok {
		return
	}
	found := diag.Diagnostic{
		Severity: diag.Note, At: policy.KeyOrigin(at + "/ports"), Object: policy.Object.String(), Parts: []diag.Part{part(policy, at)},
		Message: "these are two rules: the one before lets its peers connect to every port, and this one lets anybody connect to these ports",
		Help:    "no dash before ports, if these ports are meant for those peers",
	}
	if d == model.Ingress && inVain(a, texts, at) {
		found.Severity = diag.Default
		found.Message += ", which are all that the pods listen on, as their containers say, so the peers change nothing"
	}
	p.Report(found)
}

// splitPeer says whether a podSelector is for the pods of the namespaces that another item of the
// same list selects: no pod of the policy's own namespace matches it, and one of those does.
func (v *inventory) splitPeer(namespaces, pods *written) (diag.Diagnostic, bool) {
	has := pods.policy.Positions.Has
	if namespaces.rules[0].At != pods.rules[0].At || namespaces.text.NamespaceSelector == "" || pods.text.NamespaceSelector != "" ||
		has(namespaces.side.At+"/podSelector") || len(pods.terms) == 0 || !pods.matches.may.IsEmpty() {
		return diag.Diagnostic{}, false
	}
	in, _ := v.namespaces(namespaces.text.NamespaceSelector)
	terms := pods.terms
	for _, ns := range in {
		e := v.podWith(terms, ns.Name)
		if e == nil || e.Type != model.Workload || ns.Name == pods.policy.Namespace || !e.Assumed() && !v.known(pods.policy.Namespace) {
			continue
		}
		return diag.Diagnostic{
			At:    pods.policy.KeyOrigin(pods.side.At + "/podSelector"),
			Parts: []diag.Part{part(pods.policy, pods.side.At)},
			Message: fmt.Sprintf("two peers instead of one: the namespaceSelector admits every pod of %s, and this podSelector only pods of %s, none of which has %s",
				ns.Name, pods.policy.Namespace, say(terms)),
			Help:    "no dash before the second selector: namespaceSelector and podSelector in one item mean pods with these labels in those namespaces",
			Related: []diag.Related{{At: pods.policy.KeyOrigin(namespaces.namespaceAt()), Message: "the other item"}},
		}, true
	}
	return diag.Diagnostic{}, false
}

// splitRule finds the second of the two rules of a direction, where the first has nothing but peers, and
// the second nothing but ports.
func splitRule(p *model.Policy, d model.Direction) (string, bool) {
	list, peers := "/spec/"+d.String(), [...]string{"from", "to"}[d]
	has := p.Positions.Has
	first, second := list+"/0", list+"/1"
	return second, slices.ContainsFunc(p.Rules[d], func(r *model.Rule) bool { return r.At == second }) &&
		has(second+"/ports") && has(first+"/"+peers) && !has(first+"/ports") && !has(second+"/"+peers) && !has(list+"/2") &&
		!slices.ContainsFunc(p.Rules[d], func(r *model.Rule) bool { return r.At == second && asksDNS(r) })
}

// inVain says whether the rule before one with ports alone is for certain peers, not for a whole namespace or cluster,
// although all that the pods listen on is open to anybody by the ports.
func inVain(a *eval.Analysis, texts []*written, ports string) bool {
	policy := texts[0].policy
	for _, w := range texts {
		if everyone := w.text.NamespaceSelector == "" || w.text.NamespaceSelector == "all()"; !w.subject() && everyone && len(w.terms) == 0 {
			return false
		}
	}
	if slices.ContainsFunc(policy.Rules[model.Ingress], func(r *model.Rule) bool { return everybody(&r.Match.Source) != "" }) {
		return false
	}
	pods := real(a.Selected(policy))
	for _, e := range pods {
		for _, own := range e.Ports {
			opens := func(r *model.Rule) bool { return r.At == ports && opensFor(r, protoPort{own.Proto, own.Number}) }
			if !slices.ContainsFunc(policy.Rules[model.Ingress], opens) {
				return false
			}
		}
		if len(e.Ports) == 0 {
			return false
		}
	}
	return len(pods) > 0
}

// asksDNS says whether a rule is for DNS, which is for anybody.
func asksDNS(r *model.Rule) bool {
	return namesPort(r, dnsPort)
}

// splitPort finds an item with only a port beside one with only a protocol: the first is TCP, and
// the second every port of the protocol.
func splitPort(rules []*model.Rule) (diag.Diagnostic, bool) {
	r := rules[0]
	if r.Match.Protocol == nil || len(rules) == 1 && len(r.Match.Destination.Ports) == 1 {
		return diag.Diagnostic{}, false // each item has a protocol, TCP if none is written, and there are two
	}
	has := r.Policy.Positions.Has
	at := func(i int) string { return r.At + "/ports/" + strconv.Itoa(i) }
	only := func(i int, key, other string) bool { return has(at(i)+"/"+key) && !has(at(i)+"/"+other) }
	for i := 0; has(at(i + 1)); i++ {
		port, protocol := i, i+1
		if !only(port, "port", "protocol") {
			port, protocol = i+1, i
		}
		if only(port, "port", "protocol") && only(protocol, "protocol", "port") {
			return diag.Diagnostic{
				At:      r.Policy.Origin(at(protocol) + "/protocol"),
				Parts:   []diag.Part{part(r.Policy, at(protocol))},
				Message: "two ports instead of one: this item alone opens every port of its protocol, and the one beside it is TCP",
				Help:    "no dash between them: protocol and port in one item",
				Related: []diag.Related{{At: r.Policy.Origin(at(port) + "/port"), Message: "the other item"}},
			}, true
		}
	}
	return diag.Diagnostic{}, false
}
