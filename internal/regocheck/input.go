package regocheck

import (
	"fmt"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/bitset"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// version of the input document. Within a version fields are only ever added.
const version = 1

// input is the document of one cluster, what rules see as `input`. It is described in docs/rego.md and
// rego/schema/input.json.
type input struct {
	*values
	fields []field // of the document, but for options
	value  ast.Value
	names  *names
	// oracle answers the built-in functions.
	oracle *oracle

	all      []*load.Object
	plain    func() ([]ast.Value, error) // each of all as it is written
	cluster  *model.Cluster
	analysis *eval.Analysis // nil if no section needs it
	wants    wants
	anyone   *ast.Term // the side of a rule that asks nothing, once it is made
}

// newInput makes the wanted sections.
func newInput(p *check.Pass, w wants) (*input, error) {
	in := &input{values: newValues(), names: newNames(p.Cluster, p.Objects), all: p.Objects, cluster: p.Cluster, wants: w}
	in.plain = sync.OnceValues(in.plainObjects)
	in.oracle = newOracle(p.Cluster, in.names, p.Eval)
	if w.evaluated() {
		a, err := p.Eval()
		if err != nil {
			return nil, err
		}
		in.analysis = a
	}
	fields := []field{
		{"version", in.number(version)},
		{"environment", in.text(p.Environment)},
	}
	if w[sectionObjects] {
		objects, err := in.objects()
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{"objects", objects})
	}
	facts, err := in.facts()
	if err != nil {
		return nil, err
	}
	in.fields = append(fields, field{"model", in.model()}, field{"facts", facts})
	in.value = in.object(in.fields...).Value
	return in, nil
}

// withOptions is the document with what the settings say to a rule.
func (in *input) withOptions(options map[string]any) (ast.Value, error) {
	value, err := ast.InterfaceToValue(options)
	if err != nil {
		return nil, fmt.Errorf("reading the options of a rule: %w", err)
	}
	if options == nil {
		value = ast.NewObject()
	}
	pairs := [][2]*ast.Term{{ast.StringTerm("options"), ast.NewTerm(value)}}
	for _, f := range in.fields {
		pairs = append(pairs, [2]*ast.Term{ast.StringTerm(f.name), f.value})
	}
	return ast.NewObject(pairs...), nil
}

// model is what the manifests say, resolved and defaulted.
func (in *input) model() *ast.Term {
	fields := []field{
		{"calico", in.text(in.cluster.Version.String())},
		{"platform", in.text(in.cluster.Platform)},
	}
	for _, s := range []struct {
		section, name string
		list          func() *ast.Term
	}{
		{modelNamespaces, "namespaces", in.namespaces},
		{modelWorkloads, "workloads", in.workloads},
		{modelServices, "services", in.services},
		{modelSets, "networkSets", in.sets},
		{modelTiers, "tiers", in.tiers},
		{modelStaged, "staged", in.staged},
	} {
		if in.wants[s.section] {
			fields = append(fields, field{s.name, s.list()})
		}
	}
	return in.object(fields...)
}

// facts is what evaluating the policies gives.
func (in *input) facts() (*ast.Term, error) {
	var fields []field
	for _, s := range []struct {
		section, name string
		object        func() (*ast.Term, error)
	}{
		{factsNamespaces, "namespaces", in.factsOfNamespaces},
		{factsPolicies, "policies", in.factsOfPolicies},
		{factsWorkloads, "workloads", in.factsOfWorkloads},
		{factsDNS, "dns", in.factsOfDNS},
		{factsReach, "reach", in.factsOfReach},
	} {
		if in.wants[s.section] {
			object, err := s.object()
			if err != nil {
				return nil, err
			}
			fields = append(fields, field{s.name, object})
		}
	}
	return in.object(fields...), nil
}

// endpoints is the keys of the workloads among endpoints, by their numbers in the analysis.
func (in *input) endpoints(of bitset.Bits) *ast.Term {
	return in.listOf("endpoints", of, func() (keys []*ast.Term) {
		for i := range of.All() {
			if i >= len(in.analysis.Endpoints) {
				break
			}
			if e := in.analysis.Endpoints[i]; e.Type == model.Workload && !e.Phantom {
				keys = append(keys, in.key(&e.Object))
			}
		}
		return keys
	})
}
