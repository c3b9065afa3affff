package load

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	"github.com/projectcalico/api/pkg/lib/numorstring"
	calicoerrors "github.com/projectcalico/calico/libcalico-go/lib/errors"
	"github.com/projectcalico/calico/libcalico-go/lib/names"
	validator "github.com/projectcalico/calico/libcalico-go/lib/validator/v3"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// rejected ends the message about an object that Calico's API would not take.
const rejected = "Calico's API rejects this %s, so nothing of it applies"

// admit validates a policy as Calico's API does on create. What it rejects does not exist.
func (l *loader) admit(c *calicoPolicy) bool {
	o, ok := c.object, true
	for _, s := range selectorsOf(c) {
		if _, err := selector.Parse(s.expr); err != nil {
			ok = false
			l.report(&o.Object, problem{check: CheckSelector, at: s.at, help: selectorHelp(s.expr), fixes: meantSelector(o, s.at, s.expr),
				message: fmt.Sprintf("selector %q cannot be parsed (%v): "+rejected, s.expr, err, o.Kind)})
		}
	}
	if l.opts.Version < model.V332 {
		if err := names.ValidateTieredPolicyName(o.Name, c.tier); err != nil {
			ok = false
			l.report(&o.Object, l.nameProblem(c))
		}
	}
	if c.staged && strings.HasPrefix(o.Name, names.K8sNetworkPolicyNamePrefix) {
		ok = false
		l.report(&o.Object, problem{check: CheckPolicy, at: "/metadata/name",
			message: fmt.Sprintf("names beginning with %s are reserved: "+rejected, names.K8sNetworkPolicyNamePrefix, o.Kind)})
	}
	return l.validPolicy(c) && ok
}

func (l *loader) nameProblem(c *calicoPolicy) problem {
	tier := names.TierOrDefault(c.tier)
	short := c.object.Name[strings.LastIndex(c.object.Name, ".")+1:]
	return problem{check: CheckPolicy, at: "/metadata/name",
		message: fmt.Sprintf("the name %q does not begin with the policy's tier, %q: "+rejected, c.object.Name, tier+".", c.object.Kind),
		help:    fmt.Sprintf("name: %s.%s; or, under spec, the tier that the name says", tier, short),
		fixes:   l.prefixedName(c.object, tier)}
}

// selectorHelp recognises what people write instead of Calico's syntax.
func selectorHelp(expr string) string {
	switch {
	case strings.Contains(expr, "\n"):
		return "the selector on one line, or with >- instead of | or >, for it may not contain a line break"
	case selector.Meant(expr) != "":
		return selector.Meant(expr) + "; Calico compares with ==, joins with && and ||, and wants values in quotes"
	case regexp.MustCompile(`[^=!<>]=[^=]`).MatchString(expr):
		return "== to compare, and the value in quotes: app == 'web'"
	case regexp.MustCompile(`\b(and|or)\b`).MatchString(expr):
		return "&& for and, || for or"
	}
	return "the syntax is key == 'value', key in {'a', 'b'}, has(key), all(), joined with && and ||, negated with !"
}

// validPolicy runs Calico's validator over a policy; the selectors have been reported already.
func (l *loader) validPolicy(c *calicoPolicy) bool {
	if l.opts.Version >= model.V332 {
		c = c.relaxed()
	}
	return l.validate(c.object, c.value, c)
}

// valid runs Calico's validator over another resource. What goes straight into storage passes.
func (l *loader) valid(o *Object, v any) bool {
	return o.raw() || l.validate(o, v, nil)
}

func (l *loader) validate(o *Object, v any, c *calicoPolicy) bool {
	var verr calicoerrors.ErrorValidation
	if err := validator.Validate(v); err == nil || !errors.As(err, &verr) {
		return err == nil
	}
	ok := true
	seen := map[string]bool{}
	said := l.badMetadata(o, v)
	for _, f := range l.locate(o, verr.ErroredFields, c) {
		if said && inMetadata(f.at) {
			ok = false
			continue
		}
		if l.opts.Version >= model.V332 && c != nil && f.at == "/metadata/name" && len(validation.IsDNS1123Subdomain(o.Name)) == 0 {
			continue // names of policies are free since 3.32
		}
		ok = false
		if strings.HasSuffix(f.at, "/nets") || strings.HasSuffix(f.at, "/notNets") {
			f.at = o.badNet(f.at)
		}
		if c != nil && f.tag == "selector" || seen[f.at] || o.protocolMisplaced(f.at) {
			continue
		}
		seen[f.at] = true
		p := problem{check: CheckPolicy, at: f.at, message: f.reason}
		switch text, _ := o.value(f.at).(string); {
		case placeholder(text) && seen[placeholderSign]:
			continue
		case placeholder(text):
			seen[placeholderSign] = true
			p.message, p.help = fmt.Sprintf("%q is a placeholder", text), "what it stands for, here and wherever else there is one"
		case f.at == "/spec/order":
			p.message, p.help = orderProblem(f.reason)
		case isNet(f.at):
			p.message, p.help = netProblem(text, f.reason)
		case text != "" && strings.HasPrefix(f.reason, "this must be "):
			p.message = strconv.Quote(text) + strings.TrimPrefix(f.reason, "this")
		case strings.HasPrefix(f.reason, "rules that specify ports must set protocol"):
			p.help = "protocol: TCP, or another, in the rule beside source and destination"
		case f.reason == "projectcalico.org/namespace is not a valid label name": // of a network set
			p.at, p.key = "/metadata/labels/projectcalico.org~1namespace", true
			p.message = "the label projectcalico.org/namespace is Calico's own, and says in what namespace something is"
			p.help = "another label"
		}
		p.message = fmt.Sprintf("%s: "+rejected, p.message, o.Kind)
		l.report(&o.Object, p)
	}
	return ok
}

// relaxed is the policy with a protocol in rules that have nothing but named ports, without which
// they are valid since 3.32 (libcalico-go/lib/validator/v3/validator.go:1331-1366, v3.32.1).
func (c *calicoPolicy) relaxed() *calicoPolicy {
	out := *c
	out.ingress, out.egress = relaxedRules(c.ingress), relaxedRules(c.egress)
	var ingress, egress *[]v3.Rule
	switch v := c.value.(type) {
	case *v3.NetworkPolicy:
		copied := *v
		out.value, ingress, egress = &copied, &copied.Spec.Ingress, &copied.Spec.Egress
	case *v3.GlobalNetworkPolicy:
		copied := *v
		out.value, ingress, egress = &copied, &copied.Spec.Ingress, &copied.Spec.Egress
	case *v3.StagedNetworkPolicy:
		copied := *v
		out.value, ingress, egress = &copied, &copied.Spec.Ingress, &copied.Spec.Egress
	case *v3.StagedGlobalNetworkPolicy:
		copied := *v
		out.value, ingress, egress = &copied, &copied.Spec.Ingress, &copied.Spec.Egress
	default:
		return &out
	}
	*ingress, *egress = out.ingress, out.egress
	return &out
}

func relaxedRules(rules []v3.Rule) []v3.Rule {
	out := slices.Clone(rules)
	for i := range out {
		r := &out[i]
		if r.Protocol == nil && named(r.Source.Ports, r.Source.NotPorts, r.Destination.Ports, r.Destination.NotPorts) {
			tcp := numorstring.ProtocolFromString(numorstring.ProtocolTCP)
			r.Protocol = &tcp
		}
	}
	return out
}

// named says whether all of the ports are names.
func named(lists ...[]numorstring.Port) bool {
	for _, l := range lists {
		for _, p := range l {
			if p.PortName == "" {
				return false
			}
		}
	}
	return true
}

// lower turns the name of a Go field into that of the API: IPVersion, ICMP, PreDNAT, Nets.
func lower(name string) string {
	switch name {
	case "ICMP", "HTTP":
		return strings.ToLower(name)
	case "IPVersion":
		return "ipVersion"
	}
	r := []rune(name)
	if len(r) > 0 {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}
