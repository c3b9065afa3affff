package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
)

// maxNodes is how many ends of flows a picture has, and maxEdges how many flows: more cannot be read.
const (
	maxNodes = 20
	maxEdges = 50
)

// picture draws the connections that findings are about, the worst first, as a diagram of Mermaid's
// (docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams).
func (p *markdownPage) picture(shown []diag.Diagnostic) {
	nodes, drawn := map[string]int{}, map[string]bool{}
	var ends, edges []string
	left := 0
	for i := range shown {
		f := shown[i].Witness
		if f == nil {
			continue
		}
		src, dst := cmp.Or(f.Src, "?"), cmp.Or(f.Dst, "?")
		var missing []string
		for _, name := range []string{src, dst} {
			if _, ok := nodes[name]; !ok && (len(missing) == 0 || missing[0] != name) {
				missing = append(missing, name)
			}
		}
		if len(nodes)+len(missing) > maxNodes {
			left++
			continue
		}
		what, _, _ := strings.Cut(f.String(), " from ")
		what = label(what) + ": " + label(shown[i].Check)
		flow := strings.Join([]string{src, dst, what}, "\x00")
		if drawn[flow] {
			continue
		}
		if len(edges) == maxEdges {
			left++
			continue
		}
		drawn[flow] = true
		for _, name := range missing {
			nodes[name] = len(nodes)
			ends = append(ends, fmt.Sprintf("  n%d[\"%s\"]", nodes[name], label(name)))
		}
		edges = append(edges, fmt.Sprintf("  n%d -->|\"%s\"| n%d", nodes[src], what, nodes[dst]))
	}
	if len(edges) == 0 {
		return
	}
	p.line("\n### The connections\n\n```mermaid\nflowchart LR\n%s\n%s\n```", strings.Join(ends, "\n"), strings.Join(edges, "\n"))
	if left > 0 {
		p.line("\nNot drawn: the connections of %s.", count(left, "more finding", "more findings"))
	}
}

// longestLabel is how many bytes of a name a picture shows.
const longestLabel = 60

// label is a text in quotation marks of Mermaid's, where punctuation is written by its number
// (mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters).
func label(s string) string {
	var b strings.Builder
	for _, r := range Printable(cut(strings.ToValidUTF8(s, "\ufffd"), longestLabel)) {
		if r < 0x80 && !strings.ContainsRune(" -./,=()", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
