package chart

import (
	"errors"
	"strings"

	"sigs.k8s.io/yaml"
)

// Values are what templates see as .Values, with the methods that they may call (pkg/chartutil/
// values.go, v3.18.6). The zero value has none.
type Values map[string]any

// errNone says that there is no value, or no table, of a name.
var errNone = errors.New("there is no such value")

// AsMap is the values as a mapping like any other, which is what some functions want, such as dig.
func (v Values) AsMap() map[string]any {
	if len(v) == 0 {
		return map[string]any{}
	}
	return v
}

// YAML is the values as text.
func (v Values) YAML() (string, error) {
	data, err := yaml.Marshal(v)
	return string(data), err
}

// Table is the mapping at a path of keys with dots between them. An error says that there is none.
func (v Values) Table(path string) (Values, error) {
	table, ok := lookup(v, path).(map[string]any)
	if !ok {
		return nil, errNone
	}
	return table, nil
}

// PathValue is the value at a path of keys with dots between them. An error says that there is
// none, or that it is a table.
func (v Values) PathValue(path string) (any, error) {
	at, key := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		at, key = path[:i], path[i+1:]
	}
	table := v
	if at != "" {
		var err error
		if table, err = v.Table(at); err != nil {
			return nil, err
		}
	}
	value, ok := table[key]
	if _, isTable := value.(map[string]any); !ok || isTable {
		return nil, errNone
	}
	return value, nil
}
