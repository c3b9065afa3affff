package regocheck

import (
	"context"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// set is rules that are compiled together.
type set struct {
	compiled func() (*program, error)
	// forgiving says that what is wrong with a rule is a finding; otherwise it is a failure of ours.
	forgiving bool
	limits    limits
}

// program is compiled rules and their data.
type program struct {
	compiler *ast.Compiler
	data     map[string]any
}

// compile compiles modules strictly: what is never used is an error.
func compile(modules []*ast.Module) (*program, error) { return compileWith(modules, true) }

func compileWith(modules []*ast.Module, strict bool) (*program, error) {
	c, err := newCompiler()
	if err != nil {
		return nil, err
	}
	typed(modules)
	return compileIn(c.WithStrict(strict), modules)
}

func compileIn(c *ast.Compiler, modules []*ast.Module) (*program, error) {
	byFile := map[string]*ast.Module{}
	for _, m := range modules {
		byFile[m.Package.Location.File] = m
	}
	if c.Compile(byFile); c.Failed() {
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
	in := inputOf(p)
	for _, e := range r.entries {
		err := s.ask(p, prog, in, r, e)
		switch {
		case err != nil && s.forgiving && !isFault(err):
			p.Report(atRuntime(err, e.at).diagnostic())
		case err != nil:
			return fmt.Errorf("%s: %w", e.query, err)
		}
	}
	return nil
}

// ask asks for the findings of one entry. What the rule sees, and the evaluation that it may ask for, are made
// before: they are no work of the rule's.
func (s *set) ask(p *check.Pass, prog *program, in *input, r *rule, e *entry) error {
	if s.forgiving {
		if _, err := p.Eval(); err != nil {
			return err
		}
	}
	report := func(found *result) error { return in.report(p, found, e) }
	if r.objects {
		objects := in.plain()
		tellAll(p, objects.unreadable)
		return s.limits.keep(func(ctx context.Context) error { return prog.aboutEach(ctx, in, e, objects.values, report) })
	}
	wanted := wantedBy(prog.compiler, e.query)
	document, err := in.document(wanted, p.Check.Options)
	if err != nil {
		return err
	}
	if wanted[sectionObjects] {
		tellAll(p, in.plain().unreadable)
	}
	return s.limits.keep(func(ctx context.Context) error {
		query, err := prog.prepare(ctx, e, in)
		if err != nil {
			return err
		}
		return prog.about(ctx, query, document, "", report)
	})
}

func tellAll(p *check.Pass, found []diag.Diagnostic) {
	for _, d := range found {
		p.Report(d)
	}
}

// aboutEach asks a rule about each object under review.
func (g *program) aboutEach(ctx context.Context, in *input, e *entry, objects []ast.Value, report func(*result) error) error {
	query, err := g.prepare(ctx, e, in)
	if err != nil {
		return err
	}
	for i, o := range in.all {
		if !o.Reviewed() || objects[i] == nil {
			continue
		}
		if err := g.about(ctx, query, objects[i], in.names.key(&o.Object), report); err != nil {
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

// about asks once, and hands over each finding.
func (g *program) about(ctx context.Context, query rego.PreparedEvalQuery, seen ast.Value, object string, report func(*result) error) error {
	rs, err := query.Eval(ctx, rego.EvalParsedInput(seen))
	if err != nil || len(rs) == 0 {
		return err
	}
	results, err := resultsOf(rs[0].Expressions[0].Value, object)
	if err != nil {
		return err
	}
	for i := range results {
		if err := report(&results[i]); err != nil {
			return err
		}
	}
	return nil
}

// inputOf is that of the pass's cluster, which all rules share.
func inputOf(p *check.Pass) *input {
	return check.Shared(p, func(*model.Cluster) *input { return newInput(p) })
}
