// Package deploy reads what says which cluster gets which folder of the repository: Argo CD's
// Application and ApplicationSet, and Flux's Kustomization and HelmRelease.
//
// Each cluster of which these objects speak is an environment:
//
//   - An Application belongs to the cluster of its destination, by name or else by server. The cluster
//     that Argo CD itself runs in has no name of its own: there, and for Flux, the folder counts that
//     the object lies in, or that of the object which deploys that folder, and so on.
//   - A folder is called by its last segment, or by the first in which it differs from the others.
//   - One cluster needs no name: then the rules of package environment hold, as without such objects.
//
// The repository that an object names is taken to be this one if the path in it exists here, from the
// top of the repository or from a folder around the object.
package deploy

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/render"
	"github.com/tierlint/tierlint/internal/source"
)

// Deployed is what the objects of builds deploy.
type Deployed struct {
	Roots []discover.Root // in order; a root that several clusters get is there for each
	// Holders are the environments of the roots that hold such objects for their own cluster, by path.
	Holders map[string]string
	Gaps    []model.Gap // what is not in this repository
}

// source of a deployment: a folder of the repository, or a chart in it.
type deployment struct {
	object  *render.Object
	holder  string // the path of the root that the object is in
	path    string // in the tree
	recurse bool   // all manifests below count, not only those in the folder
	values  []string
	deploy  discover.Deploy
	cluster string // of the destination; empty: the one that the object is in
}

// Find reads the objects of builds.
func Find(t *discover.Tree, builds []*render.Build) (*Deployed, error) {
	f := &finder{t: t, repositories: repositories(builds)}
	for _, b := range builds {
		for _, o := range b.Objects {
			f.object(b.Root.Path, o)
		}
	}
	return f.deployed()
}

// finder is the work on some builds.
type finder struct {
	t            *discover.Tree
	repositories map[string]string // "namespace/name" of a GitRepository -> URL
	all          []deployment
	gaps         []model.Gap
}

// object reads one object.
func (f *finder) object(holder string, o *render.Object) {
	group, _, _ := strings.Cut(o.APIVersion, "/")
	switch group + "/" + o.Kind {
	case "argoproj.io/Application":
		f.application(holder, o, read(o))
	case "argoproj.io/ApplicationSet":
		f.applicationSet(holder, o, read(o))
	case "kustomize.toolkit.fluxcd.io/Kustomization":
		f.kustomization(holder, o, read(o))
	case "helm.toolkit.fluxcd.io/HelmRelease":
		f.helmRelease(holder, o, read(o))
	}
}

// add adds a deployment of a path, if there is something at it.
func (f *finder) add(d deployment, p string, at source.Origin) {
	real, _, ok := f.locate(d.holder, p)
	if !ok || !f.t.IsDir(real) {
		f.gap(at, fmt.Sprintf("%s deploys the folder %s, which is not in this repository", d.object, p), "the other repository, as a context")
		return
	}
	if real == "." && !f.t.IsChart(real) && f.t.Kustomization(real) == nil {
		return // a whole repository, which need not be this one
	}
	d.path = real
	d.deploy.By = d.object.String()
	f.all = append(f.all, d)
}

// locate finds a path, and the folder that it is relative to: the top of the repository, or else the
// closest folder around the object, for a repository may be kept inside of another one.
func (f *finder) locate(holder, p string) (real, from string, ok bool) {
	p = strings.TrimPrefix(path.Clean("/"+p), "/")
	if p == "" {
		p = "."
	}
	from = "."
	for next := holder; ; next = path.Dir(next) {
		if real, err := f.t.Resolve(path.Join(from, p)); err == nil {
			return real, from, true
		}
		if next == "." || next == "-" {
			return "", "", false
		}
		from = next
	}
}

func (f *finder) gap(at source.Origin, message, settle string) {
	f.gaps = append(f.gaps, model.Gap{At: at, Message: message, Settle: settle})
}

// deployed turns what was read into roots.
func (f *finder) deployed() (*Deployed, error) {
	out := &Deployed{Gaps: f.gaps, Holders: map[string]string{}}
	names := f.names()
	for i := range f.all {
		d := &f.all[i]
		key := f.key(d)
		if d.cluster == "" {
			out.Holders[d.holder] = names[key]
		}
		roots, err := f.roots(d)
		if err != nil {
			return nil, err
		}
		for _, r := range roots {
			r.Environment = names[key]
			if !slices.ContainsFunc(out.Roots, func(o discover.Root) bool { return sameRoot(o, r) }) {
				out.Roots = append(out.Roots, r)
			}
		}
	}
	slices.SortStableFunc(out.Roots, func(a, b discover.Root) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Environment, b.Environment), strings.Compare(a.Deploy.By, b.Deploy.By))
	})
	return out, nil
}

// sameRoot says whether two deployments put the same into the same cluster.
func sameRoot(a, b discover.Root) bool {
	return a.Path == b.Path && a.Kind == b.Kind && a.Environment == b.Environment && a.Deploy.Namespace == b.Deploy.Namespace &&
		a.Deploy.Release == b.Deploy.Release && slices.Equal(a.Values, b.Values) && len(a.Deploy.Values) == 0 && len(b.Deploy.Values) == 0
}

// roots are what is at the path of a deployment.
func (f *finder) roots(d *deployment) ([]discover.Root, error) {
	found, err := discover.Find(f.t, []string{d.path})
	if err != nil {
		return nil, err
	}
	var out []discover.Root
	whole := slices.ContainsFunc(found.Roots, func(r discover.Root) bool { return r.Path == d.path && r.Kind != discover.Manifests })
	for _, r := range found.Roots {
		switch {
		case whole && (r.Path != d.path || r.Kind == discover.Manifests):
			continue // beside what the kustomization or the chart says
		case !whole && !d.recurse && r.Path != d.path:
			continue
		case r.Kind == discover.Chart && r.Path != d.path:
			continue // charts are for releases, and not applied as they are
		}
		deploy := d.deploy
		r.Deploy = &deploy
		if r.Kind == discover.Chart {
			r.Values = d.values
		}
		out = append(out, r)
	}
	return out, nil
}

// key names the cluster that a deployment is for: its destination, or the folder of the objects
// that say what is in the cluster.
func (f *finder) key(d *deployment) string {
	if d.cluster != "" {
		return "cluster " + d.cluster
	}
	folder := d.holder
	for range f.all { // which is the longest way up
		above := f.above(folder)
		if above == nil {
			break
		}
		if above.cluster != "" {
			return "cluster " + above.cluster
		}
		if covers(above.path, above.holder) {
			return above.path // it deploys the folder that it lies in itself
		}
		folder = above.holder
	}
	return folder
}

// above is what deploys a folder, the closest of several; nil if nothing does.
func (f *finder) above(folder string) *deployment {
	var best *deployment
	for i := range f.all {
		if d := &f.all[i]; covers(d.path, folder) && (best == nil || len(d.path) > len(best.path)) {
			best = d
		}
	}
	return best
}

// covers says whether a path is a folder, or in it.
func covers(folder, p string) bool {
	return folder == "." || p == folder || strings.HasPrefix(p, folder+"/")
}
