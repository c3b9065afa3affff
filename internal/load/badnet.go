package load

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// value is what the object has at a pointer; nil: nothing, or it cannot be read.
func (o *Object) value(at string) any {
	data, err := o.JSON()
	if err != nil {
		return nil
	}
	var v any
	if json.Unmarshal(data, &v) != nil {
		return nil
	}
	for _, step := range strings.Split(at, "/")[1:] {
		switch in := v.(type) {
		case map[string]any:
			v = in[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// badNet is the pointer to the first entry of a list of nets that is no CIDR with a mask; the list's
// own if there is none. Calico's validator complains about the list as a whole.
func (o *Object) badNet(at string) string {
	nets, _ := o.value(at).([]any)
	for i, n := range nets {
		text, _ := n.(string)
		if _, err := netip.ParsePrefix(text); err != nil {
			return at + "/" + strconv.Itoa(i)
		}
	}
	return at
}

// isNet says whether a pointer is to an entry of a list of nets.
func isNet(at string) bool {
	list := at[:max(0, strings.LastIndex(at, "/"))]
	return strings.HasSuffix(list, "/nets") || strings.HasSuffix(list, "/notNets")
}

// netProblem says what is wrong with an entry of a rule's nets, and what to write.
func netProblem(text, otherwise string) (message, help string) {
	if a, err := netip.ParseAddr(text); err == nil {
		return text + " has no mask", netip.PrefixFrom(a, a.BitLen()).String()
	}
	n, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return fmt.Sprintf("%q is not a CIDR", text), "an address and a mask, such as 192.0.2.0/24"
	case n != n.Masked():
		return text + " has bits set beyond its mask", fmt.Sprintf("%s, or %s/%d for the one address", n.Masked(), n.Addr(), n.Addr().BitLen())
	}
	return otherwise, ""
}

// placeholderSign marks that a placeholder of the object has been reported: one is enough.
const placeholderSign = "<>"

// placeholder says whether a text is one to be replaced, "<your management CIDR>".
func placeholder(text string) bool {
	return regexp.MustCompile(`<[^<>]+>`).MatchString(text)
}
