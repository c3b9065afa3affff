// Package render turns roots into the objects that a cluster would get, each of whose fields
// knows where it is written. It is the only package that uses kustomize.
// Charts are package chart's.
package render

import (
	"context"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// The checks in whose name rendering reports.
const (
	CheckManifest      = "invalid-manifest"
	CheckKustomization = "invalid-kustomization"
	CheckRemote        = "remote-resource"
	CheckTemplate      = "template-not-rendered"
	CheckChart         = "invalid-chart"
)

// Build is what one root renders to.
type Build struct {
	Root    discover.Root
	Objects []*Object // in the order of files and documents, or in kustomize's
	Stats   Stats
	Files   []string // that were read, as in spans; a base that several roots include is in each
	// Incomplete says that a part of the root could not be rendered; a diagnostic says which.
	Incomplete bool
	Gaps       []model.Gap
}

// Stats counts what was read.
type Stats struct {
	Files     int // that were read
	Documents int // YAML documents and JSON values in them
	Objects   int // Kubernetes objects, those in lists one by one
	Other     int // documents that are well-formed and no Kubernetes objects
	// NotUnderstood is the number of documents and files that could not be read.
	NotUnderstood int
}

// Add adds the counts of another build.
func (s *Stats) Add(o Stats) {
	s.Files += o.Files
	s.Documents += o.Documents
	s.Objects += o.Objects
	s.Other += o.Other
	s.NotUnderstood += o.NotUnderstood
}

// Render renders a root. Problems of the input are diagnostics, sorted; the rest is rendered all
// the same. The error of a cancelled context is not reported: the build is then Incomplete.
func Render(ctx context.Context, t *discover.Tree, r discover.Root) (*Build, []diag.Diagnostic) {
	b := &builder{t: t, Build: Build{Root: r}}
	switch r.Kind {
	case discover.Kustomize:
		b.kustomize(ctx)
	case discover.Chart:
		b.chart(ctx)
	case discover.Stdin:
		b.stdin()
	case discover.File:
		b.manifests(ctx, []string{r.Path})
	case discover.Manifests:
		b.manifests(ctx, r.Files)
	}
	b.deploy(r.Deploy)
	b.Stats.Objects = len(b.Objects)
	diag.Sort(b.diags)
	return &b.Build, b.diags
}

// builder is the work on one root.
type builder struct {
	Build
	t     *discover.Tree
	diags []diag.Diagnostic
}

func (b *builder) report(check string, severity diag.Severity, at source.Span, message, help string, fixes ...diag.Fix) {
	b.diags = append(b.diags, diag.Diagnostic{
		Check: check, Severity: severity, At: source.Origin{Span: at}, Message: message, Help: help, Fixes: fixes,
	})
}
