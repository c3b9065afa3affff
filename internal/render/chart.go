package render

import (
	"context"
	"strings"

	"github.com/tierlint/tierlint/internal/chart"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// chart renders a folder with a chart.
func (b *builder) chart(ctx context.Context) {
	var opts chart.Options
	for _, p := range b.Root.Values {
		values, problems := chart.ReadValues(b.t, p)
		b.chartProblems(problems)
		b.Files = append(b.Files, b.t.Display(p))
		opts.Values = append(opts.Values, values)
	}
	if d := b.Root.Deploy; d != nil {
		opts.Release, opts.Namespace = d.Release, d.Namespace
		opts.Values = append(opts.Values, d.Values)
	}
	r := b.inflate(ctx, b.Root.Path, opts)
	for _, text := range r.Texts {
		for _, d := range text.File.Documents {
			b.Stats.Documents++
			if !isObject(d.Root) {
				b.Stats.Other++
				continue
			}
			b.addTo(d.Root, func(n *yamldoc.Node) places {
				return &chartPlaces{rendered: plainPlaces{file: text.File, root: n}, text: text}
			})
		}
	}
	b.manifests(ctx, r.CRDs)
}

// inflate renders a chart and reports what is wrong with it.
func (b *builder) inflate(ctx context.Context, dir string, opts chart.Options) *chart.Rendered {
	r := chart.Render(ctx, b.t, dir, opts)
	if ctx.Err() != nil {
		b.Incomplete = true
	}
	b.Stats.Files += len(r.Files)
	b.Files = append(b.Files, r.Files...)
	b.chartProblems(r.Problems)
	for _, text := range r.Texts {
		for _, p := range text.File.Problems {
			b.textProblem(text, p)
		}
	}
	return r
}

// chartProblems reports what is wrong with a chart.
func (b *builder) chartProblems(problems []chart.Problem) {
	for _, p := range problems {
		b.Incomplete = true
		check, severity := CheckChart, diag.Error
		switch p.Kind {
		case chart.Broken:
		case chart.Refused:
			b.Stats.NotUnderstood++
		case chart.Missing:
			check, severity = CheckRemote, diag.Warning
		case chart.Needs:
			check, severity = CheckTemplate, diag.Warning
		}
		if p.Kind == chart.Missing || p.Kind == chart.Needs {
			b.Gaps = append(b.Gaps, model.Gap{At: source.Origin{Span: p.At}, Message: p.Message, Settle: p.Help})
		}
		b.report(check, severity, p.At, p.Message, p.Help)
	}
}

// textProblem reports what is wrong with the YAML that a template renders to.
func (b *builder) textProblem(text *chart.Text, p yamldoc.Problem) {
	d := diag.Diagnostic{Check: CheckChart, Severity: diag.Error, At: text.Origin(p.At), Message: "what this template renders to" + strings.TrimPrefix(": "+p.Message, ": this"), Help: p.Help}
	if p.Kind == yamldoc.DuplicateKey {
		d.Check = CheckManifest
		d.Related = []diag.Related{{At: text.Origin(p.First), Message: "first here"}}
	} else {
		b.Incomplete = true
		b.Stats.NotUnderstood++
	}
	b.diags = append(b.diags, d)
}

// chartPlaces are those of an object that a template renders to. They cannot be edited: what is
// written there is a template.
type chartPlaces struct {
	rendered plainPlaces // in the result
	text     *chart.Text
}

func (p *chartPlaces) origin(pointer string, key bool) source.Origin {
	return p.text.Origin(p.rendered.origin(pointer, key).Span)
}
