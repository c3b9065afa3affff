package load

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"
	calicoerrors "github.com/projectcalico/calico/libcalico-go/lib/errors"
	validator "github.com/projectcalico/calico/libcalico-go/lib/validator/v3"
)

// wantedOrder matches the order that Calico's validator wants of one of its own tiers, which it writes as 1e+06.
var wantedOrder = regexp.MustCompile(`^(\w+) tier order must be (\S+)$`)

// orderProblem says of which order a tier of Calico's must be, in digits.
func orderProblem(reason string) (message, help string) {
	m := wantedOrder.FindStringSubmatch(reason)
	if m == nil {
		return reason, ""
	}
	n, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return reason, ""
	}
	must := strconv.FormatFloat(n, 'f', -1, 64)
	return fmt.Sprintf("the order of tier %s must be %s", m[1], must), fmt.Sprintf("order: %s, or no Tier %s at all: Calico makes it", must, m[1])
}

// located is an error of Calico's validator, in words, and where it is. The validator names Go
// fields without a path, so the parts of a policy are validated again, each on its own.
type located struct{ at, reason, tag string }

func (l *loader) locate(o *Object, fields []calicoerrors.ErroredField, c *calicoPolicy) []located {
	var out []located
	inRules := map[string]int{}
	if c != nil {
		c.eachRule(func(r *v3.Rule, at string) {
			out = append(out, locateInRule(r, at, inRules)...)
		})
	}
	for _, f := range fields {
		if k := f.Name + f.Reason; inRules[k] > 0 {
			inRules[k]--
			continue
		}
		out = append(out, newLocated(o.fieldAt(f.Name, c), f))
	}
	return out
}

// locateInRule validates a rule and each of its sides, and counts what it finds.
func locateInRule(r *v3.Rule, at string, found map[string]int) []located {
	var out []located
	sides := map[string]int{}
	for _, side := range []struct {
		at string
		er *v3.EntityRule
	}{{at + "/source", &r.Source}, {at + "/destination", &r.Destination}} {
		for _, f := range fieldErrors(side.er) {
			sides[f.Name+f.Reason]++
			found[f.Name+f.Reason]++
			place := side.at + fieldPointer(f.Name)
			if f.Name == "PortName" || f.Name == "Port" {
				place = badPort(side.er, side.at)
			}
			out = append(out, newLocated(place, f))
		}
	}
	for _, f := range fieldErrors(r) {
		if k := f.Name + f.Reason; sides[k] > 0 {
			sides[k]--
			continue
		}
		found[f.Name+f.Reason]++
		out = append(out, newLocated(at+fieldPointer(f.Name), f))
	}
	return out
}

// badPort finds the first port that is not valid.
func badPort(er *v3.EntityRule, at string) string {
	for i := range er.Ports {
		if len(fieldErrors(&er.Ports[i])) > 0 {
			return items(at + "/ports")(i)
		}
	}
	for i := range er.NotPorts {
		if len(fieldErrors(&er.NotPorts[i])) > 0 {
			return items(at + "/notPorts")(i)
		}
	}
	return at
}

func fieldErrors(v any) []calicoerrors.ErroredField {
	var verr calicoerrors.ErrorValidation
	if errors.As(validator.Validate(v), &verr) {
		return verr.ErroredFields
	}
	return nil
}

// fieldAt finds a field that is not in a rule.
func (o *Object) fieldAt(name string, c *calicoPolicy) string {
	p := fieldPointer(name)
	if strings.HasPrefix(p, "/metadata/") {
		return p
	}
	if c != nil && (name == "Services" || name == "Namespace" || name == "HTTP") {
		return serviceAt(c, name)
	}
	for _, at := range []string{"/spec" + p, "/metadata" + p} {
		if o.has(at) {
			return at
		}
	}
	return "/spec"
}

// serviceAt finds the rule that a check of the whole policy complains about: services on the side
// of the policy's own endpoints, services without a namespace in a global policy, or http for egress.
func serviceAt(c *calicoPolicy, name string) string {
	out := "/spec"
	c.eachRule(func(r *v3.Rule, at string) {
		local, remote, side := &r.Destination, &r.Source, at+"/destination"
		other := at + "/source"
		if strings.HasPrefix(at, "/spec/egress") {
			local, remote, side, other = remote, local, other, side
		}
		switch {
		case out != "/spec":
		case name == "Services" && local.Services != nil:
			out = side + "/services"
		case name == "Namespace" && remote.Services != nil && remote.Services.Namespace == "":
			out = other + "/services"
		case name == "HTTP" && r.HTTP != nil && strings.HasPrefix(at, "/spec/egress"):
			out = at + "/http"
		}
	})
	return out
}

// fieldPointer turns the validator's name of a field into a JSON pointer: "NetworkPolicySpec.Types",
// "Source.Ports", "Nets[0]", "Services field".
func fieldPointer(name string) string {
	name = strings.TrimSuffix(name, " field")
	if i := strings.Index(name, "Spec."); i >= 0 {
		name = name[i+len("Spec."):]
	}
	name = strings.TrimSuffix(name, " (label)")
	name = strings.NewReplacer("[", ".", "]", "").Replace(name)
	var b strings.Builder
	for _, part := range strings.Split(name, ".") {
		b.WriteString("/" + lower(part))
	}
	return b.String()
}

const tagText = `^Reason: failed to validate Field: (\S+) because of Tag: (\S+) $`

func newLocated(at string, f calicoerrors.ErroredField) located {
	m := regexp.MustCompile(tagText).FindStringSubmatch(f.Reason)
	if m == nil {
		reason, _, _ := strings.Cut(strings.TrimPrefix(f.Reason, "Reason: "), " (regex: ")
		return located{at: at, reason: reason}
	}
	reason, ok := map[string]string{
		"selector":   "the selector cannot be parsed",
		"action":     "the action must be Allow, Deny, Log or Pass",
		"net":        "nets must be CIDRs with a mask and no bits set beyond it",
		"cidr":       "nets must be CIDRs or addresses",
		"ip":         "this must be an address",
		"portName":   "a port must be a number, a range first:last, or the name of a container port",
		"policyType": "types must be Ingress or Egress",
		"ipVersion":  "ipVersion must be 4 or 6",
		"name":       "this must be a name of lower case letters, digits, '-' and '.'",
		"interface":  "this must be the name of an interface, or *",
	}[m[2]]
	if !ok {
		reason = m[1] + " is not valid (" + m[2] + ")"
	}
	return located{at, reason, m[2]}
}
