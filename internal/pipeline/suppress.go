package pipeline

import (
	"encoding/json"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/render"
	"github.com/tierlint/tierlint/internal/suppress"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// loadingChecks are the checks whose findings are made while rendering and loading, so that they
// always run.
func loadingChecks() []string {
	return []string{
		load.CheckManifest, load.CheckPolicy, load.CheckSelector, load.CheckDuplicate, load.CheckAPI,
		load.CheckEnterprise, load.CheckVersion,
		render.CheckKustomization, render.CheckRemote, render.CheckTemplate,
	}
}

// hide applies directives and the baseline to findings.
func (l *Loaded) hide(found []diag.Diagnostic, opts *Options) suppress.Result {
	on := loadingChecks()
	for _, c := range wanted(opts.Checks, opts.Levels) {
		on = append(on, c.ID)
	}
	return suppress.Apply(suppress.Input{
		Findings: found, Files: l.files, Objects: l.annotated, Known: opts.KnownChecks, Baseline: opts.Baseline,
		Ran: func(id string) bool { return slices.Contains(on, id) && !opts.Levels[id].Off },
	})
}

// annotatedIn is the objects under review that have the annotation which hides findings.
func annotatedIn(e *rendered) []suppress.Annotated {
	var out []suppress.Annotated
	for _, o := range e.objects {
		if !o.Reviewed() || !o.Positions.Has(suppress.AnnotationPointer) {
			continue
		}
		var v struct {
			Metadata struct {
				Annotations map[string]any `json:"annotations"`
			} `json:"metadata"`
		}
		data, err := o.JSON()
		if err != nil || json.Unmarshal(data, &v) != nil {
			continue // which loading reports
		}
		text, ok := v.Metadata.Annotations[suppress.AnnotationName].(string)
		if !ok {
			continue
		}
		out = append(out, suppress.Annotated{
			Object: o.String(), Environment: e.Name, Text: text,
			At: o.Origin(suppress.AnnotationPointer).Span, Written: o.KeyOrigin("/metadata/name").Span,
		})
	}
	return out
}

// reviewed is the files under review, in the order of their names.
func (in *input) reviewed() []*yamldoc.File {
	names := map[string]bool{}
	for _, e := range in.environments {
		for f := range e.files {
			names[f] = true
		}
	}
	var out []*yamldoc.File
	for _, name := range sortedKeys(names) {
		if f := in.file(name); f != nil {
			out = append(out, f)
		}
	}
	return out
}
