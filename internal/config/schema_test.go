package config

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// An editor that has the schema and the parser are of one opinion about every file, but for what
// a schema cannot know: whether paths exist, and what is a network or a glob.
func TestTheSchemaSaysWhatTheParserDoes(t *testing.T) {
	data, err := Schema(known())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		good bool
	}{
		{"{}", true},
		{"platform: openshift", true},
		{"platform: mars", false},
		{"platform: [openshift]", false},
		{"platform:", true},
		{"plattform: openshift", false},
		{"calicoVersion: 3.31", true},
		{"calicoVersion: '3.31'", true},
		{"calicoVersion: v3.31.2", true},
		{"calicoVersion: 3.28", false},
		{"calicoVersion: '3.28'", false},
		{"podCIDRs: [10.0.0.0/8, 'fd00::/48']", true},
		{"podCIDRs: 10.0.0.0/8", false},
		{"failOn: never", true},
		{"failOn: info", false},
		{"context: [a, b]", true},
		{"context: a", false},
		{"context: ['']", false},
		{"exclude: ['**/x']", true},
		{"baseline: b.json", true},
		{"baseline: [b.json]", false},
		{"checks: {default-deny: off, service-port: error}", true},
		{"checks: {default-deny: false, service-port: true}", true},
		{"checks: {default-deny: {severity: note}}", true},
		{"checks: {default-deny: {severity: loud}}", false},
		{"checks: {default-deny: {options: {}}}", false},
		{"rego: [policy]", true},
		{"rego: policy", false},
		{"environments: {prod: {paths: [a], values: [v], platform: openshift, calicoVersion: 3.29, podCIDRs: [10.0.0.0/8], context: [b]}}", true},
		{"environments: {prod: {paths: [a], failOn: note}}", false},
		{"environments: [prod]", false},
		{"environments: {prod: {platform: openshift}}", false},
		{"- platform", false},
	} {
		var v any
		if err := yaml.Unmarshal([]byte(tt.text), &v); err != nil {
			t.Fatal(err)
		}
		_, parsed := Parse("f", []byte(tt.text), known())
		if (parsed == nil) != tt.good {
			t.Errorf("%s: the parser says %v", tt.text, parsed)
		}
		if valid := s.Validate(v); (valid == nil) != tt.good {
			t.Errorf("%s: the schema says %v", tt.text, valid)
		}
	}
}
