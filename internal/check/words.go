package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

// Name is an end of a connection in words: "Deployment shop/web", "203.0.113.7".
func Name(p model.Peer) string {
	switch e := p.Endpoint; {
	case e == nil:
		return p.Addr.String()
	case e.Phantom:
		return e.Name
	default:
		return e.String()
	}
}

// Some joins names, three of them and how many more there are.
func Some(names []string) string {
	switch n := len(names); {
	case n == 0:
		return "nothing"
	case n == 1:
		return names[0]
	case n <= 3:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), n-3)
	}
}

// anyPod is what a phantom of no label and no namespace is called. It stands for the others, too.
const anyPod = "any pod"

// Endpoints names endpoints: those under review if there are any, else phantoms, else those of a context.
func Endpoints(es []*model.Endpoint) string {
	var reviewed, phantoms, others []string
	for _, e := range es {
		name := Name(model.Peer{Endpoint: e})
		switch {
		case e.Phantom:
			phantoms = append(phantoms, name)
		case e.Reviewed():
			reviewed = append(reviewed, name)
		default:
			others = append(others, name)
		}
	}
	for _, names := range [][]string{reviewed, phantoms, others} {
		if len(names) > 0 {
			if slices.Contains(names, anyPod) {
				return anyPod
			}
			slices.Sort(names)
			return Some(withoutParts(slices.Compact(names)))
		}
	}
	return Some(nil)
}

// withoutParts leaves out phantoms with labels in a namespace of which any pod is named as well.
func withoutParts(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, namespace, ok := strings.Cut(name, " in namespace ")
		return ok && strings.HasPrefix(name, anyPod+" with ") && slices.Contains(names, anyPod+" in namespace "+namespace)
	})
}

// Flow is a packet as a flow, for people. Ends are named as `tierlint explain` takes them where they can be.
func Flow(p model.Packet) *flow.Flow {
	end := func(p model.Peer) string {
		switch {
		case p.Endpoint == nil:
			return p.Addr.String()
		case p.Endpoint.Phantom:
			return p.Endpoint.Name
		default:
			return p.Endpoint.ID()
		}
	}
	f := &flow.Flow{Src: end(p.Src), Dst: end(p.Dst), Proto: strings.ToLower(p.Proto.String())}
	if p.Proto.HasPorts() {
		f.Port = int(p.DstPort)
		if p.SrcPort != flow.DefaultSourcePort {
			f.SrcPort = int(p.SrcPort)
		}
	}
	if p.Proto == flow.ICMP && p.ICMPType != 8 || p.Proto == flow.ICMPv6 && p.ICMPType != 128 || p.ICMPCode != 0 {
		t, c := int(p.ICMPType), int(p.ICMPCode)
		f.ICMPType, f.ICMPCode = &t, &c
	}
	return f
}

// Decided says in words who decides: "end of tier security (order 100): quarantine.yaml:12
// isolates Deployment bank/ledger and no rule matches".
func Decided(by model.By, at *model.Endpoint, d model.Direction) string {
	switch by.Kind {
	case model.ByRule, model.ByUntracked:
		r := by.Rule
		return fmt.Sprintf("%s: %s rule of %s in %s", where(&r.Policy.Object, r.At), verb(r.Action), r.Policy.String(), TierName(r.Policy.Tier))
	case model.ByEndOfTier:
		return fmt.Sprintf("end of %s: %s (%s) selects %s for %s and no rule of the tier lets the flow on",
			TierName(by.Tier), by.Policy.String(), where(&by.Policy.Object, by.Policy.SelectorAt), Name(model.Peer{Endpoint: at}), d)
	case model.ByProfile:
		return "no policy decides it, so the namespace's profile allows it"
	case model.ByNoProfileMatch:
		return "no policy and no profile of the host endpoint allows it"
	case model.ByFailsafe:
		return "a failsafe port, which Felix always leaves open"
	case model.ByUnknown:
		return "not known: " + by.Gap
	}
	return "no policy applies"
}

func verb(a model.Action) string {
	return [...]string{model.Allow: "an Allow", model.Deny: "a Deny", model.Pass: "a Pass", model.Log: "a Log"}[a]
}

// TierName is "tier security (order 100)"; everybody knows the order of tier default.
func TierName(t *model.Tier) string {
	if t.Name == "default" {
		return "tier default"
	}
	if t.Missing {
		return fmt.Sprintf("tier %s (which no file defines)", t.Name)
	}
	return fmt.Sprintf("tier %s (order %s)", t.Name, strconv.FormatFloat(t.Order, 'f', -1, 64))
}

// where is file:line of something in an object, or the context that it comes from.
func where(o *model.Object, pointer string) string {
	if o.Positions == nil {
		return "built in"
	}
	at := o.KeyOrigin(pointer)
	s := at.File
	if at.Start.IsValid() {
		s = fmt.Sprintf("%s:%d", at.File, at.Start.Line)
	}
	if o.Context != "" && !strings.Contains(o.Context, at.File) {
		s = o.Context + ", " + s
	}
	return s
}

// RelatedTo is the place of a decider, for a finding's related places; false if it has none.
func RelatedTo(by model.By) (diag.Related, bool) {
	var o *model.Object
	var pointer, message string
	switch by.Kind {
	case model.ByRule:
		o, pointer = &by.Rule.Policy.Object, by.Rule.At
		_, action, _ := strings.Cut(verb(by.Rule.Action), " ") // without the article
		message = fmt.Sprintf("%s rule of %s in %s", action, o, TierName(by.Rule.Policy.Tier))
	case model.ByEndOfTier:
		o, pointer = &by.Policy.Object, by.Policy.SelectorAt
		message = fmt.Sprintf("%s isolates in %s, and nothing in the tier lets the flow on", o, TierName(by.Tier))
	default:
		return diag.Related{}, false
	}
	at := o.KeyOrigin(pointer)
	return diag.Related{At: at, Message: message}, at.File != ""
}
