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

// words are the plain scalars that begin with a letter or ~ and are no strings
// (go.yaml.in/yaml/v2, resolve.go: resolveMap).
var words = map[string]bool{
	"y": true, "Y": true, "yes": true, "Yes": true, "YES": true, "on": true, "On": true, "ON": true,
	"n": true, "N": true, "no": true, "No": true, "NO": true, "off": true, "Off": true, "OFF": true,
	"true": true, "True": true, "TRUE": true, "false": true, "False": true, "FALSE": true,
	"~": true, "null": true, "Null": true, "NULL": true,
}

// isString says whether a plain scalar is certainly a string, by its first byte
// (go.yaml.in/yaml/v2, resolve.go: resolveTable), by its line breaks, or because it has what no
// number has, as nets, versions and quantities do.
func isString(s string) bool {
	if s == "" {
		return false
	}
	switch first := s[0]; {
	case strings.IndexByte(s, '\n') >= 0:
		return true
	case '0' <= first && first <= '9':
		// Letters are those of other number systems, of exponents and of times.
		return strings.Count(s, ".") > 1 || strings.Trim(s, "0123456789abcdefABCDEFxXoOtTZ_+-.: ") != ""
	case strings.IndexByte("+-.<", first) >= 0:
		return false
	}
	return !words[s]
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
