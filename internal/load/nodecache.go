package load

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// nodeCacheAddr is where NodeLocal DNSCache listens on every node, if nobody says otherwise (Kubernetes,
// cluster/addons/dns/nodelocaldns, v1.33).
var nodeCacheAddr = netip.AddrFrom4([4]byte{169, 254, 20, 10})

// addNodeCaches finds where NodeLocal DNSCache listens.
func (l *loader) addNodeCaches() {
	for _, e := range l.c.Endpoints {
		if e.Type != model.HostNetwork || !isNodeCache(e) {
			continue
		}
		var addrs []netip.Addr
		if t := l.pods[e]; t != nil {
			for _, c := range t.Spec.Containers {
				addrs = append(addrs, localIPs(c.Command, c.Args)...)
			}
		}
		if len(addrs) == 0 {
			addrs = []netip.Addr{nodeCacheAddr}
		}
		for _, a := range addrs {
			if !slices.Contains(l.c.NodeCaches, a) {
				l.c.NodeCaches = append(l.c.NodeCaches, a)
			}
		}
	}
}

func isNodeCache(e *model.Endpoint) bool {
	return e.Name == "node-local-dns" || e.Own["k8s-app"] == "node-local-dns" || e.Own["app.kubernetes.io/name"] == "node-local-dns"
}

// localIPs is the addresses of the option -localip of the cache, which separates them by commas (kubernetes/dns,
// cmd/node-cache/main.go, 1.26).
func localIPs(lists ...json.RawMessage) []netip.Addr {
	var out []netip.Addr
	for _, list := range lists {
		var words []string
		if json.Unmarshal(list, &words) != nil {
			continue
		}
		for i, word := range words {
			option, value, here := strings.Cut(strings.TrimLeft(word, "-"), "=")
			if option != "localip" || !strings.HasPrefix(word, "-") {
				continue
			}
			if !here && i+1 < len(words) {
				value = words[i+1]
			}
			for text := range strings.SplitSeq(value, ",") {
				if a, err := netip.ParseAddr(strings.TrimSpace(text)); err == nil { // a manifest may have a placeholder
					out = append(out, a)
				}
			}
		}
	}
	return out
}
