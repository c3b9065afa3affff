package regocheck

import (
	"bytes"
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// objects is every object as it is written, after rendering.
func (in *input) objects() *ast.Term {
	out := make([]*ast.Term, 0, len(in.all))
	for i, content := range in.plain().values {
		if content == nil {
			continue
		}
		o := in.all[i]
		out = append(out, in.head(&o.Object,
			field{"file", in.some(o.Origin("").File)},
			field{"content", ast.NewTerm(content)},
		))
	}
	return in.list(out)
}

// plainObjects is each object and nothing else; nil for one that is no JSON, which unreadable are findings about.
type plainObjects struct {
	values     []ast.Value
	unreadable []diag.Diagnostic
}

func (in *input) plainObjects() *plainObjects {
	p := &plainObjects{values: make([]ast.Value, len(in.all))}
	for i, o := range in.all {
		value, err := plain(o)
		if err == nil {
			p.values[i] = value
			continue
		}
		at := ""
		if where := (*yamldoc.ValueError)(nil); errors.As(err, &where) {
			at = where.Pointer
		}
		p.unreadable = append(p.unreadable, diag.Diagnostic{
			Check: load.CheckManifest, Severity: diag.Error, At: o.Origin(at), Object: o.String(),
			Message: "rules in Rego do not see this object, because the API server rejects it: " + err.Error(),
		})
	}
	return p
}

// plain is one object and nothing else, as rules that know only manifests see it.
func plain(o *load.Object) (ast.Value, error) {
	text, err := o.JSON()
	if err != nil {
		return nil, err
	}
	return ast.ValueFromReader(bytes.NewReader(text))
}
