package load

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// adminSchema is what the schema of a kind of policy.networking.k8s.io refuses of an object: each sort
// of problem once, where it is first.
type adminSchema struct {
	api   model.PolicyAPI
	found []problem
}

// admitAdmin validates the object as the API server does by the schema that comes with Calico
// (libcalico-go/config/crd/policy.networking.k8s.io_*.yaml, v3.31.0). What it rejects does not exist.
func (l *loader) admitAdmin(o *Object, v *adminPolicy, api model.PolicyAPI) bool {
	s := &adminSchema{api: api}
	switch p := v.Spec.Priority; {
	case api == model.BaselineAdminNetworkPolicy:
		if o.Name != "default" {
			s.refuse("/metadata/name", "the one BaselineAdminNetworkPolicy of a cluster is named default", "name: default")
		}
	case p == nil:
		s.refuse("/spec", "there is no priority", "priority: a number from 0, which comes first, to 1000")
	case *p < 0 || *p > 1000:
		s.refuse("/spec/priority", fmt.Sprintf("priority %d is not from 0 to 1000", *p), "")
	}
	s.subject(&v.Spec.Subject)
	for d, list := range [2][]adminRule{v.Spec.Ingress, v.Spec.Egress} {
		for i := range list {
			s.rule(&list[i], items("/spec/"+model.Direction(d).String())(i), model.Direction(d))
		}
	}
	seen := map[string]bool{}
	for _, p := range s.found {
		if !seen[p.message] {
			seen[p.message] = true
			p.message += fmt.Sprintf(": the API server rejects this %s, so nothing of it applies", o.Kind)
			l.report(&o.Object, p)
		}
	}
	return len(s.found) == 0
}

func (s *adminSchema) refuse(at, message, help string) {
	s.found = append(s.found, problem{check: CheckPolicy, at: at, message: message, help: help})
}

func (s *adminSchema) subject(p *adminPeer) {
	switch {
	case p.Namespaces == nil && p.Pods == nil:
		s.refuse("/spec/subject", "the subject has neither namespaces nor pods", "namespaces: {}, if it is for all pods")
	case p.Namespaces != nil && p.Pods != nil:
		s.refuse("/spec/subject", "the subject has both namespaces and pods, and may have only one of them", "pods, which has a namespaceSelector of its own")
	}
	s.pods(p, "/spec/subject")
}

// pods: both selectors are required up to v1alpha1.
func (s *adminSchema) pods(p *adminPeer, at string) {
	if p.Pods == nil || s.api == model.ClusterNetworkPolicy {
		return
	}
	switch {
	case p.Pods.PodSelector == nil:
		s.refuse(at+"/pods", "pods has no podSelector", "podSelector: {} beside the namespaceSelector, for all pods of the namespaces; or namespaces in place of pods")
	case p.Pods.NamespaceSelector == nil:
		s.refuse(at+"/pods", "pods has no namespaceSelector", "namespaceSelector: {} beside the podSelector, for all namespaces")
	}
}

func (s *adminSchema) rule(r *adminRule, at string, d model.Direction) {
	switch _, ok := adminAction(s.api, r.Action); {
	case r.Action == "":
		s.refuse(at, "a rule has no action", s.actions())
	case !ok:
		s.refuse(at+"/action", fmt.Sprintf("action %q is not one of this kind's", r.Action), s.actions())
	}
	list, peers := "from", r.From
	if d == model.Egress {
		list, peers = "to", r.To
	}
	if len(peers) == 0 {
		s.refuse(at, fmt.Sprintf("the %s of a rule is missing or empty", list), fmt.Sprintf("%s: [{namespaces: {}}], if it is for all pods", list))
	}
	for i := range peers {
		s.peer(&peers[i], fmt.Sprintf("%s/%s/%d", at, list, i))
	}
	for i, p := range r.Ports {
		if n := count(p.PortNumber != nil, p.NamedPort != nil, p.PortRange != nil); n != 1 {
			s.refuse(items(at+"/ports")(i), "a port has not exactly one of portNumber, portRange and namedPort", "an item of the list for each")
		}
	}
}

func (s *adminSchema) actions() string {
	switch s.api {
	case model.ClusterNetworkPolicy:
		return "Accept, Deny or Pass"
	case model.BaselineAdminNetworkPolicy:
		return "Allow or Deny"
	}
	return "Allow, Deny or Pass"
}

func (s *adminSchema) peer(p *adminPeer, at string) {
	switch n := count(p.Namespaces != nil, p.Pods != nil, p.Nodes != nil, p.Networks != nil, p.DomainNames != nil); {
	case n == 0:
		s.refuse(at, "a peer says nothing that the API knows", "namespaces or pods")
	case n > 1:
		s.refuse(at, "a peer says more than one thing", "an item of the list for each; pods has a namespaceSelector of its own")
	}
	for i, net := range p.Networks {
		if strings.Contains(net, ":") == strings.Contains(net, ".") {
			s.refuse(items(at+"/networks")(i), fmt.Sprintf("%q is neither IPv4 nor IPv6", net), "")
		}
	}
	s.pods(p, at)
}

func count(set ...bool) int {
	n := 0
	for _, b := range set {
		if b {
			n++
		}
	}
	return n
}
