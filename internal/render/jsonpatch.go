package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// patcher applies JSON 6902 patches (RFC 6902) to a tree and remembers where what they add is
// written. It decides nothing: the values of an object are always kustomize's.
type patcher struct {
	root *yamldoc.Node
	from map[*yamldoc.Node]source.Origin
}

// applyPatches applies the patches that select the object, in kustomize's order.
func (m *madePlaces) applyPatches(t *patcher, home *layer) {
	for _, l := range slices.Backward(home.appliers()) {
		uses := slices.Clone(l.patches)
		slices.SortStableFunc(uses, func(a, b use) int { return comparePointers(a.ref.Entry, b.ref.Entry) })
		for _, u := range uses {
			f := m.stage.patchFile(u.path)
			if f == nil || !isJSONPatch(f) || !m.selected(l, u.ref.Entry) {
				continue
			}
			for _, op := range f.Documents[0].Root.Content {
				t.apply(target(op), func(n *yamldoc.Node) source.Origin {
					span := f.KeySpan(n)
					if in := m.stage.inline[u.path]; in != nil {
						span = in.span(span)
					}
					return source.Origin{Span: span, Via: l.via(u.at)}
				})
			}
		}
	}
}

// selected says whether the target of a patch entry selects the object.
func (m *madePlaces) selected(l *layer, entry string) bool {
	found := yamldoc.Find(l.k.Root, entry+"/target")
	if found.Rest != "" {
		return false
	}
	data, err := yamldoc.JSON(found.Value)
	if err != nil {
		return false
	}
	var sel types.Selector
	if json.Unmarshal(data, &sel) != nil {
		return false
	}
	re, err := types.NewSelectorRegex(&sel)
	if err != nil || !re.MatchGvk(m.res.GetGvk()) {
		return false
	}
	// Namespace and selectors may match on what another layer adds; the name says enough.
	return re.MatchName(m.written) || re.MatchName(m.res.GetName()) || re.MatchName(l.named(m.written))
}

// apply applies one operation. What does not fit is left alone.
func (t *patcher) apply(op *yamldoc.Node, at func(*yamldoc.Node) source.Origin) {
	path := yamldoc.Text(op, "/path")
	var value *yamldoc.Node
	if f := yamldoc.Find(op, "/value"); f.Rest == "" {
		value = clone(target(f.Value))
		t.remember(value, target(f.Value), at)
	}
	switch yamldoc.Text(op, "/op") {
	case "add":
		t.add(path, value, at(op))
	case "replace":
		t.replace(path, value)
	case "remove":
		t.remove(path)
	case "move":
		from := yamldoc.Text(op, "/from")
		if f := yamldoc.Find(t.root, from); f.Rest == "" {
			moved := f.Value
			t.remove(from)
			t.add(path, moved, at(op))
		}
	case "copy":
		if f := yamldoc.Find(t.root, yamldoc.Text(op, "/from")); f.Rest == "" {
			t.add(path, clone(f.Value), at(op))
		}
	}
}

// remember notes the places of a copy of a tree.
func (t *patcher) remember(n, original *yamldoc.Node, at func(*yamldoc.Node) source.Origin) {
	t.from[n] = at(original)
	for i := range n.Content {
		t.remember(n.Content[i], original.Content[i], at)
	}
}

// holder is the mapping or list that holds what a pointer leads to, and the last step to it.
func (t *patcher) holder(pointer string) (*yamldoc.Node, string) {
	f := yamldoc.Find(t.root, parent(pointer))
	if f.Rest != "" || pointer == "" {
		return nil, ""
	}
	return target(f.Value), yamldoc.Unescape(pointer[strings.LastIndexByte(pointer, '/')+1:])
}

func (t *patcher) add(pointer string, value *yamldoc.Node, at source.Origin) {
	h, step := t.holder(pointer)
	switch {
	case h == nil || value == nil:
	case h.Kind == yaml.SequenceNode:
		i, err := strconv.Atoi(step)
		if step == "-" {
			i, err = len(h.Content), nil
		}
		if err == nil && i >= 0 && i <= len(h.Content) {
			h.Content = slices.Insert(h.Content, i, value)
		}
	case h.Kind == yaml.MappingNode:
		if i := keyIndex(h, step); i >= 0 {
			h.Content[i+1] = value
			return
		}
		key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: step}
		t.from[key] = at
		h.Content = append(h.Content, key, value)
	}
}

func (t *patcher) replace(pointer string, value *yamldoc.Node) {
	h, step := t.holder(pointer)
	if h == nil || value == nil {
		return
	}
	if i := contentIndex(h, step); i >= 0 {
		h.Content[i] = value
	}
}

func (t *patcher) remove(pointer string) {
	h, step := t.holder(pointer)
	if h == nil {
		return
	}
	i := contentIndex(h, step)
	switch {
	case i < 0:
	case h.Kind == yaml.MappingNode:
		h.Content = slices.Delete(h.Content, i-1, i+1)
	default:
		h.Content = slices.Delete(h.Content, i, i+1)
	}
}

// keyIndex is the index of a key in a mapping's content, or -1.
func keyIndex(n *yamldoc.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// contentIndex is the index of a value in a mapping's or list's content, or -1.
func contentIndex(n *yamldoc.Node, step string) int {
	if n.Kind == yaml.MappingNode {
		if i := keyIndex(n, step); i >= 0 {
			return i + 1
		}
		return -1
	}
	if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) && fmt.Sprint(i) == step {
		return i
	}
	return -1
}
