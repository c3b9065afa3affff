package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// ServiceUnreachable finds Services that a workload's environment or its arguments name, and that policy keeps it from.
var ServiceUnreachable = &check.Check{
	ID:       "service-unreachable",
	Title:    "A workload's settings name a Service that policy keeps it from",
	Doc:      serviceUnreachableDoc,
	Since:    "0.1",
	Severity: diag.Warning,
	Merge:    check.All,

	SwallowedBy: misread("policy-types", "tier-implicit-drop", "service-port", "service-address", "named-port", "port-not-listened", "selector-matches-nothing", "list-item-split"),
	FollowsFrom: []string{"dns-unreachable"},
	Run:         reportUnreachableServices,
}

func reportUnreachableServices(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	a := v.analysis
	var all []*broken
	for _, n := range p.Cluster.Needs {
		if n.Kind != model.ServiceCall {
			continue
		}
		if x := breakNeed(p.Cluster, a, n); x != nil && !v.openAtOtherEnd(x) {
			all = append(all, x)
		}
	}
	for _, b := range breaksOf(a, all) {
		kubernetes, calico := peerToWrite(b.policy, b.all[0].packet.Remote(b.direction))
		fixes := b.ruleFix(p, b.ruleToWrite(kubernetes, calico))
		if err := b.report(p, diag.Default, sayOutOfReach(b), b.write(kubernetes, calico), fixes...); err != nil {
			return err
		}
	}
	return nil
}

// openAtOtherEnd says whether a rule of the other end is for this one alone: then one-end-open is about it.
func (v *inventory) openAtOtherEnd(x *broken) bool {
	other := model.Egress
	if x.direction == model.Egress {
		other = model.Ingress
	}
	d := v.analysis.DecideAt(x.packet, other)
	if d.Verdict != model.Allowed || d.By.Kind != model.ByRule || !d.By.Rule.Policy.Reviewed() {
		return false
	}
	s, local := remoteSide(d.By.Rule).Selector, x.packet.Local(x.direction).Endpoint
	return s != nil && v.onlyWorkload(v.match(s).may.And(v.seen), local)
}

func sayOutOfReach(b *breaks) string {
	x := b.all[0]
	message := fmt.Sprintf("%s names Service %s, which is out of its reach: %s", x.need.What, x.need.Service.ID(), b.why(check.Name(x.packet.Src)))
	var more []string
	for _, y := range b.all[1:] {
		if s := "Service " + y.need.Service.ID(); y.need.Is(&x.need.Object) && !slices.Contains(more, s) {
			more = append(more, s)
		} else if !y.need.Is(&x.need.Object) && !slices.Contains(more, y.need.What) {
			more = append(more, y.need.What)
		}
	}
	if len(more) > 0 {
		message += "; so it is with " + check.Some(more)
	}
	return message
}
