package checks

import (
	"slices"

	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// meantForAPI finds workloads whose policies have a rule that can only be meant for the API server,
// as if it were a pod, or had the address of its Service.
func meantForAPI(c *model.Cluster, a *eval.Analysis, v *inventory) []*model.Need {
	s, port := apiService(c)
	if s == nil || len(c.APIServers) == 0 {
		return nil
	}
	servers := slices.DeleteFunc(slices.Clone(c.Endpoints), func(e *model.Endpoint) bool { return !isServer(e) })
	known := map[*model.Endpoint]bool{}
	for _, n := range apiNeeds(c) {
		known[n.From[0].Endpoint] = !n.Usual // which a rule says more of
	}
	var out []*model.Need
	for p := range reviewedPolicies(c) {
		for _, r := range p.Rules[model.Egress] {
			if r.Action != model.Allow || !p.Governs[model.Egress] || !forAPI(c, s, servers, r) || v.servesOthers(r) {
				continue
			}
			for _, e := range a.Selected(p) {
				if e.Type == model.Workload && !known[e] {
					known[e] = true
					src, ok := towards(c, e, c.APIServers[0].Peer)
					if ok {
						out = append(out, &model.Need{
							Object: p.Object, Kind: model.APIAccess, At: r.At, From: []model.Peer{src},
							Service: s, Port: port, To: c.APIServers, Guessed: true,
							What: p.String() + " has a rule that is meant for it",
						})
					}
				}
			}
		}
	}
	return out
}

func apiService(c *model.Cluster) (*model.Service, *model.ServicePort) {
	for _, s := range c.Services {
		if s.ID() == "default/kubernetes" && len(s.Ports) > 0 {
			return s, &s.Ports[0]
		}
	}
	return nil, nil
}

// forAPI says whether a rule is meant for the API server: it has the address of its Service, or
// its port and a selector that would match it if it were a pod.
func forAPI(c *model.Cluster, s *model.Service, servers []*model.Endpoint, r *model.Rule) bool {
	to := &r.Match.Destination
	if protoOf(r) != flow.TCP {
		return false
	}
	opens := func(ports ...uint16) bool {
		return slices.ContainsFunc(to.Ports, func(p model.PortMatch) bool {
			return p.Name == "" && p.First == p.Last && slices.Contains(ports, p.First)
		})
	}
	port := c.APIServers[0].Port
	for _, n := range to.Nets {
		if slices.ContainsFunc(s.Addrs, n.Contains) && n.Bits() >= 12 && (len(to.Ports) == 0 || opens(443, port)) {
			return true
		}
	}
	if to.Selector == nil || !opens(443, port) {
		return false
	}
	return slices.ContainsFunc(servers, func(e *model.Endpoint) bool {
		return to.Selector.Match(e.Labels) == selector.Yes
	})
}

// servesOthers says whether a rule is of use whatever becomes of the API server: a workload that its selector
// matches listens on a port that it opens.
func (v *inventory) servesOthers(r *model.Rule) bool {
	to := &r.Match.Destination
	if to.Selector == nil {
		return false
	}
	return slices.ContainsFunc(v.endpoints(v.match(to.Selector).must.And(v.seen).Minus(v.platform)), func(e *model.Endpoint) bool {
		return slices.ContainsFunc(singlePorts([]*model.Rule{r}), func(p protoPort) bool { return v.serves(e, p) })
	})
}

// isServer says whether a pod is an API server, by its labels.
func isServer(e *model.Endpoint) bool {
	return e.Type == model.HostNetwork &&
		(e.Own["component"] == "kube-apiserver" || e.Own["k8s-app"] == "kube-apiserver" || e.Own["apiserver"] == "true")
}
