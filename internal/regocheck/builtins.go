package regocheck

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/types"

	"github.com/tierlint/tierlint/internal/model"
)

// The functions that rules have besides Rego's own. They are pure.
var (
	verdictFunction = &rego.Function{
		Name:        "tierlint.verdict",
		Description: "what becomes of a connection",
		Decl: types.NewFunction(types.Args(
			types.Named("from", types.S), types.Named("to", types.S), types.Named("protocol", types.S), types.Named("port", types.N),
		), types.NewObject([]*types.StaticProperty{
			types.NewStaticProperty("verdict", types.S),
			types.NewStaticProperty("decided", types.NewObject([]*types.StaticProperty{
				types.NewStaticProperty("text", types.S),
				types.NewStaticProperty("direction", types.S),
				types.NewStaticProperty("object", types.S),
				types.NewStaticProperty("pointer", types.S),
				types.NewStaticProperty("tier", types.S),
			}, nil)),
		}, nil)),
	}
	reachableFunction = &rego.Function{
		Name:        "tierlint.reachable",
		Description: "what certainly gets from one end to another",
		Decl: types.NewFunction(types.Args(types.Named("from", types.S), types.Named("to", types.S)),
			types.NewArray(nil, types.NewObject([]*types.StaticProperty{
				types.NewStaticProperty("protocol", types.S),
				types.NewStaticProperty("first", types.N),
				types.NewStaticProperty("last", types.N),
			}, nil))),
	}
	selectsFunction = &rego.Function{
		Name:        "tierlint.selects",
		Description: "whether a selector of Calico's matches labels",
		Decl: types.NewFunction(types.Args(
			types.Named("selector", types.S), types.Named("labels", types.NewObject(nil, types.NewDynamicProperty(types.S, types.S))),
		), types.B),
	}
)

// declared is the functions as the compiler knows them.
func declared() []*ast.Builtin {
	var out []*ast.Builtin
	for _, f := range []*rego.Function{verdictFunction, reachableFunction, selectsFunction} {
		out = append(out, &ast.Builtin{Name: f.Name, Description: f.Description, Decl: f.Decl})
	}
	return out
}

// builtins has the functions answered for one cluster.
func (in *input) builtins() []func(*rego.Rego) {
	return []func(*rego.Rego){
		rego.Function4(verdictFunction, func(_ rego.BuiltinContext, from, to, protocol, port *ast.Term) (*ast.Term, error) {
			return in.askVerdict(from, to, protocol, port)
		}),
		rego.Function2(reachableFunction, func(_ rego.BuiltinContext, from, to *ast.Term) (*ast.Term, error) {
			return in.askReachable(from, to)
		}),
		rego.Function2(selectsFunction, func(_ rego.BuiltinContext, selector, labels *ast.Term) (*ast.Term, error) {
			return in.oracle.askSelects(selector, labels)
		}),
	}
}

func (in *input) askVerdict(from, to, protocol, port *ast.Term) (*ast.Term, error) {
	number, ok := port.Value.(ast.Number)
	n, whole := 0, false
	if ok {
		n, whole = number.Int()
	}
	if !whole {
		return nil, fmt.Errorf("port %v: not from 0 to 65535", port)
	}
	a, err := in.oracle.verdict(question{text(from), text(to), text(protocol), n})
	if err != nil {
		return nil, err
	}
	return newValues().answered(&a, in.names), nil
}

func (in *input) askReachable(from, to *ast.Term) (*ast.Term, error) {
	runs, err := in.oracle.reachable(text(from), text(to))
	if err != nil {
		return nil, err
	}
	return newValues().traffic(runs), nil
}

// askSelects needs nothing of the cluster.
func (o *oracle) askSelects(selector, labels *ast.Term) (*ast.Term, error) {
	of, ok := labels.Value.(ast.Object)
	if !ok {
		return nil, fmt.Errorf("labels %v: no mapping of texts to texts", labels)
	}
	known := map[string]string{}
	of.Foreach(func(k, l *ast.Term) { known[text(k)] = text(l) })
	ok, err := o.selects(text(selector), known)
	if err != nil {
		return nil, err
	}
	return ast.InternedTerm(ok), nil
}

// text is the text that a term is; of anything else, as Rego writes it.
func text(t *ast.Term) string {
	if s, ok := t.Value.(ast.String); ok {
		return string(s)
	}
	return t.String()
}

// answered is an answer as rules see it.
func (v *values) answered(a *answer, n *names) *ast.Term {
	fields := []field{{"text", v.text(a.text())}}
	if a.why == "" {
		fields = append(fields, field{"direction", v.text(a.direction.String())})
	}
	var at *model.Object
	switch {
	case a.By.Rule != nil:
		at = &a.By.Rule.Policy.Object
		fields = append(fields, field{"pointer", v.text(a.By.Rule.At)}, field{"tier", v.text(a.By.Rule.Policy.Tier.Name)})
	case a.By.Policy != nil:
		at = &a.By.Policy.Object
		fields = append(fields, field{"pointer", v.text(a.By.Policy.SelectorAt)}, field{"tier", v.text(a.By.Tier.Name)})
	}
	if at != nil {
		fields = append(fields, field{"object", v.text(n.keys[at])})
	}
	return v.object(field{"verdict", v.text(a.Verdict.String())}, field{"decided", v.object(fields...)})
}
