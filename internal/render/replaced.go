package render

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// replaced finds the replacement of a layer that set the value, in the kustomization or in a file
// that it names.
func (m *madePlaces) replaced(l *layer, v value) (source.Origin, bool) {
	for i, n := range yamldoc.Items(l.k.Root, "/replacements") {
		if path := v.fieldPath(n); path != nil {
			span := l.span(path)
			return source.Origin{Span: span, Via: l.via(span)[1:]}, true
		}
		for _, r := range l.k.Refs {
			if r.Pointer != fmt.Sprintf("/replacements/%d/path", i) {
				continue
			}
			to, err := m.t.ResolveRef(l.k, r)
			if err != nil {
				continue
			}
			if f, err := m.t.Load(to); err == nil {
				if path := v.fieldPathIn(f); path != nil {
					return source.Origin{Span: f.KeySpan(path), Via: l.via(l.span(r.Node))}, true
				}
			}
		}
	}
	return source.Origin{}, false
}

// fieldPathIn finds the target of a replacement in a file, which may have one or a list of them.
func (v value) fieldPathIn(f *yamldoc.File) *yamldoc.Node {
	for _, d := range f.Documents {
		all := []*yamldoc.Node{d.Root}
		if d.Root.Kind == yaml.SequenceNode {
			all = d.Root.Content
		}
		for _, n := range all {
			if path := v.fieldPath(target(n)); path != nil {
				return path
			}
		}
	}
	return nil
}

// fieldPath finds the target of a replacement that is the value's field. A path may have
// selectors in it, [name=x], so that only the steps which are names are compared.
func (v value) fieldPath(replacement *yamldoc.Node) *yamldoc.Node {
	for _, to := range yamldoc.Items(replacement, "/targets") {
		if name := yamldoc.Text(to, "/select/name"); name != "" && name != v.object && name != v.current {
			continue
		}
		for _, path := range yamldoc.Items(to, "/fieldPaths") {
			if v.is(fieldSteps(target(path).Value)) {
				return path
			}
		}
	}
	return nil
}

// fieldSteps splits spec.containers.[name=x.y].env.0 at the dots outside of brackets.
func fieldSteps(path string) []string {
	var out []string
	depth, start := 0, 0
	for i, c := range path {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			out = append(out, path[start:i])
			start = i + 1
		}
	}
	out = append(out, path[start:])
	if out[0] == "" {
		out = out[1:]
	}
	return out
}

// is says whether a field path leads to the value. A step may be * or a selector, such as
// [name=x], for an item of a list, and [key] for a key with dots in it.
func (v value) is(path []string) bool {
	steps := strings.Split(v.pointer[1:], "/")
	if len(path) != len(steps) {
		return false
	}
	for i, p := range path {
		inner := strings.TrimSuffix(strings.TrimPrefix(p, "["), "]")
		if step := yamldoc.Unescape(steps[i]); p == "*" || p == step || inner == step {
			continue
		}
		key, want, ok := strings.Cut(inner, "=")
		if !ok || inner == p || yamldoc.Text(v.root, "/"+strings.Join(steps[:i+1], "/")+"/"+yamldoc.Escape(key)) != want {
			return false
		}
	}
	return true
}
