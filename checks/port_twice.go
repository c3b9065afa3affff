package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// portTwice is for a list that has the same port twice over one protocol, where all the pods declare it over another
// one, too, over which nobody is let in: one of the two was meant for that, and TCP is what none means.
func portTwice(a *eval.Analysis, policy *model.Policy, pods []*model.Endpoint) (diag.Diagnostic, bool) {
	for _, r := range policy.Rules[model.Ingress] {
		ports := r.Match.Destination.Ports
		if r.Action != model.Allow || len(pods) == 0 {
			continue
		}
		for i, p := range ports {
			if p.Name != "" || p.First != p.Last ||
				!slices.ContainsFunc(ports[:i], func(q model.PortMatch) bool { return q.Name == "" && q.First == p.First && q.Last == p.Last }) {
				continue
			}
			meant, ok := closedTwin(a, pods, protoPort{protoOf(r), p.First})
			if !ok {
				continue
			}
			return diag.Diagnostic{
				At:      r.Origin(p.At),
				Message: fmt.Sprintf("this opens %s again, but %s of %s, which the containers declare as well, is not open to anybody", protoPort{protoOf(r), p.First}, meant, check.Endpoints(pods)),
				Help:    fmt.Sprintf("protocol: %s", meant.proto),
				Related: declared(pods[0], portOf(pods[0], meant)),
			}, true
		}
	}
	return diag.Diagnostic{}, false
}

// closedTwin is the port over another protocol, if all the pods declare that and policy lets nobody in there.
func closedTwin(a *eval.Analysis, pods []*model.Endpoint, p protoPort) (protoPort, bool) {
	for _, own := range pods[0].Ports {
		twin := protoPort{own.Proto, own.Number}
		if twin.port != p.port || twin.proto == p.proto {
			continue
		}
		if !slices.ContainsFunc(pods, func(e *model.Endpoint) bool {
			return portOf(e, twin).Number == 0 || !letIn(a, &model.Backend{Peer: model.Peer{Endpoint: e}, Proto: twin.proto, Port: twin.port}).IsEmpty()
		}) {
			return twin, true
		}
	}
	return protoPort{}, false
}

// portOf is the port as an endpoint declares it; the zero value if it does not.
func portOf(e *model.Endpoint, p protoPort) model.Port {
	i := slices.IndexFunc(e.Ports, func(own model.Port) bool { return own.Proto == p.proto && own.Number == p.port })
	if i < 0 {
		return model.Port{}
	}
	return e.Ports[i]
}
