package render

import (
	"strings"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// transformed finds the transformer of a layer that set the value: one of kustomize's own, written
// out in a file or in the kustomization under transformers.
func (m *madePlaces) transformed(l *layer, v value) (source.Origin, bool) {
	for _, r := range l.k.Refs {
		if r.Role != discover.Plugin || !strings.HasPrefix(r.Pointer, "/transformers/") {
			continue
		}
		file, span, via := m.transformer(l, r)
		if file == nil {
			continue
		}
		for _, d := range file.Documents {
			if at := v.transformer(d.Root); at != "" {
				return source.Origin{Span: span(yamldoc.Find(d.Root, at).Value), Via: via}, true
			}
		}
	}
	return source.Origin{}, false
}

// transformer is the text of transformers that an entry names, or nil, where a node of it is, and the
// entries by which it comes in.
func (m *madePlaces) transformer(l *layer, r discover.Ref) (file *yamldoc.File, span func(*yamldoc.Node) source.Span, via []source.Span) {
	entry := l.span(r.Node)
	if r.Inline() {
		in := newInline(l.k.File, target(r.Node))
		return in.file, func(n *yamldoc.Node) source.Span { return in.span(in.file.KeySpan(n)) }, l.via(entry)[1:]
	}
	to, err := m.t.ResolveRef(l.k, r)
	if err != nil || m.t.IsDir(to) {
		return nil, nil, nil
	}
	f, err := m.t.Load(to)
	if err != nil {
		return nil, nil, nil
	}
	return f, f.KeySpan, l.via(entry)
}

// transformer is a pointer to what in a transformer's configuration sets the value, or "" (kustomize
// api/internal/builtins, v0.21.2).
func (v value) transformer(config *yamldoc.Node) string {
	at := ""
	switch yamldoc.Text(config, "/kind") {
	case "LabelTransformer":
		at = v.pair(config, "/labels")
	case "AnnotationsTransformer":
		at = v.pair(config, "/annotations")
	case "NamespaceTransformer":
		if v.last() == "namespace" && yamldoc.Text(config, "/metadata/namespace") == v.text {
			at = "/metadata/namespace"
		}
	case "PrefixTransformer", "SuffixTransformer", "PrefixSuffixTransformer":
		for _, field := range []string{"/prefix", "/suffix"} {
			if part := yamldoc.Text(config, field); part != "" && v.last() != "namespace" && strings.Contains(v.text, part) {
				at = field
			}
		}
	}
	return at
}
