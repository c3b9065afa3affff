package chart

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	goyaml "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// deep are the functions that go through all of a value, however often a part is in it.
var deep = map[string]bool{
	"toYaml": true, "toYamlPretty": true, "toJson": true, "mustToJson": true, "toPrettyJson": true, "mustToPrettyJson": true,
	"toRawJson": true, "mustToRawJson": true, "toToml": true, "deepCopy": true, "mustDeepCopy": true, "deepEqual": true,
	"print": true, "println": true, "printf": true, "html": true, "js": true, "urlquery": true, "toString": true,
	"toStrings": true, "quote": true, "squote": true, "cat": true, "join": true, "merge": true, "mergeOverwrite": true,
	"mustMerge": true, "mustMergeOverwrite": true, "sortAlpha": true, "uniq": true, "mustUniq": true, "has": true, "mustHas": true,
	"without": true, "mustWithout": true,
}

// functions are those that templates have (pkg/engine/funcs.go), each with bounds.
func (e *engine) functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv"} {
		delete(all, name)
	}
	maps.Copy(all, template.FuncMap{
		"toYaml": toYAML, "toYamlPretty": toYAMLPretty, "fromYaml": fromYAML, "fromYamlArray": fromYAMLArray,
		"toToml": toTOML, "fromToml": fromTOML,
		"toJson": toJSON, "fromJson": fromJSON, "fromJsonArray": fromJSONArray,
		"lookup":        func(_, _, _, _ string) map[string]any { return map[string]any{} },
		"getHostByName": func(string) string { return "" },
		"required":      required,
		"fail":          func(message string) (string, error) { return "", &wishError{message} },
		"html":          template.HTMLEscaper, "js": template.JSEscaper, "urlquery": template.URLQueryEscaper,
		"print": fmt.Sprint, "println": fmt.Sprintln, "printf": fmt.Sprintf,
	})
	maps.Copy(all, constant())
	for name, f := range all {
		all[name] = e.guard(name, f, deep[name])
	}
	maps.Copy(all, template.FuncMap{
		"include": func(string, any) string { return "" }, "tpl": func(string, any) string { return "" }, // see late
		"tierlintAt": func(n int) (string, error) {
			if n < 0 || n >= len(e.sites) {
				return "", errTooMuch
			}
			e.out.next(n)
			return "", e.step()
		},
		"tierlintEnter": func() (string, error) {
			if e.nested++; e.nested > maxNested {
				return "", errIncludes
			}
			return "", nil
		},
		"tierlintLeave": func() string { e.nested--; return "" },
		"tierlintPrint": func(v any) any {
			if r := inside(reflect.ValueOf(v)); r.IsValid() && (r.Kind() == reflect.Map || r.Kind() == reflect.Slice) {
				e.must(e.limited(r))
			}
			return v
		},
	})
	return all
}

// required is its value, if there is one.
func required(message string, v any) (any, error) {
	if v == nil || v == "" {
		return v, &wishError{message}
	}
	return v, nil
}

// toYAML writes a value without the last line break; nothing if it cannot be written.
func toYAML(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

func toYAMLPretty(v any) string {
	var data bytes.Buffer
	enc := goyaml.NewEncoder(&data)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(data.String(), "\n")
}

// fromYAML reads a mapping; what is wrong is its value "Error".
func fromYAML(s string) map[string]any {
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(s), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromYAMLArray(s string) []any {
	a := []any{}
	if err := yaml.Unmarshal([]byte(s), &a); err != nil {
		a = []any{err.Error()}
	}
	return a
}

func toTOML(v any) string {
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(v); err != nil {
		return err.Error()
	}
	return b.String()
}

func fromTOML(s string) map[string]any {
	m := map[string]any{}
	if err := toml.Unmarshal([]byte(s), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

func fromJSON(s string) map[string]any {
	m := map[string]any{}
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromJSONArray(s string) []any {
	a := []any{}
	if err := json.Unmarshal([]byte(s), &a); err != nil {
		a = []any{err.Error()}
	}
	return a
}

// sortedKeys is the keys of mappings in order, which sprig leaves in that of a map.
func sortedKeys(ms ...map[string]any) []string {
	var out []string
	for _, m := range ms {
		out = append(out, slices.Sorted(maps.Keys(m))...)
	}
	return out
}

// sortedValues is the values of a mapping in the order of its keys.
func sortedValues(m map[string]any) []any {
	out := make([]any, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}
