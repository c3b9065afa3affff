package regocheck

import (
	"strings"
	"testing"
)

// TestMisspeltFieldsDoNotCompile: the schema says what the input document has.
func TestMisspeltFieldsDoNotCompile(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`input.model.polcies[_].name == "x"`, "rules/some-rule/some-rule.rego:12: rego_type_error: undefined ref: input.model.polcies"},
		{`some tier in input.model.tiers; tier.policies[_].tear == "x"`, `have: "tear"`},
		{`some tier in input.model.tiers; tier.policies[_].ingress[_].source.selectr == "x"`, `have: "selectr"`},
		{`input.model.tiers[_].name == 1`, "match error"},
		{`some tier in input.model.tiers; tier.order == null; tier.policies[_].ingress[_].source.nets[_].cidr == "x"`, ""},
		{`input.facts.workloads["Pod x/y"].isolated.ingress == true`, ""},
		{`some o in input.objects; o.content.spec.replicas == 1`, ""},
	} {
		t.Run(tt.body, func(t *testing.T) {
			modules, err := parse(files(metadata+`deny contains "x" if {`+tt.body+`}`), everyFile)
			if err != nil {
				t.Fatal(err)
			}
			switch _, err = compile(modules); {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		modules, err := parse(files(metadata+`deny contains "x" if input.version == 1`), everyFile)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := compile(modules); err != nil {
			b.Fatal(err)
		}
	}
}
