package render

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/chart"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// inflated is what a template of a chart in a kustomization renders to.
type inflated struct {
	text    *chart.Text
	dropped []*yamldoc.Document // which the kustomization leaves out
}

// inflateCharts renders the charts of a kustomization, and puts the result in their place. kustomize
// would run the helm program, and fetch what is not there.
func (p *planner) inflateCharts(l *layer, prep *prepared) {
	if old := yamldoc.Find(l.k.Root, "/helmChartInflationGenerator"); old.Rest == "" {
		prep.drop("/helmChartInflationGenerator")
		p.notInflated(l.span(old.Key), "this form of chart is deprecated and not rendered, so what it adds is not checked", "helmCharts, with the same chart")
	}
	entries := yamldoc.Items(l.k.Root, "/helmCharts")
	if yamldoc.Find(l.k.Root, "/helmCharts").Rest == "" {
		prep.drop("/helmCharts")
	}
	for i, n := range entries {
		name := yamldoc.Text(n, "/name")
		at := l.spanAt(fmt.Sprintf("/helmCharts/%d/name", i), false)
		dir := p.t.ChartDir(l.k, n)
		if dir != "" && !p.stop {
			p.inflateChart(l, prep, n, i, dir)
			continue
		}
		what, settle := name, "keep the chart in the folder charts of this kustomization"
		if repo := yamldoc.Text(n, "/repo"); repo != "" {
			what += " from " + repo
			settle = fmt.Sprintf("helm pull %s --repo %s --untar --untardir %s", name, repo, p.t.Display(p.t.ChartHome(l.k, n)))
			if version := yamldoc.Text(n, "/version"); version != "" {
				settle += " --version " + version
			}
		}
		p.gap(at, "the chart "+what+" is not fetched", settle)
		p.report(CheckRemote, diag.Warning, at, "the chart "+what+" is not in this repository and not fetched, so what it adds is not checked", settle)
	}
}

func (p *planner) notInflated(at source.Span, message, help string) {
	p.gap(at, message, help)
	p.report(CheckTemplate, diag.Warning, at, message, help)
}

// inflateChart renders one chart.
func (p *planner) inflateChart(l *layer, prep *prepared, n *yamldoc.Node, i int, dir string) {
	pointer := fmt.Sprintf("/helmCharts/%d", i)
	at := l.spanAt(pointer+"/name", false)
	entry := discover.Ref{Role: discover.Include, Pointer: pointer, Entry: pointer}
	r := p.inflate(p.ctx, dir, chart.Options{
		Release: yamldoc.Text(n, "/releaseName"), Namespace: yamldoc.Text(n, "/namespace"),
		Values: p.valuesOf(l, n, dir), KubeVersion: yamldoc.Text(n, "/kubeVersion"), APIVersions: texts(n, "/apiVersions"),
	})
	for j, text := range r.Texts {
		if p.bytes += len(text.File.Content); p.bytes > maxRead {
			p.tooLarge(at)
			return
		}
		to := path.Join(l.k.Dir, fmt.Sprintf(".chart-%d-%d.yaml", i, j))
		c := &inflated{text: text}
		for _, d := range text.File.Documents {
			p.Stats.Documents++
			if !isObject(d.Root) || leftOut(n, d.Root) {
				c.dropped = append(c.dropped, d)
			}
		}
		if len(c.dropped) < len(text.File.Documents) {
			p.charts[to] = c
			prep.charts = append(prep.charts, use{path: to, ref: entry, at: at})
		}
	}
	if yamldoc.Text(n, "/includeCRDs") == "true" {
		for _, crd := range r.CRDs {
			prep.charts = append(prep.charts, use{path: crd, ref: entry, at: at})
		}
	}
}

// valuesOf is the values that an entry gives a chart, the last wins (kustomize api/internal/builtins/
// HelmChartInflationGenerator.go, v0.21.2).
func (p *planner) valuesOf(l *layer, n *yamldoc.Node, dir string) []map[string]any {
	read := func(name string) map[string]any {
		to, err := p.t.Resolve(path.Join(l.k.Dir, name))
		if err != nil {
			return nil // which is said of the file as of others that the kustomization names
		}
		values, problems := chart.ReadValues(p.t, to)
		p.chartProblems(problems)
		p.Files = append(p.Files, p.t.Display(to))
		return values
	}
	var inline, file map[string]any
	if found := yamldoc.Find(n, "/valuesInline"); found.Rest == "" {
		if v, err := yamldoc.Value(found.Value); err == nil {
			inline, _ = v.(map[string]any)
		}
	}
	how := yamldoc.Text(n, "/valuesMerge")
	if name := yamldoc.Text(n, "/valuesFile"); name != "" {
		file = read(name)
	} else if own := path.Join(dir, "values.yaml"); how == "merge" && p.t.IsFile(own) {
		file, _ = chart.ReadValues(p.t, own)
	}
	out := []map[string]any{file, inline}
	switch {
	case how == "merge":
		out = []map[string]any{inline, file}
	case how == "replace" && inline != nil:
		out = []map[string]any{inline}
	}
	for _, name := range texts(n, "/additionalValuesFiles") {
		out = append(out, read(name))
	}
	return out
}

// texts is the list of texts at a pointer.
func texts(n *yamldoc.Node, pointer string) []string {
	var out []string
	for _, item := range yamldoc.Items(n, pointer) {
		out = append(out, target(item).Value)
	}
	return out
}

// leftOut says whether an entry leaves an object of its chart out: hooks, or tests, which are hooks.
func leftOut(entry, object *yamldoc.Node) bool {
	hooks := yamldoc.Text(object, "/metadata/annotations/helm.sh~1hook")
	if hooks == "" {
		return false
	}
	return yamldoc.Text(entry, "/skipHooks") == "true" || yamldoc.Text(entry, "/skipTests") == "true" &&
		slices.ContainsFunc(strings.Split(hooks, ","), func(h string) bool { return strings.HasPrefix(strings.TrimSpace(h), "test") })
}

// addCharts puts what charts render to among the resources.
func (p *prepared) addCharts(root map[string]any) {
	if len(p.charts) == 0 {
		return
	}
	resources, _ := root["resources"].([]any)
	for _, u := range p.charts {
		resources = append(resources, onStage(u.path))
	}
	root["resources"] = resources
}

// origin is where something is written that is in a file of the stage: in a template, if a chart
// rendered to it.
func (s *stage) origin(file string, at source.Span, via []source.Span) source.Origin {
	text := s.charts[file]
	if text == nil {
		return source.Origin{Span: at, Via: via}
	}
	o := text.Origin(at)
	o.Via = append(o.Via, via...)
	return o
}
