package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/near"
)

// ServiceReference finds `services` criteria that lead to no Service, or to one without pods.
var ServiceReference = &check.Check{
	ID:       "service-reference",
	Title:    "A rule names a Service that is not found, or that leads to nothing",
	Doc:      serviceReferenceDoc,
	Since:    "0.1",
	Severity: diag.Error,
	Run: func(p *check.Pass) error {
		for policy := range reviewedPolicies(p.Cluster) {
			for _, rules := range policy.Rules {
				for _, r := range rules {
					for _, side := range []*model.Side{&r.Match.Source, &r.Match.Destination} {
						if m := side.Service; m != nil {
							reportService(p, r, m)
						}
					}
				}
			}
		}
		return nil
	},
}

func reportService(p *check.Pass, r *model.Rule, m *model.ServiceMatch) {
	id := m.Namespace + "/" + m.Name
	d := diag.Diagnostic{At: r.Origin(m.At + "/name"), Object: r.Policy.Object.String()}
	switch s := m.Service; {
	case m.Namespace == "":
		d.At = r.Policy.KeyOrigin(m.At)
		d.Message = fmt.Sprintf("this rule matches nothing: without a namespace, Calico finds no Service %s, not even in the policy's own namespace", m.Name)
		d.Help = fmt.Sprintf("services: {name: %s, namespace: %s}", m.Name, r.Policy.Namespace)
		d.Fixes = namespaceFix(p, r.Policy, m)
	case s == nil:
		d.Severity = diag.Note
		d.Message = fmt.Sprintf("no file has Service %s, so what this rule matches is not known; if the cluster has none either, it is nothing", id)
		d.Help = "the Service's right name, or its manifest among the inputs"
		if meant := nearService(p.Cluster, m); meant != nil {
			d.Severity = diag.Warning
			d.Message += "; the files have Service " + meant.ID()
			d.Help = fmt.Sprintf("services: {name: %s, namespace: %s}", meant.Name, meant.Namespace)
		}
	case s.Type == "ExternalName":
		d.Message = fmt.Sprintf("this rule matches nothing: Service %s is of type ExternalName, so no addresses belong to it", id)
		d.Help = "nets with the addresses that are meant"
	case s.BackendsKnown && len(s.Backends) == 0 && s.Reviewed():
		d.Severity = diag.Note
		d.Message = fmt.Sprintf("this rule matches nothing that the files have: no workload is behind Service %s, whose selector is %s", id, sayLabels(s.Selector))
		d.Help = "the labels of the pods in the Service's selector"
		d.Settle = "the pods, as in an export of the cluster: --context"
	default:
		return
	}
	p.Report(d)
}

// nearService is a Service of the files with the same name in another namespace, or with nearly
// the same name in the same one; nil if there is none, or several.
func nearService(c *model.Cluster, m *model.ServiceMatch) *model.Service {
	var found *model.Service
	for _, s := range c.Services {
		if s.Assumed() || s.Name != m.Name && (s.Namespace != m.Namespace || !near.Slip(s.Name, m.Name)) {
			continue
		}
		if found != nil {
			return nil
		}
		found = s
	}
	return found
}
