package deploy

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/render"
)

// kustomization reads a Flux Kustomization (kustomize.toolkit.fluxcd.io).
func (f *finder) kustomization(holder string, o *render.Object, v value) {
	spec := v.at("spec")
	p := spec.at("path").text()
	if p == "" || f.foreign(o, spec.at("sourceRef")) {
		return
	}
	d := deployment{object: o, holder: holder, recurse: true, cluster: spec.at("kubeConfig", "secretRef", "name").text()}
	d.deploy.Namespace = spec.at("targetNamespace").text()
	d.deploy.Override = d.deploy.Namespace != ""
	d.deploy.At = o.Origin("/spec/targetNamespace")
	f.add(d, p, o.Origin("/spec/path"))
}

// helmRelease reads a Flux HelmRelease (helm.toolkit.fluxcd.io).
func (f *finder) helmRelease(holder string, o *render.Object, v value) {
	spec := v.at("spec")
	from := spec.at("chart", "spec")
	name, ref := from.at("chart").text(), from.at("sourceRef")
	if name == "" && spec.at("chartRef").v == nil {
		return
	}
	if ref.at("kind").text() != "GitRepository" || f.foreign(o, ref) {
		f.gap(o.Origin("/spec/chart/spec/chart"), fmt.Sprintf("%s releases the chart %s, which is not fetched", o, cmp.Or(name, spec.at("chartRef", "name").text())),
			"what helm template makes of it, as a context")
		return
	}
	d := deployment{object: o, holder: holder, cluster: spec.at("kubeConfig", "secretRef", "name").text()}
	d.deploy.Namespace = cmp.Or(spec.at("targetNamespace").text(), o.Namespace)
	d.deploy.At = o.Origin("/spec/targetNamespace")
	d.deploy.Release = cmp.Or(spec.at("releaseName").text(), o.Name)
	if target := spec.at("targetNamespace").text(); target != "" && spec.at("releaseName").text() == "" {
		d.deploy.Release = target + "-" + o.Name
	}
	d.deploy.Values = spec.at("values").table()
	for _, file := range from.at("valuesFiles").texts() {
		if real, _, ok := f.locate(holder, file); ok && f.t.IsFile(real) {
			d.values = append(d.values, real)
		}
	}
	if len(spec.at("valuesFrom").items()) > 0 {
		f.gap(o.Origin("/spec/valuesFrom"), fmt.Sprintf("%s takes values from objects of the cluster, which are not known", o), "values")
	}
	f.add(d, name, o.Origin("/spec/chart/spec/chart"))
}

// foreign says whether a source is certainly another repository: Flux brings itself along in one
// called flux-system, and this one has another address.
func (f *finder) foreign(o *render.Object, ref value) bool {
	if kind := ref.at("kind").text(); kind != "GitRepository" && kind != "" {
		return true
	}
	own := f.repositories["flux-system/flux-system"]
	other := f.repositories[cmp.Or(ref.at("namespace").text(), o.Namespace)+"/"+ref.at("name").text()]
	return own != "" && other != "" && own != other
}

// repositories are the addresses of Flux's sources.
func repositories(builds []*render.Build) map[string]string {
	out := map[string]string{}
	for _, b := range builds {
		for _, o := range b.Objects {
			if o.Kind == "GitRepository" && strings.HasPrefix(o.APIVersion, "source.toolkit.fluxcd.io/") {
				out[o.Namespace+"/"+o.Name] = read(o).at("spec", "url").text()
			}
		}
	}
	return out
}
