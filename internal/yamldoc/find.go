package yamldoc

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Found is where a JSON pointer leads.
type Found struct {
	// Key is the key whose value it is; nil for the root and for items of lists.
	Key *Node
	// Value is the value; for an alias the alias itself, which is what is written at the place.
	Value *Node
	// Rest is the part of the pointer that leads nowhere; then Key and Value are those of the
	// nearest parent that exists. Empty: all of it was found.
	Rest string
}

// Find follows a JSON pointer (RFC 6901) from a node, through aliases and merged mappings. In nil
// nothing is found.
func Find(root *Node, pointer string) Found {
	found := Found{Value: root}
	for pointer != "" {
		step, rest := strings.TrimPrefix(pointer, "/"), ""
		if i := strings.IndexByte(step, '/'); i >= 0 {
			step, rest = step[:i], step[i:]
		}
		key, value := child(resolveAlias(found.Value), Unescape(step))
		if value == nil {
			found.Rest = pointer
			return found
		}
		found.Key, found.Value, pointer = key, value, rest
	}
	return found
}

// child is the value of a key, or the item at an index. Of a key that is there twice, the last counts.
func child(n *Node, step string) (key, value *Node) {
	if n == nil {
		return nil, nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		i, err := strconv.Atoi(step)
		if err != nil || i < 0 || i >= len(n.Content) || strconv.Itoa(i) != step {
			return nil, nil
		}
		return nil, n.Content[i]
	case yaml.MappingNode:
		merges := false
		for i := len(n.Content) - 2; i >= 0; i -= 2 {
			switch k := n.Content[i]; {
			case isMerge(k):
				merges = true
			case k.Kind == yaml.ScalarNode && k.Value == step:
				return k, n.Content[i+1]
			}
		}
		if merges {
			return merged(n, step)
		}
	}
	return nil, nil
}

// merged looks for a key in the mappings that are merged into one with <<.
func merged(n *Node, step string) (key, value *Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !isMerge(n.Content[i]) {
			continue
		}
		from := resolveAlias(n.Content[i+1])
		maps := []*Node{from}
		if from.Kind == yaml.SequenceNode {
			maps = from.Content
		}
		for _, m := range maps {
			if m = resolveAlias(m); m.Kind == yaml.MappingNode {
				if k, v := child(m, step); v != nil {
					return k, v
				}
			}
		}
	}
	return nil, nil
}

// isMerge says whether a key is a merge key: a plain <<.
func isMerge(k *Node) bool {
	return k.Kind == yaml.ScalarNode && k.Value == "<<" && (k.Style == 0 || k.Tag == "!!merge")
}

// Escape makes a reference token of a key (RFC 6901, section 3).
func Escape(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// Unescape makes a key of a reference token.
func Unescape(token string) string {
	if strings.IndexByte(token, '~') < 0 {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

// Text is the value of a scalar at a pointer, or "".
func Text(root *Node, pointer string) string {
	f := Find(root, pointer)
	if v := resolveAlias(f.Value); v != nil && f.Rest == "" && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// Items is the items of the list at a pointer.
func Items(root *Node, pointer string) []*Node {
	f := Find(root, pointer)
	if v := resolveAlias(f.Value); v != nil && f.Rest == "" && v.Kind == yaml.SequenceNode {
		return v.Content
	}
	return nil
}
