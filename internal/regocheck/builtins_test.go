package regocheck

import (
	"strings"
	"testing"
)

// TestBuiltins asks the functions about an example, by expressions that hold.
func TestBuiltins(t *testing.T) {
	in := newInput(passes(t, "fixtures/examples/clean")[0])
	for _, body := range []string{
		`tierlint.verdict("Deployment blog/web", "StatefulSet blog/db", "TCP", 5432).verdict == "allow"`,
		`tierlint.verdict("blog/web", "Service blog/db", "tcp", 5432).verdict == "allow"`,
		`tierlint.verdict("blog/web", "svc:blog/db", "tcp", 5432).decided.object == "NetworkPolicy blog/db"`,
		`a := tierlint.verdict("Deployment blog/web", "203.0.113.7", "TCP", 443); a.verdict == "deny"; a.decided.direction == "egress"; a.decided.object == "NetworkPolicy blog/web"; contains(a.decided.text, "end of tier default")`,
		`a := tierlint.verdict("blog/db", "169.254.169.254", "TCP", 80); a.decided.tier == "security"; a.decided.pointer == "/spec/egress/0"`,
		`a := tierlint.verdict("fd00::1", "203.0.113.7", "TCP", 80); a.verdict == "deny"; a.decided.text == "fd00::1 and 203.0.113.7: no IP version in common"; not a.decided.object`,
		`tierlint.reachable("Deployment blog/web", "StatefulSet blog/db") == [{"protocol": "TCP", "first": 5432, "last": 5432}]`,
		`tierlint.reachable("StatefulSet blog/db", "Deployment blog/web") == []`,
		`tierlint.reachable("StatefulSet blog/db", "169.254.169.254") == []`,
		`count(tierlint.reachable("203.0.113.7", "198.51.100.7")) == 6`,
		`tierlint.selects("app == 'web' && !has(track)", {"app": "web"})`,
		`not tierlint.selects("app in {'web'}", {"app": "db"})`,
	} {
		t.Run(body, func(t *testing.T) {
			if got, err := holds(t, in, body); err != nil || got != "true" {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

// TestQuestionsThatMakeNoSense are errors at their line, not answers.
func TestQuestionsThatMakeNoSense(t *testing.T) {
	in := newInput(passes(t, "fixtures/examples/clean")[0])
	for _, tt := range []struct{ body, want string }{
		{`tierlint.verdict("Deployment blog/wbe", "blog/db", "TCP", 5432).verdict == "allow"`, "source: no pod or workload Deployment blog/wbe"},
		{`tierlint.verdict("blog/web", "svc:blog/db", "TCP", 80).verdict == "allow"`, "Service blog/db has no port 80 for TCP"},
		{`tierlint.verdict("blog/web", "blog/db", "http", 80).verdict == "allow"`, `protocol "http"`},
		{`tierlint.verdict("blog/web", "blog/db", "TCP", 0.5).verdict == "allow"`, "port 0.5"},
		{`tierlint.reachable("blog/web", "Service blog/db") == []`, "destination: Service blog/db is a Service"},
		{`tierlint.reachable("blog/wbe", "blog/db") == []`, "source: no pod or workload blog/wbe"},
		{`tierlint.selects("app == ", {})`, `selector "app == "`},
	} {
		t.Run(tt.body, func(t *testing.T) {
			if got, err := holds(t, in, tt.body); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "rules/some-rule/some-rule.rego:12") {
				t.Errorf("got %s, %v, want %q", got, err, tt.want)
			}
		})
	}
}
