package deploy

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/render"
)

// application reads an Application (argoproj.io/v1alpha1).
func (f *finder) application(holder string, o *render.Object, v value) {
	spec := v.at("spec")
	destination := spec.at("destination")
	base := deployment{object: o, holder: holder, cluster: cluster(destination)}
	base.deploy.Namespace = destination.at("namespace").text()
	base.deploy.At = o.Origin("/spec/destination/namespace")
	refs := map[string]bool{} // sources that others take files of values from
	sources := spec.at("sources").items()
	pointer := func(i int) string { return fmt.Sprintf("/spec/sources/%d", i) }
	if len(sources) == 0 {
		sources, pointer = []value{spec.at("source")}, func(int) string { return "/spec/source" }
	}
	for _, s := range sources {
		refs[s.at("ref").text()] = true
	}
	for i, s := range sources {
		d := base
		switch p := s.at("path").text(); {
		case s.at("chart").text() != "":
			f.gap(o.Origin(pointer(i)+"/chart"), fmt.Sprintf("%s deploys the chart %s from %s, which is not fetched", o, s.at("chart").text(), s.at("repoURL").text()),
				"what helm template makes of it, as a context")
		case p == "":
		case path.IsAbs(p):
			f.gap(o.Origin(pointer(i)+"/path"), fmt.Sprintf("%s deploys the absolute path %s, which Argo CD refuses", o, p), "the path from the top of the repository")
		default:
			d.recurse = s.at("directory", "recurse").v == true
			f.helm(&d, s.at("helm"), pointer(i)+"/helm", p, refs)
			if d.deploy.Release == "" {
				d.deploy.Release = o.Name
			}
			f.add(d, p, o.Origin(pointer(i)+"/path"))
		}
	}
}

// helm reads how an Application releases a chart. What comes later wins: files, values, parameters.
func (f *finder) helm(d *deployment, helm value, at, chart string, refs map[string]bool) {
	d.deploy.Release = helm.at("releaseName").text()
	dir, top, _ := f.locate(d.holder, chart)
	for i, name := range helm.at("valueFiles").texts() {
		p := path.Join(dir, name)
		if ref, rest, ok := strings.Cut(name, "/"); ok && strings.HasPrefix(ref, "$") && refs[ref[1:]] {
			p = path.Join(top, rest) // from the top of another source, which is taken to be this repository
		} else if path.IsAbs(name) {
			p = path.Join(top, name)
		}
		real, err := f.t.Resolve(path.Clean(p))
		if err == nil && f.t.IsFile(real) {
			d.values = append(d.values, real)
		} else if helm.at("ignoreMissingValueFiles").v != true {
			f.gap(d.object.Origin(fmt.Sprintf("%s/valueFiles/%d", at, i)), fmt.Sprintf("%s takes values from %s, which is not in this repository", d.object, name), "the file")
		}
	}
	values := over(helm.at("valuesObject").table(), helm.at("values").yaml())
	for _, p := range helm.at("parameters").items() {
		var v any = p.at("value").text()
		if p.at("forceString").v != true {
			v = scalar(p.at("value").text())
		}
		if !set(values, p.at("name").text(), v) {
			f.gap(d.object.Origin(at+"/parameters"), fmt.Sprintf("%s sets the parameter %s, which is not understood", d.object, p.at("name").text()), "valuesObject")
		}
	}
	if len(values) > 0 {
		d.deploy.Values = values
	}
}

// scalar is what `helm --set` makes of a text.
func scalar(s string) any {
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		switch v.(type) {
		case bool, float64, nil:
			return v
		}
	}
	return s
}

// cluster is the name or the server of a destination; empty: the cluster that Argo CD is in.
func cluster(destination value) string {
	if name := destination.at("name").text(); name != "" && name != "in-cluster" {
		return name
	}
	server := destination.at("server").text()
	if server == "" || strings.HasPrefix(server, "https://kubernetes.default.svc") {
		return ""
	}
	if u, err := url.Parse(server); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return server
}

// applicationSet reads an ApplicationSet whose generators are lists, or folders of the repository.
func (f *finder) applicationSet(holder string, o *render.Object, v value) {
	for i, g := range v.at("spec", "generators").items() {
		var all []map[string]string
		switch {
		case g.at("list", "elements").v != nil:
			for _, e := range g.at("list", "elements").items() {
				all = append(all, parameters(e.table()))
			}
		case g.at("git", "directories").v != nil:
			all = f.directories(g.at("git", "directories").items())
		default:
			f.gap(o.Origin(fmt.Sprintf("/spec/generators/%d", i)), fmt.Sprintf("what this generator of %s makes is not known", o), "the Applications, as a context")
			continue
		}
		template, err := json.Marshal(v.at("spec", "template").v)
		if err != nil {
			continue
		}
		for _, params := range all {
			text := string(template)
			for _, k := range slices.Sorted(maps.Keys(params)) {
				text = fill(text, k, params[k])
			}
			var made any
			if strings.Contains(text, "{{") || json.Unmarshal([]byte(text), &made) != nil {
				f.gap(o.Origin("/spec/template"), fmt.Sprintf("the template of %s is more than parameters, and not understood", o), "the Applications, as a context")
				break
			}
			f.generated(holder, o, value{made})
		}
	}
}

// generated reads an Application that an ApplicationSet makes, which is written in its template.
func (f *finder) generated(holder string, o *render.Object, v value) {
	from := len(f.all)
	f.application(holder, o, v)
	name := v.at("metadata", "name").text()
	for i := range f.all[from:] {
		d := &f.all[from+i]
		d.deploy.By = "Application " + name
		d.deploy.At = o.Origin("/spec/template/spec/destination/namespace")
		if d.deploy.Release == o.Name {
			d.deploy.Release = name
		}
	}
}

// parameters are the texts in a mapping, with dots between the keys.
func parameters(m map[string]any) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		switch v := v.(type) {
		case string:
			out[k] = v
		case bool, float64:
			out[k] = fmt.Sprint(v)
		case map[string]any:
			for sub, text := range parameters(v) {
				out[k+"."+sub] = text
			}
		}
	}
	return out
}

// fill puts a parameter into a template, whichever of the two kinds of templates it is.
func fill(text, key, v string) string {
	quoted, err := json.Marshal(v)
	if err != nil {
		return text
	}
	v = string(quoted[1 : len(quoted)-1])
	for _, form := range []string{"{{%s}}", "{{ %s }}", "{{.%s}}", "{{ .%s }}"} {
		text = strings.ReplaceAll(text, fmt.Sprintf(form, key), v)
	}
	return text
}

// directories are the folders that a generator finds, with the parameters that it makes of each.
func (f *finder) directories(patterns []value) []map[string]string {
	matches := func(p string, exclude bool) bool {
		return slices.ContainsFunc(patterns, func(v value) bool {
			ok, err := path.Match(v.at("path").text(), p)
			return err == nil && ok && (v.at("exclude").v == true) == exclude
		})
	}
	var out []map[string]string
	for _, p := range f.t.Folders() {
		if matches(p, false) && !matches(p, true) {
			params := map[string]string{"path": p, "path.path": p, "path.basename": path.Base(p), "path.basenameNormalized": strings.NewReplacer("_", "-", ".", "-").Replace(path.Base(p))}
			for i, s := range strings.Split(p, "/") {
				params[fmt.Sprintf("path[%d]", i)] = s
			}
			out = append(out, params)
		}
	}
	return out
}
