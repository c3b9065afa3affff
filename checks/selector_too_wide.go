package checks

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// SelectorTooWide finds selectors of Calico that match more than they seem to: host endpoints and network
// sets, which have no namespace and so pass every negative condition, and everything at all.
var SelectorTooWide = &check.Check{
	ID:       "selector-too-wide",
	Title:    "A selector matches more than it seems to",
	Doc:      selectorTooWideDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Exposes:  true, // more peers are let in than it seems
	Run:      reportWideSelectors,
}

func reportWideSelectors(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	a := v.analysis
	for policy, texts := range v.reviewed() {
		report := func(d diag.Diagnostic, ok bool) {
			if ok {
				d.Object = policy.Object.String()
				p.Report(d)
			}
		}
		for _, w := range texts {
			report(w.mixed())
			report(v.excludesNobody(w))
			report(v.excludesNamespace(w))
			switch {
			case w.local:
			case w.subject():
				report(v.hostsToo(w))
			default:
				d, ok, err := v.setsToo(p, a, w)
				if err != nil {
					return err
				}
				report(d, ok)
			}
		}
	}
	return nil
}

// unlabelled is what has no label at all, as host endpoints and global network sets may.
var unlabelled = selector.Labels{}

// hostsToo finds the subject of a global policy that was meant for the pods of namespaces, and
// matches host endpoints as well (updateprocessors/globalnetworkpolicyprocessor.go:60-73, v3.31.0).
func (v *inventory) hostsToo(w *written) (diag.Diagnostic, bool) {
	if w.policy.API != model.GlobalNetworkPolicy || w.text.NamespaceSelector == "" && w.text.Accounts == "" ||
		w.sel.Match(unlabelled) != selector.Yes {
		return diag.Diagnostic{}, false
	}
	at := "/spec/namespaceSelector"
	if w.text.NamespaceSelector == "" {
		at = "/spec/serviceAccountSelector"
	}
	d := diag.Diagnostic{
		Severity: diag.Note,
		At:       w.policy.Origin(at),
		Message:  "a negative condition holds for host endpoints as well, which have no namespace: where the cluster has any, the policy applies to nodes",
		Help:     "has(projectcalico.org/name) && before it",
	}
	if autoHosts(v.cluster, &d) {
		d.Severity = diag.Warning
		d.Message = "a negative condition holds for host endpoints as well, which have no namespace, and Calico makes one of every node: the policy applies to the nodes"
	}
	for _, e := range v.endpoints(w.matches.must.And(v.seen)) {
		if e.Type == model.Host {
			d.Severity = diag.Warning
			d.Message = fmt.Sprintf("a negative condition holds for host endpoints as well, which have no namespace: the policy applies to %s", e.String())
			break
		}
	}
	return d, true
}

// setsToo finds peers that ask for no label, and so admit the addresses of network sets.
func (v *inventory) setsToo(p *check.Pass, a *eval.Analysis, w *written) (diag.Diagnostic, bool, error) {
	r := w.rules[0]
	s := w.pods
	if r.Action != model.Allow || s == nil || s.Match(unlabelled) != selector.Yes || w.text.NamespaceSelector == "global()" {
		return diag.Diagnostic{}, false, nil
	}
	d := diag.Diagnostic{
		At:   w.policy.Origin(w.at),
		Help: "selector: projectcalico.org/orchestrator == 'k8s', which only pods have",
	}
	if w.text.NamespaceSelector == "" && w.policy.Global() {
		d.Help = "namespaceSelector: all(), if pods are meant: those have a namespace"
	}
	for _, set := range v.networkSets(w.matches.must) {
		for _, n := range set.Nets {
			packet, ok := allowedTo(a, w, model.Peer{Addr: n.Addr()})
			if !ok {
				continue
			}
			d.Message = fmt.Sprintf("%s is not only pods: %s matches as well, so its addresses are let through, such as %s", w.is(), set.String(), n.Prefix)
			d.Witness = check.Flow(packet)
			if at := set.Origin(n.At); at.File != "" {
				d.Related = []diag.Related{{At: at, Message: "the set's addresses"}}
			}
			return d, true, p.Confirm(packet, r.Direction, model.Allowed)
		}
	}
	if w.text.NamespaceSelector == "" || w.sel.Match(unlabelled) != selector.Yes {
		return d, false, nil
	}
	d.Severity = diag.Note
	d.At = w.policy.Origin(w.namespaceAt())
	d.Message = "a negative condition holds for what has no namespace: global network sets and host endpoints are let through as well, where the cluster has any"
	d.Help = "has(projectcalico.org/name) && before it"
	return d, true, nil
}

// allowedTo is a connection with a peer that one of the written rule's rules allows at a workload of the policy.
func allowedTo(a *eval.Analysis, w *written, peer model.Peer) (model.Packet, bool) {
	for _, r := range w.rules {
		ports, none := samplePorts(r)
		if none {
			continue
		}
		for _, e := range some(a.Selected(r.Policy)) {
			for _, port := range ports {
				packet, ok := packetFor(a.Cluster, r.Direction, e, peer, port)
				if !ok || e.Type != model.Workload {
					continue
				}
				if by := decision(a, packet, r.Direction); by.Verdict == model.Allowed && by.By.Rule == r {
					return packet, true
				}
			}
		}
	}
	return model.Packet{}, false
}

// mixed finds `a || b && c`, which Calico reads as `a || (b && c)`
// (libcalico-go/lib/selector/parser/parser.go:126-378, v3.31.0).
func (w *written) mixed() (diag.Diagnostic, bool) {
	at := w.at
	switch {
	case mixesOperators(w.text.Selector):
	case mixesOperators(w.text.NamespaceSelector):
		at = w.namespaceAt()
	default:
		return diag.Diagnostic{}, false
	}
	return diag.Diagnostic{
		At:      w.policy.Origin(at),
		Message: "&& binds tighter than ||: a || b && c is a || (b && c), which selects all of a",
		Help:    "parentheses around what belongs together",
	}, true
}

// mixesOperators says whether && and || stand side by side in a selector, not kept apart by parentheses.
func mixesOperators(text string) bool {
	if !strings.Contains(text, "&&") || !strings.Contains(text, "||") {
		return false
	}
	levels := [][2]bool{{}}
	var quote byte
	for i := 0; i < len(text); i++ {
		top := &levels[len(levels)-1]
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			levels = append(levels, [2]bool{})
		case c == ')' && len(levels) > 1:
			levels = levels[:len(levels)-1]
		case strings.HasPrefix(text[i:], "&&"):
			top[0] = true
		case strings.HasPrefix(text[i:], "||"):
			top[1] = true
		}
		if *top == [2]bool{true, true} {
			return true
		}
	}
	return false
}
