package load

import (
	"fmt"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"
)

// reportFields reports fields that a kind does not have. Those that two kinds of the same name are
// confused for, and those of Calico Enterprise, are one finding each, however many they are.
func (l *loader) reportFields(o *Object, v any, errs []error) {
	var misplaced, enterprise []string
	var others []error
	for _, err := range errs {
		fe, ok := err.(kjson.FieldError)
		if !ok || !strings.HasPrefix(err.Error(), "unknown field") {
			l.reportStrict(o, v, err)
			continue
		}
		at := pointerOf(fe.FieldPath())
		switch field := lastOf(at); {
		case at == "/status" && !o.Reviewed(): // an export of a cluster that knew it
		case o.otherAPI(field):
			misplaced = append(misplaced, at)
		case o.calico() && slices.Contains([]string{"domains", "allowedEgressDomains"}, field):
			enterprise = append(enterprise, at)
		default:
			others = append(others, err)
		}
	}
	if len(misplaced) > 0 && l.reportOtherAPI(o, misplaced) {
		others = nil // they are fields there
	}
	for _, err := range others {
		l.reportStrict(o, v, err)
	}
	for _, at := range enterprise {
		l.reportEnterprise(o, at)
	}
}

func lastOf(pointer string) string { return pointer[strings.LastIndex(pointer, "/")+1:] }

func parent(pointer string) string { return pointer[:max(0, strings.LastIndex(pointer, "/"))] }

// protocolMisplaced says whether a field of one end of a rule, /spec/egress/0/destination/ports, has a
// protocol beside it, and the rule itself has none.
func (o *Object) protocolMisplaced(at string) bool {
	side := parent(at)
	return o.calico() && (lastOf(at) == "ports" || lastOf(at) == "protocol") &&
		o.has(side+"/protocol") && o.has(side+"/ports") && !o.has(parent(side)+"/protocol")
}

// fieldHelp says what a field is meant for that the kind does not have and people often write; "" of others.
func fieldHelp(o *Object, at string) string {
	field, in := lastOf(at), lastOf(parent(at))
	rule := strings.HasPrefix(at, "/spec/ingress/") || strings.HasPrefix(at, "/spec/egress/")
	switch {
	case field == "namespaceSelector" && o.Kind == "NetworkPolicy" && o.calico():
		return "a NetworkPolicy selects in its own namespace; use a GlobalNetworkPolicy to select by namespace"
	case field == "namespaceSelector" && in == "namespaces":
		return "matchLabels or matchExpressions directly under namespaces, which is a selector itself"
	case at == "/status":
		return "nothing: a status says nothing of what is meant, and only Kubernetes 1.24 to 1.27 know this one"
	case o.calico() && rule && (in == "source" || in == "destination") && strings.HasSuffix(strings.ToLower(field), "protocol"):
		return field + " one level out, in the rule, beside " + in
	case o.calico() && rule && (field == "ports" || field == "nets" || field == "selector"):
		return field + " one level in, under destination or source"
	}
	return ""
}

func (o *Object) calico() bool { return strings.Contains(o.APIVersion, calicoGroup) }

// otherAPI says whether a field belongs to the other of the two APIs that have a NetworkPolicy.
func (o *Object) otherAPI(field string) bool {
	if o.calico() {
		return strings.HasSuffix(o.Kind, "NetworkPolicy") && o.Kind != "StagedKubernetesNetworkPolicy" &&
			slices.Contains([]string{"podSelector", "policyTypes", "from", "to", "ipBlock", "matchLabels", "matchExpressions"}, field)
	}
	return o.Kind == "NetworkPolicy" &&
		slices.Contains([]string{"selector", "types", "tier", "order", "action", "source", "destination", "nets", "notPorts", "serviceAccountSelector"}, field)
}

// dropped is what becomes of an object with unknown fields.
func (o *Object) dropped(fields string) string {
	if o.raw() {
		return fmt.Sprintf("the API server drops %s, which usually makes the rest match more", fields)
	}
	return fmt.Sprintf("kubectl and calicoctl refuse the object, any other client applies it without %s", fields)
}

// reportOtherAPI reports fields of the other API, and says whether all of the object would be right there.
func (l *loader) reportOtherAPI(o *Object, at []string) bool {
	slices.SortStableFunc(at, func(a, b string) int { return o.Origin(a).Compare(o.Origin(b).Span) })
	var fields []string
	for _, a := range at {
		if f := lastOf(a); !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	said, them := fields[0]+" is a field", fields[0]
	if len(fields) > 1 {
		said, them = strings.Join(fields[:len(fields)-1], ", ")+" and "+fields[len(fields)-1]+" are fields", "them"
	}
	p := problem{
		check: CheckAPI, at: at[0],
		message: fmt.Sprintf("%s of Calico's API, and this %s is in %s: %s", said, o.Kind, o.APIVersion, o.dropped(them)),
		help:    "apiVersion " + calicoGroup + "/v3; or podSelector, policyTypes, from, to and ports in their place",
	}
	if o.calico() {
		p.message = fmt.Sprintf("%s of the NetworkPolicy in networking.k8s.io/v1, and this %s is in %s: %s", said, o.Kind, o.APIVersion, o.dropped(them))
		p.help = "apiVersion networking.k8s.io/v1, if it is a NetworkPolicy of Kubernetes; or selector, types, source and destination in their place"
	}
	p.fixes = l.inOtherAPI(o)
	for _, a := range at {
		p.spoils = append(p.spoils, a[:strings.LastIndex(a, "/")])
	}
	l.report(&o.Object, p)
	return len(p.fixes) > 0
}

func (l *loader) reportEnterprise(o *Object, at string) {
	message := fmt.Sprintf("%s is a field of Calico Enterprise, and open source Calico cannot match names: %s", lastOf(at), o.dropped("it"))
	l.report(&o.Object, problem{
		check: CheckEnterprise, at: at, message: message, spoils: []string{at[:strings.LastIndex(at, "/")]},
		help: "the addresses in nets, or a GlobalNetworkSet that something keeps up to date",
	})
}
