package yamldoc

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// maxExpanded is the largest number of nodes that a document may have once its aliases are
// replaced with what they stand for.
const maxExpanded = 1_000_000

// guard looks for what makes a well-formed document useless or dangerous. It says whether the
// document may be used.
func (d *Document) guard() bool {
	w := watch{d: d, sizes: map[*Node]int{}}
	if n := w.size(d.Root); n > maxExpanded {
		d.File.Problems = append(d.File.Problems, Problem{
			Kind: Expansion, At: d.File.KeySpan(w.worst),
			Message: fmt.Sprintf("aliases make this document more than %d values large; it is not checked", maxExpanded),
		})
		return false
	}
	if w.loop != nil {
		d.File.Problems = append(d.File.Problems, Problem{
			Kind: Expansion, At: d.File.KeySpan(w.loop),
			Message: "this alias stands for something that contains it; the document is not checked",
		})
		return false
	}
	return d.guardKeys(d.Root)
}

// watch computes how large a tree is with its aliases expanded, without expanding them.
type watch struct {
	d           *Document
	sizes       map[*Node]int // of anchored nodes; -1 while it is computed
	worst, loop *Node
}

func (w *watch) size(n *Node) int {
	if n.Kind == yaml.AliasNode {
		if w.loop != nil {
			return 1
		}
		if size, ok := w.sizes[n.Alias]; ok && size < 0 {
			w.loop = n
			return 1
		}
		w.worst = n
		return w.size(n.Alias)
	}
	if n.Anchor != "" {
		if size, ok := w.sizes[n]; ok {
			return size
		}
		w.sizes[n] = -1
	}
	total := 1
	for _, c := range n.Content {
		if total += w.size(c); total > maxExpanded {
			total = maxExpanded + 1
		}
	}
	if n.Anchor != "" {
		w.sizes[n] = total
	}
	return total
}

// guardKeys looks for keys that are there twice, or that are no scalars.
func (d *Document) guardKeys(n *Node) bool {
	if n.Kind == yaml.MappingNode {
		if !d.guardMapping(n) {
			return false
		}
	}
	for _, c := range n.Content {
		if !d.guardKeys(c) {
			return false
		}
	}
	return true
}

func (d *Document) guardMapping(n *Node) bool {
	var seen map[string]*Node // only of long mappings; most are short, and comparing is cheaper
	if len(n.Content) > 64 {
		seen = make(map[string]*Node, len(n.Content)/2)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if resolveAlias(key).Kind != yaml.ScalarNode {
			d.File.Problems = append(d.File.Problems, d.badKey(key))
			return false
		}
		if key.Value == "<<" {
			if isMerge(key) && !mergeable(n.Content[i+1]) {
				d.File.Problems = append(d.File.Problems, d.badMerge(key))
				return false
			}
			continue
		}
		first := seen[key.Value]
		if seen == nil {
			first = firstKey(n, i)
		}
		if first != nil {
			d.duplicateKey(first, key)
		} else if seen != nil {
			seen[key.Value] = key
		}
	}
	return true
}

// firstKey is the earlier key that the one at i repeats, or nil.
func firstKey(n *Node, i int) *Node {
	for j := 0; j < i; j += 2 {
		if n.Content[j].Value == n.Content[i].Value && n.Content[j].Kind == n.Content[i].Kind {
			return n.Content[j]
		}
	}
	return nil
}

func (d *Document) duplicateKey(first, key *Node) {
	d.Broken = true
	d.File.Problems = append(d.File.Problems, Problem{
		Kind: DuplicateKey, At: d.File.KeySpan(key), First: d.File.KeySpan(first),
		Message: fmt.Sprintf("the key %q is there twice: this one counts, and the first is dropped without a word", key.Value),
		Help:    "the key once",
	})
}

// mergeable says whether a value can be merged: a mapping, or a list of mappings that is written
// there. An alias that stands for a list is an error (go.yaml.in/yaml/v3, decode.go: merge).
func mergeable(v *Node) bool {
	if v.Kind != yaml.SequenceNode {
		return resolveAlias(v).Kind == yaml.MappingNode
	}
	return !slices.ContainsFunc(v.Content, func(m *Node) bool { return resolveAlias(m).Kind != yaml.MappingNode })
}

func (d *Document) badMerge(key *Node) Problem {
	if p, ok := d.template(); ok {
		return p
	}
	return Problem{
		Kind: BadKey, At: d.File.KeySpan(key),
		Message: "<< merges a mapping, or a list of mappings, and here is something else; the document is not checked",
		Help:    "an alias of a mapping, such as `<<: *defaults`; or quotes around the key",
	}
}

func (d *Document) badKey(key *Node) Problem {
	if p, ok := d.template(); ok {
		return p
	}
	return Problem{
		Kind: BadKey, At: d.File.KeySpan(key),
		Message: "a key must be a word, not a list or a mapping; the document is not checked",
	}
}

// resolveAlias is what an alias stands for, or the node itself.
func resolveAlias(n *Node) *Node {
	for n != nil && n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}
