package refeval_test

import (
	"testing"

	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
)

func untracked(p *model.Policy) *model.Policy { p.DoNotTrack = true; return p }
func preDNAT(p *model.Policy) *model.Policy   { p.PreDNAT = true; return p }

// TestHostEndpoints says how host endpoints differ from pods, for ingress from web to port 80 of
// the host.
func TestHostEndpoints(t *testing.T) {
	tests := []struct {
		name  string
		setup func(*cluster)
		want  string
	}{
		{"no policy and no profile: deny", func(*cluster) {}, "deny no-profile-match"},
		{"Calico's own profile allows", func(c *cluster) {
			c.ends["host"].Profiles = []string{"projectcalico-default-allow"}
		}, "allow profile:projectcalico-default-allow"},
		{"a namespace's profile allows", func(c *cluster) { c.ends["host"].Profiles = []string{"kns.shop"} }, "allow profile:kns.shop"},
		{"a profile that is not there denies, before the others are asked", func(c *cluster) {
			c.ends["host"].Profiles = []string{"mine", "projectcalico-default-allow"}
		}, "deny profile:mine"},
		{"a policy decides as for pods", func(c *cluster) {
			c.tier("default", ingress("p", "has(host)", rule(model.Allow)))
		}, "allow default/default.p/0"},
		{"untracked policy comes first, in whatever tier", func(c *cluster) {
			c.tier("first", ingress("p", "has(host)", rule(model.Deny)))
			c.tier("default", untracked(ingress("q", "has(host)", rule(model.Allow))))
		}, "allow untracked"},
		{"then pre-DNAT policy", func(c *cluster) {
			c.tier("first", ingress("p", "has(host)", rule(model.Deny)))
			c.tier("default", preDNAT(ingress("q", "has(host)", rule(model.Allow))))
		}, "allow default/default.q/0"},
		{"neither ends with Deny", func(c *cluster) {
			c.tier("first", untracked(ingress("p", "has(host)")), preDNAT(ingress("q", "has(host)")), ingress("r", "has(host)", rule(model.Allow)))
		}, "allow first/first.r/0"},
		{"Pass in untracked policy leads to the next tier of untracked policy", func(c *cluster) {
			c.tier("first", untracked(ingress("p", "has(host)", rule(model.Pass))), untracked(ingress("q", "has(host)", rule(model.Allow))))
			c.tier("default", untracked(ingress("r", "has(host)", rule(model.Deny))))
		}, "deny untracked"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCluster()
			test.setup(c)
			c.wants(t, model.Ingress, c.tcp("web", "host", 80), test.want)
			// The same, known by its address alone, or by the name of a pod on its network.
			c.wants(t, model.Ingress, c.tcp("web", "192.168.1.1", 80), test.want)
			c.wants(t, model.Ingress, c.tcp("web", "proxy", 80), test.want)
		})
	}
}

// TestFailsafePorts: some ports of hosts stay open whatever policy says. Pods have none.
func TestFailsafePorts(t *testing.T) {
	c := newCluster()
	c.tier("default", ingress("in", "all()", rule(model.Deny)), egress("out", "all()", rule(model.Deny)))
	for _, port := range []uint16{22, 179, 2379, 2380, 5473, 6443, 6666, 6667} {
		c.wants(t, model.Ingress, c.tcp("web", "host", port), "allow failsafe")
	}
	c.wants(t, model.Ingress, c.udp("web", "host", 68), "allow failsafe")
	c.wants(t, model.Ingress, c.udp("web", "host", 22), "deny default/default.in/0")
	c.wants(t, model.Egress, c.udp("host", "8.8.8.8", 53), "allow failsafe")
	c.wants(t, model.Egress, c.udp("host", "8.8.8.8", 67), "allow failsafe")
	c.wants(t, model.Egress, c.tcp("host", "8.8.8.8", 22), "deny default/default.out/0")
	c.wants(t, model.Ingress, c.tcp("host", "web", 22), "deny default/default.in/0")
}

// TestFailsafeReplies: where a host has untracked policy, which knows no connections, replies from
// failsafe ports get in as well.
func TestFailsafeReplies(t *testing.T) {
	c := newCluster()
	p := c.udp("8.8.8.8", "host", 40000)
	p.SrcPort = 53
	c.wants(t, model.Ingress, p, "deny no-profile-match")
	c.tier("default", untracked(egress("out", "has(host)")))
	c.wants(t, model.Ingress, p, "allow failsafe")
	p.Proto = flow.TCP
	c.wants(t, model.Ingress, p, "deny no-profile-match")
}

// TestHostsInRules: a host endpoint that gives no addresses is matched by no selector.
func TestHostsInRules(t *testing.T) {
	c := newCluster()
	c.host("bare", "")
	c.tier("default", egress("p", "app == 'web'", rule(model.Allow, to(selects("host == 'bare'")))))
	c.wants(t, model.Egress, c.tcp("web", "bare", 80), "deny end-of-tier:default")
}
