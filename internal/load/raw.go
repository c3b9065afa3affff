package load

import (
	"fmt"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/api/pkg/lib/numorstring"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/selector"
)

const (
	useV3  = "nobody validates crd.projectcalico.org/v1; use apiVersion projectcalico.org/v3"
	absent = "Felix treats the whole policy as absent"
)

// acceptRaw does to what goes straight into Calico's storage what Felix does with it: some errors
// make the policy absent, others make it match more (felix/calc/validation_filter.go:63-80,
// libcalico-go/lib/validator/v1/validator.go, v3.31.0).
func (l *loader) acceptRaw(c *calicoPolicy) bool {
	ok := true
	for _, s := range selectorsOf(c) {
		_, err := selector.Parse(s.expr)
		if err == nil {
			continue
		}
		if s.widens {
			l.report(&c.object.Object, problem{check: CheckSelector, at: s.at, help: useV3,
				message: fmt.Sprintf("selector %q cannot be parsed (%v): Felix leaves it out, so the policy selects more", s.expr, err)})
			continue
		}
		ok = false
		l.report(&c.object.Object, problem{check: CheckSelector, at: s.at, help: useV3,
			message: fmt.Sprintf("selector %q cannot be parsed (%v): %s", s.expr, err, absent)})
	}
	l.reportRawTypes(c)
	c.eachRule(func(r *v3.Rule, at string) {
		if !rawAction(r.Action) {
			ok = false
			l.report(&c.object.Object, problem{check: CheckPolicy, at: at + "/action", help: useV3,
				message: fmt.Sprintf("%q is not an action: Felix crashes on every node where the policy applies", r.Action)})
		}
		if p := rawRuleProblem(r, at); p != nil {
			ok = false
			p.check, p.help, p.message = CheckPolicy, useV3, p.message+": "+absent
			l.report(&c.object.Object, *p)
		}
		l.reportRawICMP(c.object, r, at)
		const widens, narrowsNot = ", so the rule matches any address that its other criteria let it", ", so the rule excepts nothing by address"
		l.reportRawNets(c.object, r.Source.Nets, at+"/source/nets", widens)
		l.reportRawNets(c.object, r.Source.NotNets, at+"/source/notNets", narrowsNot)
		l.reportRawNets(c.object, r.Destination.Nets, at+"/destination/nets", widens)
		l.reportRawNets(c.object, r.Destination.NotNets, at+"/destination/notNets", narrowsNot)
	})
	return ok
}

// eachRule visits the rules and their pointers.
func (c *calicoPolicy) eachRule(visit func(r *v3.Rule, at string)) {
	for i := range c.ingress {
		visit(&c.ingress[i], items("/spec/ingress")(i))
	}
	for i := range c.egress {
		visit(&c.egress[i], items("/spec/egress")(i))
	}
}

// writtenSelector is a selector and where it is written.
type writtenSelector struct {
	at, expr string
	widens   bool // stored unvalidated, it is left out where it cannot be parsed
}

// selectorsOf lists the selectors of a policy.
func selectorsOf(c *calicoPolicy) []writtenSelector {
	out := []writtenSelector{
		{"/spec/selector", c.selector, false},
		{"/spec/namespaceSelector", c.namespaces, true},
		{"/spec/serviceAccountSelector", c.accounts, true},
	}
	c.eachRule(func(r *v3.Rule, at string) {
		for _, side := range []struct {
			at string
			er *v3.EntityRule
		}{{at + "/source", &r.Source}, {at + "/destination", &r.Destination}} {
			out = append(out,
				writtenSelector{side.at + "/selector", side.er.Selector, false},
				writtenSelector{side.at + "/namespaceSelector", side.er.NamespaceSelector, false},
				writtenSelector{side.at + "/notSelector", side.er.NotSelector, false})
			if m := side.er.ServiceAccounts; m != nil {
				out = append(out, writtenSelector{side.at + "/serviceAccounts/selector", m.Selector, false})
			}
		}
	})
	return out
}

// rawAction says whether Felix knows the action, in any case (felix/rules/policy.go:617-680, v3.31.0).
func rawAction(a v3.Action) bool {
	switch strings.ToLower(string(a)) {
	case "", "allow", "deny", "pass", "next-tier", "log":
		return true
	}
	return false
}

// reportRawTypes finds types that are none, which Felix ignores (felix/calc/policy_sorter.go:189-198, v3.31.0).
func (l *loader) reportRawTypes(c *calicoPolicy) {
	for i, t := range c.types {
		if !strings.EqualFold(string(t), "ingress") && !strings.EqualFold(string(t), "egress") {
			l.report(&c.object.Object, problem{check: CheckPolicy, at: items("/spec/types")(i), help: useV3,
				message: fmt.Sprintf("%q is neither Ingress nor Egress: Felix ignores it, so it isolates nothing", t)})
		}
	}
}

// reportRawTier finds policies that say another tier than the one that Felix takes from their name, which exists
// too; where it does not, tier-missing says so.
func (l *loader) reportRawTier(c *calicoPolicy, tier string) {
	if _, exists := l.tiers[tier]; !exists || !c.object.raw() || c.tier == "" || c.tier == tier {
		return
	}
	l.report(&c.object.Object, problem{check: CheckPolicy, at: "/spec/tier",
		message: fmt.Sprintf("Calico %s takes the tier from the name, and %s says %s, not %s: the policy is asked in tier %s",
			l.opts.Version, c.object.Name, tier, c.tier, tier),
		help: fmt.Sprintf("a name that begins with %q, and has no other dot; and apiVersion projectcalico.org/v3, which checks it", c.tier+".")})
}

// reportRawNets reports the nets that Felix leaves out. alone is what comes of it if that was all of the list.
func (l *loader) reportRawNets(o *Object, nets []string, list, alone string) {
	left := 0
	for _, n := range nets {
		if _, ok := parseNet(n); ok {
			left++
		}
	}
	for i, n := range nets {
		if _, ok := parseNet(n); ok {
			continue
		}
		message := fmt.Sprintf("%q is not a CIDR: Felix leaves it out", n)
		if left == 0 {
			message += alone
		}
		l.report(&o.Object, problem{check: CheckPolicy, at: items(list)(i), message: message, help: useV3})
	}
}

// rawRuleProblem finds what makes Felix reject a rule, and with it the policy.
func rawRuleProblem(r *v3.Rule, at string) *problem {
	if r.Protocol != nil && !rawProtocol(r.Protocol) {
		return &problem{at: at + "/protocol", message: fmt.Sprintf("%q is not a protocol", r.Protocol)}
	}
	if r.NotProtocol != nil && !rawProtocol(r.NotProtocol) {
		return &problem{at: at + "/notProtocol", message: fmt.Sprintf("%q is not a protocol", r.NotProtocol)}
	}
	if r.IPVersion != nil && *r.IPVersion != 4 && *r.IPVersion != 6 {
		return &problem{at: at + "/ipVersion", message: fmt.Sprintf("IP version %d is neither 4 nor 6", *r.IPVersion)}
	}
	hasPorts := r.Protocol != nil && r.Protocol.ToV1().SupportsPorts()
	for _, list := range []struct {
		at    string
		ports []numorstring.Port
	}{
		{at + "/source/ports", r.Source.Ports}, {at + "/source/notPorts", r.Source.NotPorts},
		{at + "/destination/ports", r.Destination.Ports}, {at + "/destination/notPorts", r.Destination.NotPorts},
	} {
		if len(list.ports) > 0 && !hasPorts {
			return &problem{at: list.at, message: "the rule has ports but not protocol TCP, UDP or SCTP"}
		}
		for i, p := range list.ports {
			named := p.PortName != "" && len(validation.IsValidPortName(p.PortName)) == 0
			if !named && (p.PortName != "" || p.MinPort == 0) {
				return &problem{at: items(list.at)(i), message: fmt.Sprintf("%q is neither a port, a range first:last, nor the name of a port", p)}
			}
		}
	}
	if !rawICMP(r.ICMP) || !rawICMP(r.NotICMP) {
		return &problem{at: at, message: "an ICMP type is not from 0 to 254, or a code not from 0 to 255"}
	}
	return nil
}

// rawProtocol says whether Felix takes the protocol, whose name is put into lower case.
func rawProtocol(p *numorstring.Protocol) bool {
	if n, err := p.NumValue(); err == nil {
		return n != 0
	}
	_, err := flow.ParseProto(p.StrVal)
	return err == nil && strings.TrimSpace(p.StrVal) != ""
}
