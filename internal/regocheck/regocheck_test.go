package regocheck

import (
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/rego"
)

// metadata is what every rule of these tests begins with.
const metadata = `# METADATA
# title: T
# description: D
# related_resources:
# - ref: https://example.org/why
#   description: Why
# custom:
#   severity: warning
#   since: "0.1"
package tierlint.rules.some_rule

`

func files(rule string) fstest.MapFS {
	return fstest.MapFS{"rules/some-rule/some-rule.rego": {Data: []byte(rule)}}
}

// onLines is Positions of an object whose fields are on the lines given, those of other fields on its first.
type onLines struct {
	file  string
	lines map[string]int
}

func (p *onLines) Has(pointer string) bool { return p.lines[pointer] > 0 }

func (p *onLines) IsNull(string) bool { return false }

func (p *onLines) Origin(pointer string) source.Origin {
	at := source.Pos{Line: max(p.lines[pointer], 1), Col: 5}
	return source.Origin{Span: source.Span{File: p.file, Start: at, End: source.Pos{Line: at.Line, Col: 9}}}
}

func (p *onLines) KeyOrigin(pointer string) source.Origin { return p.Origin(pointer) }

// cluster is a namespace with a policy for its only workload.
func cluster(t *testing.T) *model.Cluster {
	t.Helper()
	sel, err := selector.Parse("app == 'web' && projectcalico.org/namespace == 'shop'")
	if err != nil {
		t.Fatal(err)
	}
	written := func(file, kind, namespace, name string) model.Object {
		return model.Object{
			APIVersion: "v1", Kind: kind, Namespace: namespace, Name: name,
			Positions: &onLines{file, map[string]int{"/metadata/name": 4, "/spec/podSelector": 7}},
		}
	}
	tier := &model.Tier{Object: model.Object{Kind: "Tier", Name: "default"}, Order: 1e6}
	tier.Policies = []*model.Policy{{
		Object: written("policy.yaml", "NetworkPolicy", "shop", "web"), Tier: tier, Selector: sel,
		Governs: [2]bool{model.Ingress: true},
	}}
	own := map[string]string{"app": "web"}
	return &model.Cluster{
		Version:    model.V331,
		Platform:   "kubernetes",
		Namespaces: []*model.Namespace{{Object: written("namespace.yaml", "Namespace", "", "shop"), Known: true}},
		Endpoints: []*model.Endpoint{{
			Object: written("web.yaml", "Deployment", "shop", "web"), Own: own,
			Labels: selector.Labels{Known: map[string]string{"app": "web", "projectcalico.org/namespace": "shop"}},
		}},
		Tiers: []*model.Tier{tier, {Object: model.Object{Kind: "Tier", Name: "lost"}, Order: math.Inf(1), Missing: true}},
	}
}

// run runs rules on the cluster.
func run(t *testing.T, checks []*check.Check) ([]diag.Diagnostic, error) {
	t.Helper()
	c := cluster(t)
	found, _, err := check.Run(t.Context(), checks, []check.Environment{{
		Cluster: c, Analysis: func() (*eval.Analysis, error) { return eval.New(t.Context(), c) },
	}})
	return found, err
}

func loaded(t *testing.T, rule string) []*check.Check {
	t.Helper()
	checks, err := Load(files(rule))
	if err != nil {
		t.Fatal(err)
	}
	return checks
}

func TestMetadataMakesTheCheck(t *testing.T) {
	c := loaded(t, metadata+`deny := set()`)[0]
	if c.ID != "some-rule" || c.Title != "T" || c.Severity != diag.Warning || c.Since != "0.1" || c.Merge != check.Any || c.Off {
		t.Errorf("got %+v", c)
	}
	if want := "D\n\n## References\n\n- [Why](https://example.org/why)\n"; c.Doc != want {
		t.Errorf("doc %q, want %q", c.Doc, want)
	}
}

func TestAFindingIsPutWhereItsPointerLeads(t *testing.T) {
	found, err := run(t, loaded(t, metadata+`
deny contains {
	"message": sprintf("%s is wide", [policy.name]), "help": "narrow it",
	"object": policy.object, "pointer": "/spec/podSelector",
	"related": [{"message": "this namespace", "object": "Namespace shop"}],
} if {
	some tier in input.model.tiers
	some policy in tier.policies
}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 {
		t.Fatalf("%d findings, want 1", len(found))
	}
	d := found[0]
	if d.At.String() != "policy.yaml:7:5" || d.Object != "NetworkPolicy shop/web" || d.Message != "web is wide" ||
		d.Help != "narrow it" || d.Check != "some-rule" || d.Severity != diag.Warning {
		t.Errorf("got %+v", d)
	}
	if len(d.Related) != 1 || d.Related[0].At.String() != "namespace.yaml:4:5" {
		t.Errorf("related %+v", d.Related)
	}
}

// TestTheInputDocument asks for each section with an expression that holds for the cluster above.
func TestTheInputDocument(t *testing.T) {
	for _, holds := range []string{
		`input.version == 1`,
		`input.model.calico == "3.31"`,
		`input.model.platform == "kubernetes"`,
		`input.model.namespaces[0].name == "shop"`,
		`input.model.namespaces[0].workloads == ["Deployment shop/web"]`,
		`input.model.workloads[0].labels == {"app": "web"}`,
		`input.model.tiers[0].defaultAction == "Deny"`,
		`input.model.tiers[0].reviewed == false`,
		`input.model.tiers[0].order == 1000000`,
		`input.model.tiers[1].order == null`,
		`input.model.tiers[0].policies[0].ingress == []`,
		`input.model.tiers[0].policies[0].types == ["Ingress"]`,
		`input.model.tiers[0].policies[0].workloads == ["Deployment shop/web"]`,
		`input.facts.namespaces.shop == {"ingress": [], "egress": []}`, // the policy asks for a label
		`input.facts.open.shop == {"ingress": [], "egress": ["Deployment shop/web"]}`,
		`input.facts.policies["NetworkPolicy shop/web"].workloads == ["Deployment shop/web"]`,
		`input.facts.workloads["Deployment shop/web"].ingress == ["NetworkPolicy shop/web"]`,
		`input.facts.workloads["Deployment shop/web"].isolated == {"ingress": true, "egress": false}`,
	} {
		t.Run(holds, func(t *testing.T) {
			found, err := run(t, loaded(t, metadata+`deny contains {"message": "holds", "object": "Namespace shop"} if `+holds))
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != 1 {
				t.Error("does not hold")
			}
		})
	}
}

func TestOnlySectionsThatRulesNameAreMade(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`input.version == 1`, ""},
		{`input.model.tiers[_].name == "x"`, modelTiers},
		{`some key, _ in input.facts.workloads; key == "x"`, factsWorkloads},
		{`x := input.facts; x.dns["x"]`, strings.Join([]string{factsNamespaces, factsDefaultDeny, factsOpen, factsPolicies, factsWorkloads, factsDNS, factsReach}, " ")},
		{`some o in input.objects; o.kind == "x"`, sectionObjects},
		{`data.tierlint.rules.some_rule.used == "x" } used := name if { some n in input.model.namespaces; name := n.name`, modelNamespaces},
		{`x := input; x.version == 1`, strings.Join(sections(), " ")},
		{`some part in ["model", "facts"]; input[part].x`, strings.Join(sections(), " ")},
	} {
		t.Run(tt.body, func(t *testing.T) {
			modules, err := parse(files(metadata+`deny contains "x" if { `+tt.body+` }`), everyFile)
			if err != nil {
				t.Fatal(err)
			}
			other, err := parseModule("other.rego", "package tierlint.rules.other\n\ndeny contains \"x\" if input.model.services[_].name == \"x\"")
			if err != nil {
				t.Fatal(err)
			}
			prog, err := compile(append(modules, other))
			if err != nil {
				t.Fatal(err)
			}
			w := wantedBy(prog.compiler, ast.MustParseRef("data.tierlint.rules.some_rule.deny"))
			var got []string
			for _, s := range sections() {
				if w[s] {
					got = append(got, s)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestARuleCannotLeaveTheSandbox(t *testing.T) {
	for _, call := range []string{
		`http.send({"method": "get", "url": "http://localhost"})`,
		`net.lookup_ip_addr("example.org")`,
		`opa.runtime()`,
		`time.now_ns()`,
		`rand.intn("x", 3)`,
		`uuid.rfc4122("x")`,
		`json.match_schema({}, {"$ref": "http://localhost/schema"})`,
	} {
		name, _, _ := strings.Cut(call, "(")
		t.Run(name, func(t *testing.T) {
			_, err := run(t, loaded(t, metadata+`deny contains {"message": "x", "object": "Namespace shop"} if `+call))
			if err == nil || !strings.Contains(err.Error(), "undefined function "+name) || !strings.Contains(err.Error(), "some-rule.rego:12") {
				t.Errorf("error %v, want an undefined function at its line", err)
			}
		})
	}
}

func TestRulesThatAreWrong(t *testing.T) {
	for _, tt := range []struct{ name, rule, want string }{
		{"no metadata", "package tierlint.rules.x\n\ndeny := set()", "some-rule.rego:1: the package has no METADATA"},
		{"unknown severity", strings.Replace(metadata, "warning", "fatal", 1) + `deny := set()`, `custom.severity is "fatal"`},
		{"unknown setting", strings.Replace(metadata, "since", "sinse", 1) + `deny := set()`, `unknown field "sinse"`},
		{"no title", strings.Replace(metadata, "# title: T\n", "", 1) + `deny := set()`, "needs a title"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(files(tt.rule))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestRulesAreReadWhenOneRuns: until then only what is above their packages is.
func TestRulesAreReadWhenOneRuns(t *testing.T) {
	_, err := run(t, loaded(t, metadata+`deny contains`))
	if err == nil || !strings.Contains(err.Error(), "some-rule.rego:12") {
		t.Errorf("error %v, want one at line 12", err)
	}
}

func TestFindingsThatAreWrongAreFailuresOfTheRule(t *testing.T) {
	for _, tt := range []struct{ name, finding, want string }{
		{"no message", `{"object": "Namespace shop"}`, "no message"},
		{"unknown object", `{"message": "x", "object": "Namespace nowhere"}`, `"Namespace nowhere"`},
		{"a line", `{"message": "x", "object": "Namespace shop", "line": 7}`, `unknown field "line"`},
		{"not an object", `"x"`, "a finding is a text, not an object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := run(t, loaded(t, metadata+`deny contains `+tt.finding))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func everyFile(string) bool { return true }

func TestWhatNobodyWroteIsNoPlace(t *testing.T) {
	found, err := run(t, loaded(t, metadata+`deny contains {"message": "x", "object": "Tier default"}`))
	if err != nil || len(found) != 0 {
		t.Errorf("found %v, %v", found, err)
	}
}

func BenchmarkLoadBundled(b *testing.B) {
	for b.Loop() {
		if _, err := Load(rego.Files); err != nil {
			b.Fatal(err)
		}
	}
}
