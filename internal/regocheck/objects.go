package regocheck

import (
	"bytes"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/load"
)

// objects is every object as it is written, after rendering.
func (in *input) objects() (*ast.Term, error) {
	contents, err := in.plain()
	if err != nil {
		return nil, err
	}
	out := make([]*ast.Term, 0, len(in.all))
	for i, o := range in.all {
		out = append(out, in.head(&o.Object,
			field{"file", in.some(o.Origin("").File)},
			field{"content", ast.NewTerm(contents[i])},
		))
	}
	return in.list(out), nil
}

// plainObjects is each object and nothing else.
func (in *input) plainObjects() ([]ast.Value, error) {
	out := make([]ast.Value, len(in.all))
	for i, o := range in.all {
		var err error
		if out[i], err = plain(o); err != nil {
			return nil, err
		}
	}
	return out, nil
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
