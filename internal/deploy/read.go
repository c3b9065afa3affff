package deploy

import (
	"encoding/json"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/tierlint/tierlint/internal/render"
)

// value is a value of an object.
type value struct{ v any }

// read is all of an object; nothing if it cannot be read, which loading says.
func read(o *render.Object) value {
	var v any
	if data, err := o.JSON(); err == nil {
		_ = json.Unmarshal(data, &v) // what it is then is nothing
	}
	return value{v}
}

// at is what is at a path of keys.
func (v value) at(keys ...string) value {
	for _, k := range keys {
		m, _ := v.v.(map[string]any)
		v = value{m[k]}
	}
	return v
}

// text is a text, or "".
func (v value) text() string {
	s, _ := v.v.(string)
	return s
}

// items is the items of a list.
func (v value) items() []value {
	list, _ := v.v.([]any)
	out := make([]value, len(list))
	for i := range list {
		out[i] = value{list[i]}
	}
	return out
}

// texts is the texts in a list.
func (v value) texts() []string {
	var out []string
	for _, i := range v.items() {
		if s := i.text(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// table is a mapping, or nil.
func (v value) table() map[string]any {
	m, _ := v.v.(map[string]any)
	return m
}

// yaml is the mapping that a text is as YAML, or nil.
func (v value) yaml() map[string]any {
	var out map[string]any
	if yaml.Unmarshal([]byte(v.text()), &out) != nil {
		return nil
	}
	return out
}

// over puts one mapping over another.
func over(top, below map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range below {
		out[k] = v
	}
	for k, v := range top {
		a, isA := v.(map[string]any)
		b, isB := out[k].(map[string]any)
		if isA && isB {
			v = over(a, b)
		}
		out[k] = v
	}
	return out
}

// set puts a value at a path as `helm --set` has it: keys with dots between them. Other ways to
// write a path are not understood, and it says so.
func set(to map[string]any, p string, v any) bool {
	if strings.ContainsAny(p, `[]{}\,`) {
		return false
	}
	keys := strings.Split(p, ".")
	for _, k := range keys[:len(keys)-1] {
		next, ok := to[k].(map[string]any)
		if !ok {
			next = map[string]any{}
			to[k] = next
		}
		to = next
	}
	to[keys[len(keys)-1]] = v
	return true
}
