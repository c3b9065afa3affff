package regocheck

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// TestRun is what became of tests, by file and line, and what of the rules they ran through.
type TestRun struct {
	Results  []TestResult
	Coverage []Coverage // by file; of rules, not of tests
}

// Run runs the tests one after the other, sandboxed as the rules are. All fixtures must have been added.
// An error is a fault of ours.
func (t *Tests) Run(ctx context.Context) (*TestRun, error) {
	store := inmem.NewFromObjectWithOpts(t.data, inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
	compiler, err := t.compile(ctx, store)
	if err != nil {
		return nil, fmt.Errorf("compiling the tests: %w", err)
	}
	covered := cover.New()
	limits := strictLimits()
	out := &TestRun{}
	for _, test := range testRules(compiler.Modules) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r := TestResult{Name: test.name, At: originOf(test.rule.Loc()), Skipped: strings.HasPrefix(test.name, "todo_")}
		if !r.Skipped {
			t.run(compiler, store, &limits, &test, covered, &r)
		}
		out.Results = append(out.Results, r)
	}
	out.Coverage = t.coverage(covered)
	return out, nil
}

// compile compiles rules and tests. OPA's runner does it, because it makes failed cases of a test known.
func (t *Tests) compile(ctx context.Context, store storage.Store) (*ast.Compiler, error) {
	compiler, err := newCompiler()
	if err != nil {
		return nil, err
	}
	compiler.WithStrict(false).WithEnablePrintStatements(true).WithCapabilities(testCapabilities()).
		WithStageAfterID(ast.StageResolveRefs, ast.CompilerStageDefinition{Name: "Redirect", MetricName: "redirect", Stage: redirect})
	modules := map[string]*ast.Module{}
	for _, m := range t.modules {
		modules[m.Package.Location.File] = m
	}
	parsed, err := ast.ParseModuleWithOpts(redirections, redirectionsText, ast.ParserOptions{Capabilities: testCapabilities()})
	if err != nil {
		return nil, err
	}
	modules[redirections] = parsed
	none := tester.NewRunner().SetCompiler(compiler).SetModules(modules).SetStore(store).Filter("^$")
	results, err := none.RunTests(ctx, nil)
	if err != nil {
		return nil, err
	}
	for range results {
		return nil, errors.New("a test ran that was not asked for")
	}
	return compiler, nil
}

// run runs one test.
func (t *Tests) run(compiler *ast.Compiler, store storage.Store, l *limits, test *testRule, covered *cover.Cover, out *TestResult) {
	trace := newTestTracer(test.rule, covered)
	var result *tester.Result
	err := l.keep(func(ctx context.Context) error {
		runner := tester.NewRunner().SetCompiler(compiler).SetStore(store).SetPrefixMatchers(test.ref).SetParallel(1).
			SetTimeout(2 * l.time).RaiseBuiltinErrors(true).AddCustomBuiltins(t.made.functions()).SetCoverageQueryTracer(trace)
		results, err := runner.RunTests(ctx, nil)
		if err != nil {
			return err
		}
		for r := range results {
			if r.Location.Equal(test.rule.Loc()) {
				result = r
			}
		}
		if result == nil {
			return context.Cause(ctx)
		}
		return result.Error
	})
	if result != nil {
		out.Output = string(result.Output)
	}
	var stopped *topdown.Error
	switch {
	case errors.As(err, &stopped) && stopped.Location != nil && stopped.Location.File == redirections:
		out.failed(trace.called, "it stops here: "+strings.Replace(stopped.Message, "tierlint.fixture_", "tierlint.", 1))
	case errors.As(err, &stopped):
		out.failed(stopped.Location, "it stops here: "+stopped.Message)
	case err != nil:
		out.failed(nil, err.Error())
	case len(result.SubResults) > 0 && result.Fail:
		for path, sub := range result.SubResults.Iter {
			if sub.Fail && len(sub.SubResults) == 0 {
				out.failed(nil, "case "+strings.Join(path, "/"))
			}
		}
	case result.Fail && trace.failed != nil:
		out.failed(trace.failed.Location, "this does not hold: "+firstLine(trace.failed.Location))
	case result.Fail:
		out.failed(nil, "it is not true")
	}
}

// firstLine is the first line of what is at a place.
func firstLine(at *ast.Location) string {
	line, _, more := strings.Cut(string(at.Text), "\n")
	if more {
		line += " ..."
	}
	return line
}
