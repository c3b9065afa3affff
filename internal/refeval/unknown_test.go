package refeval_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
)

// TestUnknown says when the inputs do not decide: a pod db of whose label tier nothing is known,
// and a pod nowhere without known address. Connections are from nowhere to db, for ingress.
func TestUnknown(t *testing.T) {
	const unknown = "unknown unknown"
	maybe, nets := "tier == 'data'", from(in("10.0.0.0/8"))
	tests := []struct {
		name  string
		setup func(*cluster)
		want  string
		gap   string
	}{
		{"a policy that may isolate", func(c *cluster) {
			c.tier("default", ingress("p", maybe))
		}, unknown, "whether GlobalNetworkPolicy p selects Pod shop/db"},
		{"a policy that may select, and then allows what is allowed without it", func(c *cluster) {
			c.tier("default", ingress("p", maybe, rule(model.Allow)))
		}, "allow profile:kns.shop", ""},
		{"a policy that may select, beside one that does and denies", func(c *cluster) {
			c.tier("default", ingress("p", maybe), ingress("q", "all()", rule(model.Deny)))
		}, "deny default/default.q/0", ""},
		{"a policy that may select and allow, before one that denies", func(c *cluster) {
			c.tier("default", ingress("p", maybe, rule(model.Allow)), ingress("q", "all()", rule(model.Deny)))
		}, unknown, "whether GlobalNetworkPolicy p selects Pod shop/db"},
		{"a rule that may match", func(c *cluster) {
			c.tier("default", ingress("p", "all()", rule(model.Allow, nets)))
		}, unknown, "whether the source nets of rule 0 of GlobalNetworkPolicy p matches"},
		{"a rule that may match, before one that does the same", func(c *cluster) {
			c.tier("default", ingress("p", "all()", rule(model.Allow, nets), rule(model.Allow)))
		}, "allow default/default.p/1", ""},
		{"a rule that may pass to where the same is decided", func(c *cluster) {
			c.tier("first", ingress("p", "all()", rule(model.Pass, nets)))
			c.tier("default", ingress("q", "all()", rule(model.Deny)))
		}, "deny end-of-tier:first", ""},
		{"a rule that may pass to where something else is", func(c *cluster) {
			c.tier("first", ingress("p", "all()", rule(model.Pass, nets)))
			c.tier("default", ingress("q", "all()", rule(model.Allow)))
		}, unknown, "whether the source nets of rule 0"},
		{"a rule that may log", func(c *cluster) {
			c.tier("default", ingress("p", "all()", rule(model.Log, nets)))
		}, "deny end-of-tier:default", ""},
		{"the pods' network settles it", func(c *cluster) {
			c.PodCIDRs = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}
			c.tier("default", ingress("p", "all()", rule(model.Allow, nets)))
		}, "allow default/default.p/0", ""},
		{"a network set that may have the address", func(c *cluster) {
			c.set("ours", "10.0.0.0/24")
			c.tier("default", ingress("p", "all()", rule(model.Allow, from(selects("set == 'ours'")))))
		}, unknown, "whether the source selector of rule 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCluster()
			c.ends["db"].Labels.Open = []string{"tier"}
			test.setup(c)
			end := c.wants(t, model.Ingress, c.tcp("nowhere", "db", 5432), test.want)
			if gap := end.Decision.By.Gap; !strings.HasPrefix(gap, test.gap) || test.gap == "" && gap != "" {
				t.Errorf("gap %q, want %q", gap, test.gap)
			}
		})
	}
}

// TestVerdict: unknown at one end is unknown, unless the other denies.
func TestVerdict(t *testing.T) {
	c := newCluster()
	c.ends["db"].Labels.Open = []string{"tier"}
	c.tier("default", ingress("p", "tier == 'data'"))
	trace := refeval.Decide(c.Cluster, c.tcp("web", "db", 5432))
	if trace.Verdict() != model.Unknown {
		t.Errorf("got %s, want unknown", trace.Verdict())
	}
	c.tier("last", egress("q", "app == 'web'"))
	trace = refeval.Decide(c.Cluster, c.tcp("web", "db", 5432))
	if trace.Verdict() != model.Denied {
		t.Errorf("got %s, want deny", trace.Verdict())
	}
}
