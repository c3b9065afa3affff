package regocheck

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest/gen"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/rego"
)

// passes is a pass for each environment that paths make.
func passes(t *testing.T, paths ...string) []*check.Pass {
	t.Helper()
	l, err := pipeline.Load(t.Context(), pipeline.Options{Dir: "../..", Paths: paths})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var out []*check.Pass
	for _, e := range l.Environments {
		out = append(out, &check.Pass{Environment: e.Name, Cluster: e.Cluster, Objects: e.Objects, Eval: e.Analysis})
	}
	return out
}

// TestTheDocumentMeetsItsSchema holds documents of the examples, and of random clusters with all that
// policies can say, against the schema that people are told.
func TestTheDocumentMeetsItsSchema(t *testing.T) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(rego.InputSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("input.json", raw); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("input.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(p *check.Pass) error {
		value, err := newInput(p).document(all(), nil)
		if err != nil {
			return err
		}
		document, err := ast.JSON(value)
		if err != nil {
			return err
		}
		return schema.Validate(document)
	}
	for _, p := range passes(t, "fixtures/examples", "fixtures/conformance") {
		if err := valid(p); err != nil {
			t.Errorf("environment %q: %v", p.Environment, err)
		}
	}
	for seed := range uint64(20) {
		c := gen.Cluster(seed, gen.Options{Size: 8, Hosts: true, IPv6: seed%2 == 0, Unknowns: seed%3 == 0})
		p := &check.Pass{Cluster: c, Eval: func() (*eval.Analysis, error) { return eval.New(t.Context(), c) }}
		if err := valid(p); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// TestTheDocumentOfARepository asks for what is in the document of an example, by expressions that hold.
func TestTheDocumentOfARepository(t *testing.T) {
	in := newInput(passes(t, "fixtures/examples/clean")[0])
	for _, body := range []string{
		`some o in input.objects; o.object == "StatefulSet blog/db"; o.content.kind == "StatefulSet"; endswith(o.file, ".yaml")`,
		`some t in input.model.tiers; t.name == "security"; t.policies[0].ingress == []; "Deployment blog/web" in t.policies[0].workloads`,
		`some t in input.model.tiers; some p in t.policies; p.object == "NetworkPolicy blog/db"; p.ingress[0].source.workloads == ["Deployment blog/web"]; p.ingress[0].destination.ports[0].name == "postgres"`,
		`some s in input.model.services; s.object == "Service blog/db"; s.workloads == ["StatefulSet blog/db"]`,
		`input.facts.dns["Deployment blog/web"] == {"udp": "allow", "tcp": "allow"}`,
		`some c in input.facts.reach["StatefulSet blog/db"].reachedBy; c.workloads == ["Deployment blog/web"]; c.traffic == [{"protocol": "TCP", "first": 5432, "last": 5432}]; not c.internet`,
		`every c in input.facts.reach["StatefulSet blog/db"].reaches { not c.internet }`,
		`input.facts.defaultDeny.blog.ingress == ["NetworkPolicy blog/default-deny"]`,
		`"NetworkPolicy blog/default-deny" in input.facts.defaultDeny.blog.egress`,
		`input.facts.policies["NetworkPolicy blog/db"].live == ["/spec/ingress/0"]`,
		`input.facts.policies["NetworkPolicy blog/db"].dead == []`,
	} {
		t.Run(body, func(t *testing.T) {
			if got, err := holds(t, in, body); err != nil || got != "true" {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

// holds says whether a body of Rego holds: true or undefined.
func holds(t *testing.T, in *input, body string) (string, error) {
	t.Helper()
	modules, err := parse(files(metadata+`holds if {`+body+`}`), everyFile)
	if err != nil {
		t.Fatal(err)
	}
	g, err := compile(modules)
	if err != nil {
		t.Fatal(err)
	}
	document, err := in.document(all(), nil)
	if err != nil {
		t.Fatal(err)
	}
	options := append(in.builtins(), opa.Compiler(g.compiler), opa.Query("data.tierlint.rules.some_rule.holds"),
		opa.ParsedInput(document), opa.StrictBuiltinErrors(true))
	rs, err := opa.New(options...).Eval(t.Context())
	if err != nil || len(rs) == 0 {
		return "undefined", err
	}
	return fmt.Sprint(rs[0].Expressions[0].Value), nil
}

// TestTheSameDocumentEachTime: nothing in it depends on the order of maps.
func TestTheSameDocumentEachTime(t *testing.T) {
	c := gen.Cluster(7, gen.Options{Size: 12, Hosts: true})
	var first string
	for range 3 {
		p := &check.Pass{Cluster: c, Eval: func() (*eval.Analysis, error) { return eval.New(t.Context(), c) }}
		document, err := newInput(p).document(all(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = fmt.Sprint(document)
		}
		if got := fmt.Sprint(document); got != first {
			t.Fatal("two documents of one cluster differ")
		}
	}
}
