package refeval_test

import (
	"testing"

	"github.com/tierlint/tierlint/internal/model"
)

// TestTiers says, statement by statement, how tiers, policies and profiles decide about a TCP
// connection from web to port 5432 of db, for ingress.
func TestTiers(t *testing.T) {
	allow, deny, pass, logs := rule(model.Allow), rule(model.Deny), rule(model.Pass), rule(model.Log)
	fresh := func(r *model.Rule) *model.Rule { return &model.Rule{Action: r.Action} }
	tests := []struct {
		name  string
		tiers func(*cluster)
		want  string
	}{
		{"no policy: the namespace's profile allows", func(*cluster) {}, "allow profile:kns.shop"},
		{"a policy that selects others changes nothing", func(c *cluster) {
			c.tier("default", ingress("p", "app == 'web'"))
		}, "allow profile:kns.shop"},
		{"a policy without rules isolates", func(c *cluster) {
			c.tier("default", ingress("p", "app == 'db'"))
		}, "deny end-of-tier:default"},
		{"a policy for the other direction does not", func(c *cluster) {
			c.tier("default", egress("p", "app == 'db'"))
		}, "allow profile:kns.shop"},
		{"the first rule that matches decides", func(c *cluster) {
			c.tier("default", ingress("p", "all()", rule(model.Deny, to(selects("app == 'web'"))), fresh(allow), fresh(deny)))
		}, "allow default/default.p/1"},
		{"Log does not decide", func(c *cluster) {
			c.tier("default", ingress("p", "all()", fresh(logs)))
		}, "deny end-of-tier:default"},
		{"of the policies of a tier the first that has a matching rule decides", func(c *cluster) {
			c.tier("default", ingress("p", "all()"), ingress("q", "all()", fresh(allow)), ingress("r", "all()", fresh(deny)))
		}, "allow default/default.q/0"},
		{"Allow is final: later tiers are not asked", func(c *cluster) {
			c.tier("first", ingress("p", "all()", fresh(allow)))
			c.tier("default", ingress("q", "all()", fresh(deny)))
		}, "allow first/first.p/0"},
		{"Pass skips the rest of its tier", func(c *cluster) {
			c.tier("first", ingress("p", "all()", fresh(pass)), ingress("q", "all()", fresh(deny)))
			c.tier("default", ingress("r", "all()", fresh(allow)))
		}, "allow default/default.r/0"},
		{"Pass in the last tier leads to the profiles", func(c *cluster) {
			c.tier("default", ingress("p", "all()", fresh(pass)))
		}, "allow profile:kns.shop"},
		{"a tier ends with Deny before the next is asked", func(c *cluster) {
			c.tier("first", ingress("p", "all()"))
			c.tier("default", ingress("q", "all()", fresh(allow)))
		}, "deny end-of-tier:first"},
		{"unless its default action is Pass", func(c *cluster) {
			c.tier("first", ingress("p", "all()")).DefaultPass = true
			c.tier("default", ingress("q", "all()", fresh(allow)))
		}, "allow default/default.q/0"},
		{"a tier in which only policies for the other direction apply does not end with Deny", func(c *cluster) {
			c.tier("first", egress("p", "all()"))
			c.tier("default", ingress("q", "all()", fresh(allow)))
		}, "allow default/default.q/0"},
		{"staged policies decide nothing, and isolate nothing", func(c *cluster) {
			p := ingress("p", "all()", fresh(deny))
			p.Staged = true
			c.tier("default", p)
		}, "allow profile:kns.shop"},
		{"rules in a direction that the policy does not govern are not there", func(c *cluster) {
			p := ingress("p", "all()", fresh(deny))
			p.Governs = [2]bool{model.Egress: true}
			c.tier("default", p)
		}, "allow profile:kns.shop"},
		{"doNotTrack and preDNAT policies do not touch pods", func(c *cluster) {
			p, q := ingress("p", "all()", fresh(deny)), ingress("q", "all()", fresh(deny))
			p.DoNotTrack, q.PreDNAT = true, true
			c.tier("default", p, q)
		}, "allow profile:kns.shop"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCluster()
			test.tiers(c)
			c.wants(t, model.Ingress, c.tcp("web", "db", 5432), test.want)
		})
	}
}

// TestBothEnds: a connection must be allowed at both ends, and each is asked whatever the other says.
func TestBothEnds(t *testing.T) {
	c := newCluster()
	c.tier("default", egress("out", "app == 'web'"), ingress("in", "app == 'db'", rule(model.Allow)))
	p := c.tcp("web", "db", 5432)
	c.wants(t, model.Egress, p, "deny end-of-tier:default")
	c.wants(t, model.Ingress, p, "allow default/default.in/0")
	// A pod that connects to itself, as through its own Service, gets no exemption.
	c.wants(t, model.Egress, c.tcp("web", "web", 8080), "deny end-of-tier:default")
}

// TestNoPolicyForOthers: what is neither a pod with its own address nor a host endpoint has no policy.
func TestNoPolicyForOthers(t *testing.T) {
	c := newCluster()
	c.tier("default", egress("out", "all()"))
	c.ends["proxy"].Addrs = nil
	c.wants(t, model.Egress, c.tcp("203.0.113.7", "db", 5432), "allow no-policy")
	c.wants(t, model.Egress, c.tcp("proxy", "db", 5432), "allow no-policy")
}

// TestTrace: the trace says what was consulted, in order, what matched, and why not.
func TestTrace(t *testing.T) {
	c := newCluster()
	c.tier("first", ingress("p", "all()", rule(model.Allow, from(selects("app == 'mail'"))), rule(model.Pass)))
	c.tier("default", ingress("q", "app == 'db'", rule(model.Deny, to(port(80, 90)))))
	end := c.wants(t, model.Ingress, c.tcp("web", "db", 5432), "deny end-of-tier:default")
	if end.Endpoint != c.ends["db"] || len(end.Tiers) != 2 {
		t.Fatalf("got %d tiers for %v", len(end.Tiers), end.Endpoint)
	}
	first, second := end.Tiers[0], end.Tiers[1]
	if r := first.Policies[0].Rules; len(r) != 2 || r[0].Criterion.Name != "source selector" || r[1].Matches.String() != "yes" || first.End.String() != "not reached" {
		t.Errorf("first tier: %+v", first)
	}
	if r := second.Policies[0].Rules; len(r) != 1 || r[0].Criterion.Name != "destination ports" || second.End.String() != "deny" {
		t.Errorf("second tier: %+v", second)
	}
	if by := end.Decision.By; by.Policy != second.Policies[0].Policy {
		t.Errorf("decided by %+v, want the policy that isolates", by)
	}
}
