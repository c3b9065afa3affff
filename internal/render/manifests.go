package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// manifests renders plain files: each object is as it is written.
func (b *builder) manifests(ctx context.Context, files []string) {
	for _, p := range files {
		if ctx.Err() != nil {
			b.Incomplete = true
			return
		}
		f, err := b.t.Load(p)
		if err != nil {
			b.unreadable(b.t.Display(p), err)
			continue
		}
		b.plain(f)
	}
}

func (b *builder) stdin() {
	f, err := b.t.LoadStdin()
	if err != nil {
		b.unreadable(discover.StdinName, err)
		return
	}
	b.plain(f)
}

func (b *builder) unreadable(name string, err error) {
	b.Stats.NotUnderstood++
	b.Incomplete = true
	b.report(CheckManifest, diag.Error, source.Top(name), "this file cannot be read: "+reason(err), "")
}

// reason is an error without the path that it repeats.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// plain adds the objects of a file.
func (b *builder) plain(f *yamldoc.File) {
	b.Stats.Files++
	b.Files = append(b.Files, f.Name)
	b.problems(f)
	for _, d := range f.Documents {
		b.Stats.Documents++
		if !isObject(d.Root) {
			b.Stats.Other++
			continue
		}
		b.addTo(d.Root, func(n *yamldoc.Node) places { return &plainPlaces{file: f, root: n} })
	}
}

// addTo adds an object, or those in a list.
func (b *builder) addTo(n *yamldoc.Node, placesOf func(*yamldoc.Node) places) {
	if items, ok := listItems(n); ok {
		for _, item := range items {
			if item = target(item); isObject(item) {
				b.addTo(item, placesOf)
			} else {
				b.Stats.Other++
			}
		}
		return
	}
	b.Objects = append(b.Objects, newObject(n, placesOf(n), func() ([]byte, error) { return yamldoc.JSON(n) }))
}

// target is what an alias stands for, or the node itself.
func target(n *yamldoc.Node) *yamldoc.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

// isObject says whether a document is for Kubernetes: a kustomization is not.
func isObject(n *yamldoc.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	api := yamldoc.Text(n, "/apiVersion")
	return api != "" && yamldoc.Text(n, "/kind") != "" && !strings.HasPrefix(api, "kustomize.config.k8s.io/")
}

// listItems is the items of a List, or of any kind of list, such as NetworkPolicyList.
func listItems(n *yamldoc.Node) ([]*yamldoc.Node, bool) {
	if !strings.HasSuffix(yamldoc.Text(n, "/kind"), "List") {
		return nil, false
	}
	found := yamldoc.Find(n, "/items")
	if found.Rest != "" {
		return nil, false
	}
	items := target(found.Value)
	return items.Content, items.Kind == yaml.SequenceNode || items.Tag == "!!null"
}

// problems reports what is wrong with the text of a file.
func (b *builder) problems(f *yamldoc.File) {
	if len(f.Problems) == 0 && len(bytes.TrimSpace(f.Content)) == 0 {
		b.report(CheckManifest, diag.Note, source.Top(f.Name), "this file is empty", "remove it, or write what belongs here")
	}
	forKubernetes := bytes.Contains(f.Content, []byte("apiVersion"))
	for _, p := range f.Problems {
		if p.Kind != yamldoc.DuplicateKey {
			b.Stats.NotUnderstood++
			b.Incomplete = true
		}
		d := diag.Diagnostic{
			Check: CheckManifest, Severity: diag.Error, At: source.Origin{Span: p.At}, Message: p.Message, Help: p.Help,
		}
		switch {
		case p.Kind == yamldoc.Template:
			d.Check, d.Severity = CheckTemplate, diag.Warning
			if !forKubernetes {
				d.Severity = diag.Note
			}
		case p.Kind == yamldoc.DuplicateKey && !b.inObject(f, p.At):
			continue
		case !forKubernetes && path.Ext(f.Name) == ".json" && p.Kind != yamldoc.Size:
			continue // such as the settings of an editor, which have comments
		case !forKubernetes && p.Kind != yamldoc.Size:
			d.Severity = diag.Warning
		}
		if p.First != (source.Span{}) {
			d.Related = []diag.Related{{At: source.Origin{Span: p.First}, Message: "first here"}}
		}
		b.diags = append(b.diags, d)
	}
}

// inObject says whether a place is in a document for Kubernetes.
func (b *builder) inObject(f *yamldoc.File, at source.Span) bool {
	for _, d := range f.Documents {
		if at.Start.Offset >= d.Start && at.Start.Offset < d.Start+len(d.Text) {
			return isObject(d.Root) || yamldoc.Text(d.Root, "/kind") != ""
		}
	}
	return false
}

// describe names an object for people who search for it.
func describe(kind, namespace, name string) string {
	if namespace == "" {
		return fmt.Sprintf("%s %s", kind, name)
	}
	return fmt.Sprintf("%s %s/%s", kind, namespace, name)
}
