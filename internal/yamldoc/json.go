package yamldoc

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// JSON is what kubectl makes of a tree (sigs.k8s.io/yaml, YAMLToJSON), which reads scalars by
// YAML 1.1: yes and off are booleans, 0777 is octal. Keys are sorted. An error about a value inside the
// tree is a ValueError.
func JSON(n *Node) ([]byte, error) {
	w := jsonWriter{out: make([]byte, 0, 1024)}
	if err := w.value(n); err != nil {
		return nil, err
	}
	return w.out, nil
}

// ValueError says that JSON cannot have a value, such as .nan.
type ValueError struct {
	Pointer string // to the value
	Text    string // of the value, if it is a scalar
	Err     error
}

func (e *ValueError) Error() string { return e.Err.Error() }

func (e *ValueError) Unwrap() error { return e.Err }

// inside says that an error is about what is under a key or index of a tree.
func inside(step string, n *Node, err error) error {
	e, ok := err.(*ValueError)
	if !ok {
		e = &ValueError{Text: resolveAlias(n).Value, Err: err}
	}
	e.Pointer = "/" + Escape(step) + e.Pointer
	return e
}

// Value is what kubectl makes of a tree, in the types of encoding/json, numbers as int64, uint64
// or float64.
func Value(n *Node) (any, error) {
	n = resolveAlias(n)
	switch n.Kind {
	case yaml.MappingNode:
		fields, err := appendFields(nil, n)
		out := make(map[string]any, len(fields))
		for _, f := range fields {
			if out[f.key], err = Value(f.value); err != nil {
				return nil, err
			}
		}
		return out, err
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			v, err := Value(c)
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

// field is a key of a mapping with its value.
type field struct {
	key   string
	value *Node
}

// appendFields adds the fields of a mapping in the order in which they are written: the last one of
// equal ones counts, also where one of them is merged (go.yaml.in/yaml/v2, decode.go: mapping).
func appendFields(out []field, n *Node) ([]field, error) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		var err error
		if isMerge(k) {
			if out, err = appendMerged(out, v); err != nil {
				return nil, err
			}
			continue
		}
		key, err := keyText(resolveAlias(k))
		if err != nil {
			return nil, err
		}
		out = append(out, field{key, v})
	}
	return out, nil
}

// appendMerged adds what a merge key stands for; of several mappings the first one counts.
func appendMerged(out []field, from *Node) ([]field, error) {
	maps := []*Node{from}
	if from.Kind == yaml.SequenceNode { // an alias that stands for a list is an error
		maps = from.Content
	}
	for i := len(maps) - 1; i >= 0; i-- {
		m := resolveAlias(maps[i])
		if m.Kind != yaml.MappingNode {
			return nil, errors.New("only a mapping can be merged with <<")
		}
		var err error
		if out, err = appendFields(out, m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// jsonWriter writes trees as JSON, without a tree of maps in between.
type jsonWriter struct {
	out    []byte
	fields []field // of the mappings that are being written, the innermost last
}

func (w *jsonWriter) value(n *Node) error {
	n = resolveAlias(n)
	switch n.Kind {
	case yaml.MappingNode:
		return w.mapping(n)
	case yaml.SequenceNode:
		w.out = append(w.out, '[')
		for i, c := range n.Content {
			if i > 0 {
				w.out = append(w.out, ',')
			}
			if err := w.value(c); err != nil {
				return inside(strconv.Itoa(i), c, err)
			}
		}
		w.out = append(w.out, ']')
		return nil
	case yaml.ScalarNode:
		v, err := scalar(n)
		if err != nil {
			return err
		}
		return w.scalar(v)
	}
	w.out = append(w.out, "null"...)
	return nil
}

func (w *jsonWriter) mapping(n *Node) error {
	first := len(w.fields)
	fields, err := appendFields(w.fields, n)
	if err != nil {
		return err
	}
	w.fields = fields
	slices.SortStableFunc(fields[first:], func(a, b field) int { return strings.Compare(a.key, b.key) })
	w.out = append(w.out, '{')
	start := len(w.out)
	for i, f := range fields[first:] {
		mark := len(w.out)
		if mark > start {
			w.out = append(w.out, ',')
		}
		if err := w.scalar(f.key); err != nil {
			return err
		}
		w.out = append(w.out, ':')
		if err := w.value(f.value); err != nil {
			return inside(f.key, f.value, err)
		}
		if next := first + i + 1; next < len(fields) && fields[next].key == f.key {
			w.out = w.out[:mark] // the next one counts
		}
	}
	w.fields = w.fields[:first]
	w.out = append(w.out, '}')
	return nil
}

func (w *jsonWriter) scalar(v any) error {
	switch v := v.(type) {
	case string:
		if isPlain(v) {
			w.out = append(w.out, '"')
			w.out = append(w.out, v...)
			w.out = append(w.out, '"')
			return nil
		}
	case int64:
		w.out = strconv.AppendInt(w.out, v, 10)
		return nil
	}
	text, err := json.Marshal(v)
	w.out = append(w.out, text...)
	return err
}

// isPlain says whether JSON has a string as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}
