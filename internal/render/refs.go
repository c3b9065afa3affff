package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// ref looks at one thing that a kustomization names, and takes out the entry if it cannot be used.
func (p *planner) ref(l *layer, prep *prepared, r discover.Ref) {
	at := l.span(r.Node)
	if prep.inline[r.Pointer] != "" {
		return
	}
	if r.Inline() {
		if r.Role == discover.Plugin && !p.builtin(yamldoc.Parse(l.k.File.Name, []byte(r.Node.Value)), at) {
			prep.drop(r.Entry)
		}
		return
	}
	if r.Remote() {
		prep.drop(r.Entry)
		p.report(CheckRemote, diag.Warning, at, fmt.Sprintf("%s is not fetched, so what it adds is not checked", r.Text),
			"a copy in the repository, and its path here; or give what it renders to with --context")
		p.gap(at, r.Text+" is not fetched", "a copy of it in the repository")
		return
	}
	to, err := p.t.ResolveRef(l.k, r)
	if message, help := p.unusable(l, r, to, err); message != "" {
		prep.drop(r.Entry)
		p.refuse(at, message, help, p.respelt(l, r, err)...)
		return
	}
	if p.t.IsDir(to) {
		p.folder(l, prep, r, to, at)
		return
	}
	p.file(l, prep, r, to, at)
}

// nothingBuilt is what comes of an entry that kustomize refuses. Here the rest is built without it, and checked.
const nothingBuilt = "so kustomize builds nothing of this kustomization"

// unusable says why a path cannot be used, or "".
func (p *planner) unusable(l *layer, r discover.Ref, to string, err error) (message, help string) {
	switch {
	case path.IsAbs(r.Text):
		return fmt.Sprintf("%s is an absolute path, which is not followed", r.Text), "the path from this folder"
	case errors.Is(err, discover.ErrLeaves):
		return fmt.Sprintf("%s leads out of %s and is not read", r.Text, p.t.Limits()), "what belongs together, in one repository; or check a folder that holds both"
	case errors.Is(err, fs.ErrNotExist):
		help := "the path of a file that exists; or no entry"
		if other := p.t.Near(l.k, r); other != "" {
			help = other + ", which exists; or no entry"
		}
		return fmt.Sprintf("%s does not exist, %s", r.Text, nothingBuilt), help
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %s", r.Text, reason(err)), ""
	}
	isDir := p.t.IsDir(to)
	switch {
	case isDir && r.Role != discover.Include && r.Role != discover.Component && r.Role != discover.Plugin:
		return fmt.Sprintf("%s is a folder and must be a file, %s", r.Text, nothingBuilt), ""
	case !isDir && r.Role == discover.Component:
		return fmt.Sprintf("%s is a file and must be the folder of a component, %s", r.Text, nothingBuilt), ""
	case !isDir:
		return "", ""
	}
	k := p.t.Kustomization(to)
	switch {
	case k == nil:
		return fmt.Sprintf("there is no kustomization.yaml in %s, %s", r.Text, nothingBuilt), "a kustomization.yaml in that folder; or its files, one by one"
	case l.above(to):
		return fmt.Sprintf("%s includes this kustomization, so they go round in a circle and kustomize builds neither", r.Text), "only one of the two entries"
	case k.IsComponent && r.Role == discover.Include:
		return fmt.Sprintf("%s is a component, which kustomize refuses here", r.Text), "the entry under components"
	case !k.IsComponent && r.Role == discover.Component:
		return fmt.Sprintf("%s is no component, which kustomize refuses here", r.Text), "the entry under resources"
	}
	return "", ""
}

// respelt names the file or folder that a path which does not exist is probably misspelt from. It is not safe: what
// is in it begins to count.
func (p *planner) respelt(l *layer, r discover.Ref, err error) []diag.Fix {
	other := p.t.Near(l.k, r)
	if !errors.Is(err, fs.ErrNotExist) || other == "" || r.Node.Value != r.Text {
		return nil
	}
	place, ok := l.k.File.Place(r.Node)
	if !ok {
		return nil
	}
	edits, ok := place.Set(other)
	return fix.Of("name "+other, false, place, edits, ok)
}

// folder plans a kustomization that another includes.
func (p *planner) folder(l *layer, prep *prepared, r discover.Ref, to string, at source.Span) {
	sub := p.layer(to, l, at, r.Role)
	if sub == nil {
		return
	}
	if sub.k.Root == nil {
		prep.drop(r.Entry)
		return
	}
	switch r.Role {
	case discover.Component:
		l.components = append(l.components, sub)
	case discover.Plugin:
		l.plugins = append(l.plugins, sub)
	default:
		l.bases = append(l.bases, sub)
	}
}

// file plans a file that a kustomization names.
func (p *planner) file(l *layer, prep *prepared, r discover.Ref, to string, at source.Span) {
	if l.k.Dir != "." && !strings.HasPrefix(to, l.k.Dir+"/") {
		p.report(CheckKustomization, diag.Warning, at,
			fmt.Sprintf("%s is not below this folder: kustomize refuses it unless it runs with --load-restrictor LoadRestrictionsNone", r.Text),
			"a kustomization.yaml beside the file, and its folder here; or the file below this folder")
	}
	u := use{path: to, ref: r, at: at}
	switch r.Role {
	case discover.Include, discover.Patch, discover.Plugin:
		f, err := p.t.Load(to)
		if err != nil {
			prep.drop(r.Entry)
			p.refuse(at, fmt.Sprintf("%s cannot be read: %s", r.Text, reason(err)), "")
			return
		}
		if p.bytes += len(f.Content); p.bytes > maxRead {
			p.tooLarge(at)
			return
		}
		if !p.read[to] {
			p.read[to] = true
			p.Stats.Files++
			p.Files = append(p.Files, f.Name)
			p.Stats.Documents += len(f.Documents)
			p.problems(f)
		}
		if len(f.Documents) == 0 || r.Role == discover.Plugin && !p.builtin(f, at) {
			prep.drop(r.Entry)
			return
		}
		if r.Role == discover.Include {
			l.files = append(l.files, u)
		} else if r.Role == discover.Patch {
			l.patches = append(l.patches, u)
			if isJSONPatch(f) {
				prep.json[r.Entry] = true
			}
		}
	}
}

// tooLarge gives up on a build that reads too much.
func (p *planner) tooLarge(at source.Span) {
	p.stop = true
	p.refuse(at, fmt.Sprintf("with this, the kustomization reads more than %d MB, bases as often as they are used: it is not rendered", maxRead>>20),
		"split it, or exclude it")
}

// builtin says whether generators, transformers or validators are kustomize's own; others are
// programs, which are never run.
func (p *planner) builtin(f *yamldoc.File, at source.Span) bool {
	for _, d := range f.Documents {
		kind := yamldoc.Text(d.Root, "/kind")
		if yamldoc.Text(d.Root, "/apiVersion") == "builtin" && kind != "HelmChartInflationGenerator" {
			continue
		}
		p.report(CheckTemplate, diag.Warning, at, fmt.Sprintf("the plugin %s is a program, which is not run: what it does is not checked", kind),
			"check what kustomize build makes of it: kustomize build --enable-alpha-plugins . | tierlint check -")
		p.gap(at, "the plugin "+kind+" is not run", "the output of kustomize build")
		return false
	}
	return true
}
