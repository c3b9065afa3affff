package regocheck

import (
	"fmt"
	"strings"
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

// input is what rules see of one cluster as `input`, made section by section as they ask for it. It is
// described in docs/rego.md and rego/schema/input.json.
type input struct {
	names *names
	// oracle answers the built-in functions.
	oracle *oracle

	environment string
	all         []*load.Object
	plain       func() *plainObjects // each of all as it is written
	cluster     *model.Cluster
	eval        func() (*eval.Analysis, error)

	// making is held while a section is made, which shares with others what is below.
	making sync.Mutex
	*values
	made     map[string]*ast.Term // sections
	analysis *eval.Analysis       // nil until a section needs it
	anyone   *ast.Term            // the side of a rule that asks nothing, once it is made
}

func newInput(p *check.Pass) *input {
	in := &input{
		names: newNames(p.Cluster, p.Objects), environment: p.Environment, all: p.Objects, cluster: p.Cluster, eval: p.Eval,
		values: newValues(), made: map[string]*ast.Term{},
	}
	in.plain = sync.OnceValue(in.plainObjects)
	in.oracle = newOracle(p.Cluster, in.names, p.Eval)
	return in
}

// document is the document with the wanted sections, and with what the settings say to a rule.
func (in *input) document(w wants, options map[string]any) (ast.Value, error) {
	in.making.Lock()
	defer in.making.Unlock()
	said := ast.Value(ast.NewObject())
	if options != nil {
		var err error
		if said, err = ast.InterfaceToValue(options); err != nil {
			return nil, fmt.Errorf("reading the options of a rule: %w", err)
		}
	}
	top := []field{
		{"version", in.number(version)},
		{"environment", in.text(in.environment)},
		{"options", ast.NewTerm(said)},
	}
	parts := map[string][]field{
		"model": {{"calico", in.text(in.cluster.Version.String())}, {"platform", in.text(in.cluster.Platform)}},
	}
	for _, s := range sections() {
		if !w[s] {
			continue
		}
		value, err := in.section(s)
		if err != nil {
			return nil, err
		}
		if part, name, ok := strings.Cut(s, "."); ok {
			parts[part] = append(parts[part], field{name, value})
		} else {
			top = append(top, field{s, value})
		}
	}
	top = append(top, field{"model", in.object(parts["model"]...)}, field{"facts", in.object(parts["facts"]...)})
	return in.object(top...).Value, nil
}

// section makes a section, once.
func (in *input) section(name string) (*ast.Term, error) {
	if value := in.made[name]; value != nil {
		return value, nil
	}
	if evaluated(name) && in.analysis == nil {
		a, err := in.eval()
		if err != nil {
			return nil, err
		}
		in.analysis = a
	}
	value, err := in.make(name)
	if err == nil {
		in.made[name] = value
	}
	return value, err
}

func (in *input) make(section string) (*ast.Term, error) {
	switch section {
	case sectionObjects:
		return in.objects(), nil
	case modelNamespaces:
		return in.namespaces(), nil
	case modelWorkloads:
		return in.workloads(), nil
	case modelServices:
		return in.services(), nil
	case modelSets:
		return in.sets(), nil
	case modelTiers:
		return in.tiers(), nil
	case modelStaged:
		return in.staged(), nil
	case modelLabels:
		return in.policyLabels()
	case factsNamespaces:
		return in.factsOfNamespaces()
	case factsDefaultDeny:
		return in.factsOfDefaultDeny(), nil
	case factsOpen:
		return in.factsOfOpen(), nil
	case factsPolicies:
		return in.factsOfPolicies()
	case factsWorkloads:
		return in.factsOfWorkloads()
	case factsDNS:
		return in.factsOfDNS()
	case factsReach:
		return in.factsOfReach()
	}
	return nil, fmt.Errorf("the input document has no section %s", section)
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
