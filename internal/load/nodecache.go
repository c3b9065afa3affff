package load

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// addNodeCaches finds where NodeLocal DNSCache listens.
func (l *loader) addNodeCaches() {
	for _, e := range l.c.Endpoints {
		if e.Type != model.HostNetwork || !isNodeCache(e) {
			continue
		}
		var addrs []netip.Addr
		if t := l.pods[e]; t != nil {
			for i := range t.Spec.Containers {
				addrs = append(addrs, localIPs(&t.Spec.Containers[i])...)
			}
		}
		if len(addrs) == 0 {
			addrs = []netip.Addr{model.UsualNodeCache}
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
func localIPs(c *container) []netip.Addr {
	var out []netip.Addr
	for _, option := range optionsOf("", c) {
		if strings.TrimLeft(option.name, "-") != "localip" {
			continue
		}
		for text := range strings.SplitSeq(option.value, ",") {
			if a, err := netip.ParseAddr(strings.TrimSpace(text)); err == nil { // a manifest may have a placeholder
				out = append(out, a)
			}
		}
	}
	return out
}
