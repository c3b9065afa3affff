package load

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// kubernetesChecker collects what the API server would reject in a NetworkPolicy.
// Source: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go, v1.33.
type kubernetesChecker struct{ problems []problem }

func (c *kubernetesChecker) add(at, format string, args ...any) {
	c.problems = append(c.problems, problem{check: CheckPolicy, at: at, message: fmt.Sprintf(format, args...)})
}

// What keys and values of labels and annotations may be (k8s.io/apimachinery/pkg/util/validation).
const (
	keyHelp   = "letters, digits, -, _ and ., at most 63, beginning and ending with a letter or digit; a domain and / may come before"
	valueHelp = "letters, digits, -, _ and ., at most 63, beginning and ending with a letter or digit; or an annotation, which may be any text"
)

// addWith is add, with what to write instead.
func (c *kubernetesChecker) addWith(at, help, format string, args ...any) {
	c.add(at, format, args...)
	c.problems[len(c.problems)-1].help = help
}

// validKubernetes reports what the API server would reject, and says whether that is nothing.
func (l *loader) validKubernetes(o *Object, v *networkingv1.NetworkPolicy) bool {
	var c kubernetesChecker
	c.metadata(v)
	s := &v.Spec
	c.labelSelector("/spec/podSelector", &s.PodSelector)
	for i, t := range s.PolicyTypes {
		if t != networkingv1.PolicyTypeIngress && t != networkingv1.PolicyTypeEgress {
			c.add(items("/spec/policyTypes")(i), "policy type %q is neither Ingress nor Egress", t)
		}
	}
	if len(s.PolicyTypes) > 2 {
		c.add("/spec/policyTypes", "there may be no more than two policy types")
	}
	for i, r := range s.Ingress {
		c.rule(items("/spec/ingress")(i), "/from", r.From, r.Ports)
	}
	for i, r := range s.Egress {
		c.rule(items("/spec/egress")(i), "/to", r.To, r.Ports)
	}
	for _, p := range c.problems {
		p.message += fmt.Sprintf(": the API server rejects this %s, so nothing of it applies", o.Kind)
		l.report(&o.Object, p)
	}
	return len(c.problems) == 0
}

func (c *kubernetesChecker) rule(at, peerList string, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) {
	for i := range ports {
		c.port(items(at+"/ports")(i), &ports[i])
	}
	for i := range peers {
		c.peer(items(at+peerList)(i), &peers[i])
	}
}

func (c *kubernetesChecker) port(at string, p *networkingv1.NetworkPolicyPort) {
	if p.Protocol != nil {
		if _, ok := kubernetesProto(string(*p.Protocol)); !ok || *p.Protocol == "" {
			c.add(at+"/protocol", "protocol %q is not TCP, UDP or SCTP", *p.Protocol)
		}
	}
	switch {
	case p.Port == nil && p.EndPort != nil:
		c.addWith(at+"/endPort", "port, with the first port of the range", "endPort needs port")
	case p.Port == nil:
	case p.Port.StrVal != "":
		if len(validation.IsValidPortName(p.Port.StrVal)) > 0 {
			c.addWith(at+"/port", portHelp(p.Port.StrVal), "%q is not the name of a port", p.Port.StrVal)
		}
		if p.EndPort != nil {
			c.addWith(at+"/endPort", "the number of the first port under port", "endPort needs a number as port, not a name")
		}
	case p.Port.IntVal < 1 || p.Port.IntVal > 65535:
		c.add(at+"/port", "port %d is not from 1 to 65535", p.Port.IntVal)
	case p.EndPort != nil && *p.EndPort < p.Port.IntVal:
		c.add(at+"/endPort", "endPort %d is below port %d", *p.EndPort, p.Port.IntVal)
	case p.EndPort != nil && *p.EndPort > 65535:
		c.add(at+"/endPort", "endPort %d is above 65535", *p.EndPort)
	}
}

func (c *kubernetesChecker) peer(at string, p *networkingv1.NetworkPolicyPeer) {
	c.labelSelector(at+"/podSelector", p.PodSelector)
	c.labelSelector(at+"/namespaceSelector", p.NamespaceSelector)
	b := p.IPBlock
	switch {
	case b == nil && p.PodSelector == nil && p.NamespaceSelector == nil:
		c.addWith(at, "one of them; podSelector: {} is every pod of the namespace, namespaceSelector: {} every pod of the cluster",
			"the peer has none of podSelector, namespaceSelector and ipBlock")
	case b != nil && (p.PodSelector != nil || p.NamespaceSelector != nil):
		c.addWith(at, "two items of the list, one with ipBlock, if either of them is meant",
			"ipBlock cannot be combined with podSelector or namespaceSelector")
	}
	if b == nil {
		return
	}
	cidr, err := netip.ParsePrefix(b.CIDR)
	if err != nil {
		c.noCIDR(at+"/ipBlock/cidr", b.CIDR)
		return
	}
	for i, e := range b.Except {
		except, err := netip.ParsePrefix(e)
		switch at := items(at + "/ipBlock/except")(i); {
		case err != nil:
			c.noCIDR(at, e)
		case !cidr.Contains(except.Addr()) || except.Bits() <= cidr.Bits():
			c.addWith(at, "only addresses of cidr, and not all of them; no others need an exception", "%s is not a part of %s", e, b.CIDR)
		}
	}
}

func (c *kubernetesChecker) noCIDR(at, text string) {
	message, help := netProblem(text, "")
	c.addWith(at, help, "%s", message)
}

// portHelp says what to write in place of a name that no port may have.
func portHelp(name string) string {
	if _, err := strconv.ParseUint(name, 10, 16); err == nil {
		return name + " without quotes, if the number is meant"
	}
	return "the name that the container has for the port, of small letters, digits and -, at most 15; or its number"
}

// labelSelector checks a selector (k8s.io/apimachinery/pkg/apis/meta/v1/validation, v0.33).
func (c *kubernetesChecker) labelSelector(at string, s *metav1.LabelSelector) {
	if s == nil {
		return
	}
	for _, k := range sortedKeys(s.MatchLabels) {
		c.labelKey(at+"/matchLabels/"+yamldoc.Escape(k), k)
		c.labelValue(at+"/matchLabels/"+yamldoc.Escape(k), s.MatchLabels[k])
	}
	for i, e := range s.MatchExpressions {
		at := items(at + "/matchExpressions")(i)
		c.labelKey(at+"/key", e.Key)
		switch e.Operator {
		case metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn:
			if len(e.Values) == 0 {
				c.addWith(at, "values with the label's values; or Exists or DoesNotExist, which need none", "operator %s needs values", e.Operator)
			}
		case metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist:
			if len(e.Values) > 0 {
				c.addWith(at+"/values", "no values; or In or NotIn, which are about values", "operator %s may not have values", e.Operator)
			}
		default:
			c.add(at+"/operator", "operator %q is not In, NotIn, Exists or DoesNotExist", e.Operator)
		}
		for j, v := range e.Values {
			c.labelValue(items(at+"/values")(j), v)
		}
	}
}

func (c *kubernetesChecker) labelKey(at, k string) {
	if len(validation.IsQualifiedName(k)) > 0 {
		c.addWith(at, keyHelp, "%q cannot be the key of a label", k)
	}
}

func (c *kubernetesChecker) labelValue(at, v string) {
	if len(validation.IsValidLabelValue(v)) > 0 {
		c.addWith(at, valueHelp, "%q cannot be the value of a label", v)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
