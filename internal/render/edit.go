package render

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// content is the kustomization as kustomize gets it: as it is written, unless something is taken
// out or replaced. JSON 6902 patches are taken out on request.
func (p *prepared) content(withoutJSON bool) ([]byte, error) {
	out := maps.Clone(p.dropped)
	if withoutJSON {
		maps.Copy(out, p.json)
	}
	if len(out) == 0 && len(p.inline) == 0 {
		return p.k.File.Content, nil
	}
	v, err := yamldoc.Value(p.k.Root)
	if err != nil {
		return nil, err
	}
	root, ok := v.(map[string]any)
	if !ok {
		return p.k.File.Content, nil
	}
	for pointer, to := range p.inline {
		setInline(root, pointer, to)
	}
	// From the back, so that the indices of what is left stay right.
	for _, pointer := range slices.Backward(slices.SortedFunc(maps.Keys(out), comparePointers)) {
		remove(root, pointer)
	}
	p.addCharts(root)
	if len(root) == 0 || onlyMeta(root) {
		root["resources"] = []any{} // kustomize refuses a kustomization with nothing at all in it
	}
	return json.Marshal(root)
}

// onlyMeta says whether nothing is left that kustomize would do.
func onlyMeta(root map[string]any) bool {
	for k, v := range root {
		list, ok := v.([]any)
		if k != "apiVersion" && k != "kind" && (!ok || len(list) > 0) {
			return false
		}
	}
	return true
}

// comparePointers orders pointers, their indices by number.
func comparePointers(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	return slices.CompareFunc(as, bs, func(x, y string) int {
		i, errX := strconv.Atoi(x)
		j, errY := strconv.Atoi(y)
		if errX == nil && errY == nil {
			return i - j
		}
		return strings.Compare(x, y)
	})
}

// setInline puts a path in the place of an inline patch.
func setInline(root map[string]any, pointer, to string) {
	name := "./" + to[strings.LastIndexByte(to, '/')+1:]
	parts := strings.Split(pointer[1:], "/")
	list, ok := root[parts[0]].([]any)
	i, err := strconv.Atoi(parts[1])
	if !ok || err != nil || i >= len(list) {
		return
	}
	if len(parts) == 2 {
		list[i] = name
		return
	}
	if entry, ok := list[i].(map[string]any); ok {
		delete(entry, "patch")
		entry["path"] = name
	}
}

// remove takes out a field, or an entry of a list in a field.
func remove(root map[string]any, pointer string) {
	field, index, isItem := strings.Cut(pointer[1:], "/")
	field = yamldoc.Unescape(field)
	list, isList := root[field].([]any)
	if !isItem || !isList {
		delete(root, field)
		return
	}
	if i, err := strconv.Atoi(index); err == nil && i < len(list) {
		root[field] = slices.Delete(list, i, i+1)
	}
}
