package regocheck

import (
	"bytes"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/load"
)

// objects is every object as it is written, after rendering.
func (in *input) objects(all []*load.Object) (*ast.Term, error) {
	out := make([]*ast.Term, 0, len(all))
	for _, o := range all {
		content, err := plain(o)
		if err != nil {
			return nil, err
		}
		out = append(out, in.head(&o.Object,
			field{"file", in.some(o.Origin("").File)},
			field{"content", ast.NewTerm(content)},
		))
	}
	return in.list(out), nil
}

// plain is one object and nothing else, as rules that know only manifests see it.
func plain(o *load.Object) (ast.Value, error) {
	text, err := o.JSON()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", o, err)
	}
	value, err := ast.ValueFromReader(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", o, err)
	}
	return value, nil
}
