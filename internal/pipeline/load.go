package pipeline

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/report"
)

// Load renders what the paths make and loads it, without checking anything.
func Load(ctx context.Context, opts Options) (*Loaded, error) {
	opts.say("rendering")
	in, err := read(ctx, &opts)
	if err != nil {
		return nil, err
	}
	opts.say("loading")
	l := &Loaded{
		Environments: make([]check.Environment, len(in.environments)),
		Groups:       make([]Group, len(in.environments)),
		Summary:      in.summary, close: in.close, files: in.reviewed(), source: in.text, inRepository: in.inRepository,
	}
	found := make([][]diag.Diagnostic, len(in.environments))
	parallel(len(in.environments), func(i int) {
		if ctx.Err() == nil {
			l.Environments[i], found[i] = in.environments[i].cluster(ctx, &opts)
		}
	})
	if err := ctx.Err(); err != nil {
		_ = l.Close()
		return nil, err
	}
	l.Findings = append(check.Combine(found, l.Environments), in.findings...)
	diag.Sort(l.Findings)
	l.Gaps = slices.Concat(eachOnce(in.gaps), gaps(l.Environments))
	l.count(in)
	for i := range in.environments {
		e := &in.environments[i]
		l.Groups[i] = e.Group
		l.Summary.Platforms = append(l.Summary.Platforms, e.Platform)
		l.Summary.ContextObjects = max(l.Summary.ContextObjects, e.contextObjects)
		l.annotated = append(l.annotated, annotatedIn(e)...)
	}
	return l, nil
}

// cluster loads one environment.
func (e *rendered) cluster(ctx context.Context, opts *Options) (check.Environment, []diag.Diagnostic) {
	said := opts.cluster(e.named)
	var guessed bool
	var unclear []model.Gap
	e.Platform, guessed, unclear = platformOf(said.Platform, e)
	e.Version = cmp.Or(said.Version, model.DefaultVersion)
	c, found := load.Cluster(e.objects, load.Options{
		Version: said.Version, Platform: e.Platform.Name, PodCIDRs: said.PodCIDRs,
	})
	c.PlatformGuessed, c.PlatformSaid = guessed, said.Platform != ""
	c.Gaps = append(c.Gaps, unclear...)
	return check.Environment{
		Name: e.Name, Cluster: c, Objects: e.objects, Files: e.files, Context: e.context,
		Analysis: sync.OnceValues(func() (*eval.Analysis, error) { return eval.New(ctx, c) }),
	}, found
}

// sameGap is what gaps have in common that say the same.
func sameGap(g model.Gap) string { return g.At.String() + "\x00" + g.Message }

// eachOnce leaves out gaps that are there already: a base is rendered for each overlay, and says
// each time what it lacks.
func eachOnce(gs []report.Gap) []report.Gap {
	seen := map[string]bool{}
	var out []report.Gap
	for _, g := range gs {
		if !seen[sameGap(g.Gap)] {
			seen[sameGap(g.Gap)] = true
			out = append(out, g)
		}
	}
	return out
}

// gaps is what is not known in any environment, each once.
func gaps(envs []check.Environment) []report.Gap {
	var out []report.Gap
	at := map[string]int{}
	for _, e := range envs {
		for _, g := range e.Cluster.Gaps {
			n, ok := at[sameGap(g)]
			if !ok {
				n = len(out)
				at[sameGap(g)] = n
				out = append(out, report.Gap{Gap: g})
			}
			if e.Name != "" && !slices.Contains(out[n].Environments, e.Name) {
				out[n].Environments = append(out[n].Environments, e.Name)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b report.Gap) int {
		return cmp.Or(a.At.Compare(b.At.Span), cmp.Compare(a.Message, b.Message))
	})
	return out
}

// written is an object as it was rendered: one that several environments share is one.
type written = model.Positions

// count counts what the clusters have of what is under review.
func (l *Loaded) count(in *input) {
	policies, tiers := map[written]bool{}, map[written]bool{}
	workloads, services := map[written]bool{}, map[written]bool{}
	add := func(to map[written]bool, o *model.Object) {
		if o.Reviewed() {
			to[o.Positions] = true
		}
	}
	for i, e := range l.Environments {
		maps.Copy(policies, in.environments[i].policies)
		for _, t := range e.Cluster.Tiers {
			add(tiers, &t.Object)
		}
		for _, w := range e.Cluster.Endpoints {
			add(workloads, &w.Object)
		}
		for _, s := range e.Cluster.Services {
			add(services, &s.Object)
		}
	}
	l.Summary.Environments = len(l.Environments)
	l.Summary.Policies, l.Summary.Tiers = len(policies), len(tiers)
	l.Summary.Workloads, l.Summary.Services = len(workloads), len(services)
}
