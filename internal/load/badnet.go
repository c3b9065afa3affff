package load

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
)

// badNet is the pointer to the first entry of a list of nets that is no CIDR with a mask; the list's
// own if there is none. Calico's validator complains about the list as a whole.
func (o *Object) badNet(at string) string {
	data, err := o.JSON()
	if err != nil {
		return at
	}
	var v any
	if json.Unmarshal(data, &v) != nil {
		return at
	}
	for _, step := range strings.Split(at, "/")[1:] {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				return at
			}
			v = in[i]
		}
	}
	nets, _ := v.([]any)
	for i, n := range nets {
		text, _ := n.(string)
		if _, err := netip.ParsePrefix(text); err != nil {
			return at + "/" + strconv.Itoa(i)
		}
	}
	return at
}
