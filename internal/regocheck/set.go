package regocheck

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/model"
)

// timeout bounds one rule on one cluster.
const timeout = 10 * time.Second

var errTimeout = fmt.Errorf("stopped, because it took longer than %v", timeout)

// set is rules that are compiled together and share the input documents.
type set struct {
	compiled func() (*program, error)

	mu     sync.Mutex
	inputs map[*model.Cluster]func() (*input, error)
}

// program is compiled rules, and what they ask of the input document.
type program struct {
	compiler *ast.Compiler
	wants    wants
}

func newSet(modules []*ast.Module) *set {
	return &set{
		compiled: sync.OnceValues(func() (*program, error) { return compile(modules) }),
		inputs:   map[*model.Cluster]func() (*input, error){},
	}
}

func compile(modules []*ast.Module) (*program, error) {
	byFile := map[string]*ast.Module{}
	for _, m := range modules {
		byFile[m.Package.Location.File] = m
	}
	c, err := newCompiler()
	if err != nil {
		return nil, err
	}
	typed(modules)
	if c.Compile(byFile); c.Failed() {
		return nil, c.Errors
	}
	return &program{compiler: c, wants: wanted(c.Modules)}, nil
}

func newCompiler() (*ast.Compiler, error) {
	known, err := schemas()
	if err != nil {
		return nil, err
	}
	return ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities()).
		WithUseTypeCheckAnnotations(true).WithSchemas(known), nil
}

// run evaluates one rule, the set at query, and reports its findings.
func (s *set) run(p *check.Pass, query string) error {
	prog, err := s.compiled()
	if err != nil {
		return fmt.Errorf("compile the rules: %w", err)
	}
	in, err := s.input(p, prog.wants)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	results, err := prog.eval(ctx, query, in.value, in.builtins()...)
	if err != nil {
		return err
	}
	for _, r := range results {
		d, err := in.diagnostic(r)
		if err != nil {
			return err
		}
		p.Report(d)
	}
	return nil
}

// input returns the document of the pass's cluster, which all rules of the set share.
func (s *set) input(p *check.Pass, w wants) (*input, error) {
	s.mu.Lock()
	document, ok := s.inputs[p.Cluster]
	if !ok {
		document = sync.OnceValues(func() (*input, error) { return newInput(p, w) })
		s.inputs[p.Cluster] = document
	}
	s.mu.Unlock()
	return document()
}

// eval evaluates the set at query.
func (g *program) eval(ctx context.Context, query string, input ast.Value, functions ...func(*rego.Rego)) ([]result, error) {
	options := append(functions,
		rego.Compiler(g.compiler), rego.Query(query), rego.ParsedInput(input), rego.StrictBuiltinErrors(true))
	rs, err := rego.New(options...).Eval(ctx)
	if topdown.IsCancel(err) {
		return nil, fmt.Errorf("%s: %w", query, errTimeout)
	}
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %w", query, err)
	}
	if len(rs) == 0 {
		return nil, nil
	}
	var out []result
	if err := strictly(rs[0].Expressions[0].Value, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	return out, nil
}

// strictly decodes a value of Rego's into out; fields that out does not have are an error.
func strictly(value, out any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(out)
}
