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
	o, v := in.oracle, newValues
	return []func(*rego.Rego){
		rego.Function4(verdictFunction, func(_ rego.BuiltinContext, from, to, protocol, port *ast.Term) (*ast.Term, error) {
			n, ok := port.Value.(ast.Number).Int()
			if !ok {
				return nil, fmt.Errorf("port %v: not from 0 to 65535", port)
			}
			a, err := o.verdict(question{text(from), text(to), text(protocol), n})
			if err != nil {
				return nil, err
			}
			return v().answered(&a, in.names), nil
		}),
		rego.Function2(reachableFunction, func(_ rego.BuiltinContext, from, to *ast.Term) (*ast.Term, error) {
			runs, err := o.reachable(text(from), text(to))
			if err != nil {
				return nil, err
			}
			return v().traffic(runs), nil
		}),
		rego.Function2(selectsFunction, func(_ rego.BuiltinContext, selector, labels *ast.Term) (*ast.Term, error) {
			known := map[string]string{}
			labels.Value.(ast.Object).Foreach(func(k, l *ast.Term) { known[text(k)] = text(l) })
			ok, err := o.selects(text(selector), known)
			if err != nil {
				return nil, err
			}
			return ast.InternedTerm(ok), nil
		}),
	}
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
