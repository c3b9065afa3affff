package regocheck

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/types"
)

// fixturesRoot is where tests find their fixtures.
var fixturesRoot = ast.MustParseRef("data.fixtures")

// fixtures are the clusters that tests are about.
type fixtures []fixture

// fixture is a cluster, and the document that tests see of it.
type fixture struct {
	name     string
	document ast.Object
	in       *input
}

// redirections is the name of a module through which tests call the functions about the cluster. A function
// does not learn from OPA what `input` is where it is called, and in tests that changes from one `with` to the next;
// a rule does, so these hand it over. It is in a list, because otherwise a call without any would be undefined.
const redirections = "tierlint/redirections.rego"

const redirectionsText = `package tierlint.redirections

verdict(from, to, protocol, port) := tierlint.fixture_verdict([document | document := input], from, to, protocol, port)

reachable(from, to) := tierlint.fixture_reachable([document | document := input], from, to)
`

// redirect has all modules call the functions about the cluster through the redirections, also where they
// say what is to be called instead.
func redirect(c *ast.Compiler) *ast.Error {
	for name, m := range c.Modules {
		if name == redirections {
			continue
		}
		ast.WalkTerms(m, func(t *ast.Term) bool {
			ref, ok := t.Value.(ast.Ref)
			if !ok {
				return false
			}
			switch ref.String() {
			case verdictFunction.Name:
				t.Value = ast.MustParseRef("data.tierlint.redirections.verdict")
			case reachableFunction.Name:
				t.Value = ast.MustParseRef("data.tierlint.redirections.reachable")
			}
			return false
		})
	}
	return nil
}

// fixtureFunction is a function about the cluster that is told the input first.
func fixtureFunction(name string, f *rego.Function) *rego.Function {
	input := types.NewArray(nil, types.A)
	return &rego.Function{Name: name, Decl: types.NewFunction(append([]types.Type{input}, f.Decl.FuncArgs().Args...), f.Decl.Result())}
}

var (
	fixtureVerdict   = fixtureFunction("tierlint.fixture_verdict", verdictFunction)
	fixtureReachable = fixtureFunction("tierlint.fixture_reachable", reachableFunction)
)

// testCapabilities is what tests may use, and the redirections.
func testCapabilities() *ast.Capabilities {
	c := capabilities()
	for _, f := range []*rego.Function{fixtureVerdict, fixtureReachable} {
		c.Builtins = append(c.Builtins, &ast.Builtin{Name: f.Name, Decl: f.Decl})
	}
	return c
}

// functions are the functions of rules, answered about the fixture that is the input. An error ends the test,
// as it ends a rule.
func (fs fixtures) functions() []*tester.Builtin {
	return []*tester.Builtin{
		{Func: rego.FunctionDyn(fixtureVerdict, func(_ rego.BuiltinContext, args []*ast.Term) (*ast.Term, error) {
			in, err := fs.of(args[0])
			if err != nil {
				return nil, rego.NewHaltError(err)
			}
			return ending(in.askVerdict(args[1], args[2], args[3], args[4]))
		})},
		{Func: rego.FunctionDyn(fixtureReachable, func(_ rego.BuiltinContext, args []*ast.Term) (*ast.Term, error) {
			in, err := fs.of(args[0])
			if err != nil {
				return nil, rego.NewHaltError(err)
			}
			return ending(in.askReachable(args[1], args[2]))
		})},
		{Func: rego.Function2(selectsFunction, func(_ rego.BuiltinContext, selector, labels *ast.Term) (*ast.Term, error) {
			return ending(newOracle(nil, nil, nil).askSelects(selector, labels))
		})},
	}
}

// ending is an answer, or an error that ends the test.
func ending(answer *ast.Term, err error) (*ast.Term, error) {
	if err != nil {
		return nil, rego.NewHaltError(err)
	}
	return answer, nil
}

// of is the fixture that is the input, with whatever options. Of a document that was made or changed by hand
// nobody knows the cluster.
func (fs fixtures) of(input *ast.Term) (*input, error) {
	list, ok := input.Value.(*ast.Array)
	if !ok || list.Len() == 0 {
		return nil, errors.New("there is no input here, so no cluster to ask about: `with input as data.fixtures.NAME`")
	}
	if document, ok := list.Elem(0).Value.(ast.Object); ok {
		for _, f := range fs {
			if sameCluster(document, f.document) {
				return f.in, nil
			}
		}
	}
	return nil, fmt.Errorf("the input is no fixture as it is (%s), so nobody knows the cluster to ask about: "+
		"change the manifests, or say what is to be answered: `with tierlint.verdict as ...`", fs.names())
}

func (fs fixtures) names() string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.name
	}
	slices.Sort(names)
	if len(names) == 0 {
		return "there is none"
	}
	return strings.Join(names, ", ")
}

// sameCluster says whether two documents are the same, but for what the settings say to a rule.
func sameCluster(a, b ast.Object) bool {
	options := ast.StringTerm("options")
	count := func(o ast.Object) int {
		if o.Get(options) != nil {
			return o.Len() - 1
		}
		return o.Len()
	}
	if count(a) != count(b) {
		return false
	}
	return !a.Until(func(k, v *ast.Term) bool {
		if k.Equal(options) {
			return false
		}
		other := b.Get(k)
		return other == nil || !v.Equal(other)
	})
}
