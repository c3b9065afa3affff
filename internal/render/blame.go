package render

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// The messages of kustomize v0.21.2 that say what they are about.
var (
	unknownField = regexp.MustCompile(`json: unknown field "([^"]+)"`)
	wrongType    = regexp.MustCompile(`json: cannot unmarshal (\w+) into Go struct field \w+\.(\w+)`)
	noTarget     = regexp.MustCompile(`no resource matches strategic merge patch "([^"]+)"|no matches for Id ([^;]+);`)
	registered   = regexp.MustCompile(`may not add resource with an already registered id: ([^\s']+)`)
	missingBase  = regexp.MustCompile(`merging from generator: .*Kind:"(\w+)".*Name:"([^"]+)".*does not exist`)
	virtualLine  = regexp.MustCompile(`\bline (\d+)`)
	resourceID   = regexp.MustCompile(`^(\w+)\.[^/]*/(.+)\.\[?[^.\]]+\]?$`)
)

// How errors of kustomize print what they are about, which is another text each time.
var (
	structs   = regexp.MustCompile(`\s*[&*]?\{0x[0-9a-f]+[^{}]*\}`)
	addresses = regexp.MustCompile(`\b0x[0-9a-f]{6,}\b`)
)

// stable takes addresses out of an error's text.
func stable(text string) string {
	return addresses.ReplaceAllString(structs.ReplaceAllString(text, ""), "something")
}

// trueLines puts the lines of files in the place of virtual ones.
func (s *stage) trueLines(text string) string {
	return virtualLine.ReplaceAllStringFunc(text, func(m string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(m, "line "))
		if v := s.at(n); err == nil && v != nil {
			at := s.origin(v.path, source.Span{File: v.file.Name, Start: v.file.At(n-v.first+v.line, 1)}, nil)
			return fmt.Sprintf("%s:%d", at.File, at.Start.Line)
		}
		return m
	})
}

// inner is the layers of the build, the innermost first.
func (p *planner) inner() []*layer {
	all := p.root.all()
	slices.Reverse(all)
	return all
}

// take reports an entry of a layer and takes it out. It says no if it is out already.
func (p *planner) take(l *layer, pointer string, at source.Span, message, help string) bool {
	prep := p.kusts[l.k.Dir]
	if prep.dropped[pointer] {
		return false
	}
	prep.drop(pointer)
	for inline := range prep.inline {
		if entryOf(inline) == pointer {
			delete(prep.inline, inline)
		}
	}
	p.refuse(at, message, help)
	return true
}

// blameField finds a field of a kustomization that kustomize does not know.
func (p *planner) blameField(_ *stage, text string) bool {
	field, what := "", ""
	if m := unknownField.FindStringSubmatch(text); m != nil {
		field, what = m[1], "kustomize knows no field %q here and refuses the kustomization"
	} else if m := wrongType.FindStringSubmatch(text); m != nil {
		field, what = m[2], "kustomize refuses the kustomization: %q is a "+m[1]+", and must be something else"
	}
	if field == "" {
		return false
	}
	for _, l := range p.inner() {
		for _, pointer := range pointersTo(l.k.Root, "", field) {
			at := l.spanAt(pointer, true)
			if p.take(l, entryOf(pointer), at, fmt.Sprintf(what, field), "remove it, or correct its spelling") {
				return true
			}
		}
	}
	return false
}

// pointersTo finds the keys of a name in the first three levels of a tree.
func pointersTo(n *yamldoc.Node, at, key string) []string {
	n = target(n)
	var out []string
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		pointer := at + "/" + yamldoc.Escape(n.Content[i].Value)
		if n.Content[i].Value == key {
			out = append(out, pointer)
		}
		if strings.Count(pointer, "/") < 4 {
			out = append(out, pointersTo(n.Content[i+1], pointer, key)...)
		}
	}
	for i := range n.Content {
		if n.Kind == yaml.SequenceNode {
			out = append(out, pointersTo(n.Content[i], fmt.Sprintf("%s/%d", at, i), key)...)
		}
	}
	return out
}

// blameDocument finds documents that are no objects, which kustomize refuses.
func (p *planner) blameDocument(s *stage, _ string) bool {
	found := false
	for _, l := range p.inner() {
		for _, u := range l.files {
			f := s.files[u.path]
			if f == nil {
				continue
			}
			for _, d := range f.Documents {
				if s.dropped[d] {
					continue
				}
				if message := refusal(d); message != "" {
					s.dropped[d] = true
					found = true
					p.refuse(s.origin(u.path, f.KeySpan(d.Root), nil).Span, message, "")
				}
			}
		}
	}
	return found
}

// refusal says why kustomize does not accept a document as a resource, or "" (kyaml/yaml/rnode.go:
// GetValidatedMetadata, v0.21.2).
func refusal(d *yamldoc.Document) string {
	kind := yamldoc.Text(d.Root, "/kind")
	switch {
	case kind == "":
		return "this document has no kind, so kustomize refuses it"
	case yamldoc.Text(d.Root, "/metadata/name") == "" && !strings.HasSuffix(kind, "List"):
		return "this " + kind + " has no metadata.name, so kustomize refuses it"
	}
	for _, field := range []string{"labels", "annotations"} {
		if f := yamldoc.Find(d.Root, "/metadata/"+field); f.Rest == "" && target(f.Value).Kind == yaml.SequenceNode {
			return "the " + field + " of this " + kind + " are a list, and must be a mapping, so kustomize refuses it"
		}
	}
	return ""
}

// patchFile is the text of a patch.
func (s *stage) patchFile(p string) *yamldoc.File {
	if in := s.inline[p]; in != nil {
		return in.file
	}
	return s.files[p]
}

// parseID reads kind and name of an id such as Deployment.v1.apps/web.shop or ConfigMap.v1.[noGrp]/x.[noNs].
func parseID(id string) (kind, name string) {
	if m := resourceID.FindStringSubmatch(strings.TrimSpace(id)); m != nil {
		return m[1], m[2]
	}
	return "", ""
}

// blamePath finds the entry whose path the error names, the innermost first.
func (p *planner) blamePath(_ *stage, text string) bool {
	for _, l := range p.inner() {
		for _, list := range [][]use{l.patches, l.files} {
			for _, u := range list {
				if names(text, u) && p.take(l, u.ref.Entry, u.at, "kustomize refuses this: "+innermost(text), "") {
					return true
				}
			}
		}
		for _, r := range l.k.Refs {
			if (r.Role == discover.Data || r.Role == discover.Config || r.Role == discover.Plugin) && strings.Contains(text, r.Text) &&
				p.take(l, r.Entry, l.span(r.Node), "kustomize refuses this: "+innermost(text), "") {
				return true
			}
		}
	}
	return false
}

// names says whether an error message names a file.
func names(text string, u use) bool {
	if u.ref.Text == "" {
		return strings.Contains(text, u.path[strings.LastIndexByte(u.path, '/')+1:])
	}
	return strings.Contains(text, "'"+u.ref.Text+"'") || strings.Contains(text, `"`+u.ref.Text+`"`) || strings.Contains(text, "/"+u.path+"'")
}
