package regocheck

import (
	"context"
	"fmt"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/model"
)

// set is rules that are compiled together and share the input documents.
type set struct {
	compiled func() (*program, error)
	// forgiving says that what is wrong with a rule is a finding; otherwise it is a failure of ours.
	forgiving bool
	limits    limits
	inputs    *inputs
}

// inputs is what rules see, by cluster.
type inputs struct {
	mu sync.Mutex
	of map[*model.Cluster]*input
}

func newInputs() *inputs { return &inputs{of: map[*model.Cluster]*input{}} }

// program is compiled rules and their data.
type program struct {
	compiler *ast.Compiler
	data     map[string]any
}

// compile compiles modules strictly: what is never used is an error.
func compile(modules []*ast.Module) (*program, error) { return compileWith(modules, true) }

func compileWith(modules []*ast.Module, strict bool) (*program, error) {
	byFile := map[string]*ast.Module{}
	for _, m := range modules {
		byFile[m.Package.Location.File] = m
	}
	c, err := newCompiler()
	if err != nil {
		return nil, err
	}
	typed(modules)
	if c.WithStrict(strict).Compile(byFile); c.Failed() {
		return nil, c.Errors
	}
	return &program{compiler: c}, nil
}

func newCompiler() (*ast.Compiler, error) {
	known, err := schemas()
	if err != nil {
		return nil, err
	}
	return ast.NewCompiler().SetErrorLimit(0).WithStrict(true).WithCapabilities(capabilities()).
		WithUseTypeCheckAnnotations(true).WithSchemas(known), nil
}

// run evaluates one rule and reports its findings, and what is wrong with it where it is somebody else's.
func (s *set) run(p *check.Pass, r *rule) error {
	prog, err := s.compiled()
	if err != nil {
		return fmt.Errorf("compile the rules: %w", err)
	}
	in := s.input(p)
	for _, e := range r.entries {
		err := s.limits.keep(func(ctx context.Context) error {
			if r.objects {
				return prog.aboutEach(ctx, p, in, e)
			}
			return prog.about(ctx, p, in, e)
		})
		switch {
		case err != nil && s.forgiving && !isFault(err):
			p.Report(atRuntime(err, e.at).diagnostic())
		case err != nil:
			return fmt.Errorf("%s: %w", e.query, err)
		}
	}
	return nil
}

// about asks a rule about the document.
func (g *program) about(ctx context.Context, p *check.Pass, in *input, e *entry) error {
	query, err := g.prepare(ctx, e, in)
	if err != nil {
		return err
	}
	document, err := in.document(wantedBy(g.compiler, e.query), p.Check.Options)
	if err != nil {
		return err
	}
	return g.ask(ctx, query, document, "", func(r *result) error { return in.report(p, r, e) })
}

// aboutEach asks a rule about each object under review.
func (g *program) aboutEach(ctx context.Context, p *check.Pass, in *input, e *entry) error {
	query, err := g.prepare(ctx, e, in)
	if err != nil {
		return err
	}
	objects, err := in.plain()
	if err != nil {
		return err
	}
	for i, o := range in.all {
		if !o.Reviewed() {
			continue
		}
		err := g.ask(ctx, query, objects[i], in.names.keys[&o.Object], func(r *result) error { return in.report(p, r, e) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *program) prepare(ctx context.Context, e *entry, in *input) (rego.PreparedEvalQuery, error) {
	options := append(in.builtins(), rego.Compiler(g.compiler), rego.Query(e.query.String()), rego.StrictBuiltinErrors(true))
	if g.data != nil {
		options = append(options, rego.Store(inmem.NewFromObject(g.data)))
	}
	return rego.New(options...).PrepareForEval(ctx)
}

// ask asks once, and hands over each finding.
func (g *program) ask(ctx context.Context, query rego.PreparedEvalQuery, about ast.Value, object string, found func(*result) error) error {
	rs, err := query.Eval(ctx, rego.EvalParsedInput(about))
	if err != nil || len(rs) == 0 {
		return err
	}
	results, err := resultsOf(rs[0].Expressions[0].Value, object)
	if err != nil {
		return err
	}
	for i := range results {
		if err := found(&results[i]); err != nil {
			return err
		}
	}
	return nil
}

// input is that of the pass's cluster, which all rules of the set share.
func (s *set) input(p *check.Pass) *input {
	s.inputs.mu.Lock()
	defer s.inputs.mu.Unlock()
	in := s.inputs.of[p.Cluster]
	if in == nil {
		in = newInput(p)
		s.inputs.of[p.Cluster] = in
	}
	return in
}
