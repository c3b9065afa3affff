package yamldoc

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/yaml"
)

// JSON is what kubectl makes of a tree (sigs.k8s.io/yaml, YAMLToJSON), which reads scalars by
// YAML 1.1: yes and off are booleans, 0777 is octal.
func JSON(n *Node) ([]byte, error) {
	v, err := value(n)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// Value is what kubectl makes of a tree, in the types of encoding/json, numbers as int64, uint64
// or float64.
func Value(n *Node) (any, error) { return value(n) }

func value(n *Node) (any, error) {
	n = resolveAlias(n)
	switch n.Kind {
	case yaml.MappingNode:
		out := make(map[string]any, len(n.Content)/2)
		return out, addMapping(out, n)
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			v, err := value(c)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, nil
}

// addMapping adds the keys of a mapping in the order in which they are written: the last one of
// equal ones counts, also where one of them is merged (go.yaml.in/yaml/v2, decode.go: mapping).
func addMapping(out map[string]any, n *Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if isMerge(k) {
			if err := merge(out, v); err != nil {
				return err
			}
			continue
		}
		key, err := keyText(resolveAlias(k))
		if err != nil {
			return err
		}
		if out[key], err = value(v); err != nil {
			return err
		}
	}
	return nil
}

// merge adds what a merge key stands for; of several mappings the first one counts.
func merge(out map[string]any, from *Node) error {
	maps := []*Node{from}
	if from.Kind == yaml.SequenceNode { // an alias that stands for a list is an error
		maps = from.Content
	}
	for i := len(maps) - 1; i >= 0; i-- {
		m := resolveAlias(maps[i])
		if m.Kind != yaml.MappingNode {
			return fmt.Errorf("line %d: only a mapping can be merged with <<", from.Line)
		}
		if err := addMapping(out, m); err != nil {
			return err
		}
	}
	return nil
}

// keyText is a key as JSON has it (sigs.k8s.io/yaml, convertToJSONableObject).
func keyText(n *Node) (string, error) {
	v, err := scalar(n)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		switch {
		case math.IsInf(v, 1):
			return ".inf", nil
		case math.IsInf(v, -1):
			return "-.inf", nil
		case math.IsNaN(v):
			return ".nan", nil
		}
		return strconv.FormatFloat(v, 'g', -1, 32), nil
	}
	return "", fmt.Errorf("line %d: %q cannot be a key", n.Line, n.Value)
}

// scalar is what a scalar means by YAML 1.1: a string, bool, nil, int64, uint64 or float64.
func scalar(n *Node) (any, error) {
	if n.Style&yaml.TaggedStyle != 0 {
		return tagged(n)
	}
	if n.Style != 0 || isString(n.Value) {
		return n.Value, nil
	}
	if n.Value == "" {
		return nil, nil
	}
	if n.Value == "0" || len(n.Value) < 19 && n.Value[0] >= '1' && n.Value[0] <= '9' {
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return i, nil
		}
	}
	if n.Value == "<<" || n.Value == "-" {
		return n.Value, nil
	}
	return resolve(n.Value)
}

// isString says whether a plain scalar is certainly a string, by its first byte
// (go.yaml.in/yaml/v2, resolve.go: resolveTable) or by its line breaks.
func isString(s string) bool {
	if s == "" {
		return false
	}
	if strings.IndexByte(s, '\n') >= 0 {
		return true
	}
	if strings.IndexByte("yYnNtTfFoO~", s[0]) >= 0 {
		return len(s) > 5 // "false" is the longest word that is not
	}
	return strings.IndexByte("0123456789+-.<", s[0]) < 0
}

// tagged is what a scalar with an explicit tag means.
func tagged(n *Node) (any, error) {
	switch n.Tag {
	case "!!str", "!":
		return n.Value, nil
	case "!!bool", "!!int", "!!float", "!!null", "!!timestamp", "!!binary":
		quoted, err := json.Marshal(n.Value)
		if err != nil {
			return nil, err
		}
		return resolve(n.Tag + " " + string(quoted))
	}
	return n.Value, nil
}

// resolve leaves the rare scalars to the library that kubectl uses.
func resolve(text string) (any, error) {
	var out []any
	data, err := kyaml.YAMLToJSON([]byte("- " + text))
	if err != nil {
		return infinite(text, err)
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil || len(out) != 1 {
		return nil, fmt.Errorf("reading the scalar %q: %w", text, err)
	}
	num, ok := out[0].(json.Number)
	if !ok {
		return out[0], nil
	}
	if i, err := strconv.ParseInt(num.String(), 10, 64); err == nil {
		return i, nil
	}
	if u, err := strconv.ParseUint(num.String(), 10, 64); err == nil {
		return u, nil
	}
	return num.Float64()
}

// infinite reads the numbers that JSON does not have.
func infinite(text string, err error) (any, error) {
	switch strings.ToLower(strings.TrimPrefix(text, "+")) {
	case ".inf":
		return math.Inf(1), nil
	case "-.inf":
		return math.Inf(-1), nil
	case ".nan":
		return math.NaN(), nil
	}
	return nil, err
}
