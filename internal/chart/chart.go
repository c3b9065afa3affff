// Package chart renders Helm charts as `helm template` does, without a cluster and without the
// network, and knows which line of which template each line of the result comes from.
//
// The format of charts is read by Helm's own library, and the functions of templates are those of
// sprig, as in Helm. Helm's engine and its handling of values are not used but followed: they need
// the whole Kubernetes client (helm.sh/helm/v3 pkg/engine and pkg/chartutil, v3.18.6), and could
// neither be bounded nor say where a line comes from.
//
// What differs on every run in Helm (random names, certificates, the time) is always the same here,
// so that the same chart renders to the same bytes. Lookups find nothing. Templates that loop, or
// grow beyond all measure, are stopped.
package chart

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// Options say how a chart is released.
type Options struct {
	Release   string // its name; empty: the chart's
	Namespace string // empty: "default"
	// Values come on top of the chart's own; the last wins.
	Values []map[string]any
	// APIVersions are what the cluster has besides those of a recent Kubernetes with Calico.
	APIVersions []string
	KubeVersion string // empty: that of a recent Kubernetes
}

// Problem is something wrong with a chart.
type Problem struct {
	Kind    ProblemKind
	At      source.Span
	Message string // says the consequence
	Help    string // what to do; may be empty
}

// ProblemKind says what sort of thing is wrong.
type ProblemKind uint8

// The kinds of problems.
const (
	Broken  ProblemKind = iota // Helm refuses the chart
	Refused                    // Helm would render it, but it takes too much or leads out of the repository
	Missing                    // a part of the chart is elsewhere
	Needs                      // the chart says that it wants other values
)

// Rendered is what a chart renders to.
type Rendered struct {
	Name  string  // of the chart
	Texts []*Text // sorted by the names of the templates
	// CRDs are files of the chart that are installed as they are, as paths in the tree.
	CRDs     []string
	Files    []string // that were read, as in spans
	Problems []Problem
}

// Render renders the chart in a folder of the tree. What is wrong is among the problems, and the
// rest is rendered all the same.
func Render(ctx context.Context, t *discover.Tree, dir string, opts Options) *Rendered {
	l := &loading{t: t, dir: dir, byData: map[*byte]string{}, overridden: len(opts.Values) > 0}
	out := &l.out
	c := l.load()
	if c == nil {
		return out
	}
	out.Name = c.Name()
	values := map[string]any{}
	for _, v := range opts.Values {
		values = mergeTables(clone(v).(map[string]any), values)
	}
	enableDependencies(c, values, "")
	importValues(c)
	l.missing(c)
	top := coalesce(c, clone(values).(map[string]any), false)
	if !l.tables(c, top) {
		return out
	}
	l.checkSchema(c, top)
	l.crds(c)
	e := newEngine(ctx, l)
	for _, tpl := range e.parse(templates(c, release(c, opts, top))) {
		if text := e.render(tpl); text != nil {
			out.Texts = append(out.Texts, text)
		}
	}
	slices.SortFunc(out.Texts, func(a, b *Text) int { return strings.Compare(a.name, b.name) })
	return out
}

// ReadValues reads a file of values. What is wrong is a problem.
func ReadValues(t *discover.Tree, p string) (map[string]any, []Problem) {
	f, err := t.Load(p)
	if err != nil {
		return nil, []Problem{{At: t.Top(p), Message: "this file of values cannot be read: " + reason(err)}}
	}
	if problems := fatal(f); len(problems) > 0 {
		return nil, problems
	}
	values, err := parseValues(f.Content)
	if err != nil {
		return nil, []Problem{{At: t.Top(p), Message: "Helm cannot read these values: " + err.Error()}}
	}
	return values, nil
}

// fatal is the problems of a YAML file that Helm does not accept.
func fatal(f *yamldoc.File) []Problem {
	var out []Problem
	for _, p := range f.Problems {
		if p.Kind != yamldoc.DuplicateKey {
			out = append(out, Problem{At: p.At, Message: p.Message, Help: p.Help})
		}
	}
	return out
}

// release is what templates see at the top (pkg/chartutil/values.go: ToRenderValues).
func release(c *chart.Chart, opts Options, values map[string]any) map[string]any {
	return map[string]any{
		"Capabilities": newCapabilities(opts),
		"Values":       Values(values),
		"Release": map[string]any{
			"Name":      cmp.Or(opts.Release, c.Name()),
			"Namespace": cmp.Or(opts.Namespace, "default"),
			"IsUpgrade": false,
			"IsInstall": true,
			"Revision":  1,
			"Service":   "Helm",
		},
	}
}

// scoped is a template and what it sees.
type scoped struct {
	name, text, base string
	data             map[string]any
	from             *chart.File
	chart            *chart.Chart
}

// templates are those of a chart and its dependencies (pkg/engine/engine.go: recAllTpls).
func templates(c *chart.Chart, top map[string]any) []scoped {
	var out []scoped
	var add func(c *chart.Chart, above map[string]any) map[string]any
	add = func(c *chart.Chart, above map[string]any) map[string]any {
		subcharts := map[string]any{}
		data := map[string]any{
			"Chart": struct {
				chart.Metadata
				IsRoot bool
			}{*c.Metadata, c.IsRoot()},
			"Files":        newFiles(c.Files),
			"Release":      above["Release"],
			"Capabilities": above["Capabilities"],
			"Values":       Values{},
			"Subcharts":    subcharts,
		}
		values, _ := above["Values"].(Values)
		if c.IsRoot() {
			data["Values"] = values
		} else if own, err := values.Table(c.Name()); err == nil {
			data["Values"] = own
		}
		for _, child := range c.Dependencies() {
			subcharts[child.Name()] = add(child, data)
		}
		for _, f := range c.Templates {
			if strings.EqualFold(c.Metadata.Type, "library") && !strings.HasPrefix(path.Base(f.Name), "_") {
				continue
			}
			out = append(out, scoped{
				name: path.Join(c.ChartFullPath(), f.Name), text: string(f.Data), base: path.Join(c.ChartFullPath(), "templates"),
				data: data, from: f, chart: c,
			})
		}
		return data
	}
	add(c, top)
	// Helm parses the deepest first, so that what a parent defines wins.
	slices.SortFunc(out, func(a, b scoped) int {
		return cmp.Or(strings.Count(b.name, "/")-strings.Count(a.name, "/"), strings.Compare(b.name, a.name))
	})
	return slices.CompactFunc(out, func(a, b scoped) bool { return a.name == b.name })
}

func (l *loading) problem(kind ProblemKind, at source.Span, format string, args ...any) *Problem {
	l.out.Problems = append(l.out.Problems, Problem{Kind: kind, At: at, Message: fmt.Sprintf(format, args...)})
	return &l.out.Problems[len(l.out.Problems)-1]
}
