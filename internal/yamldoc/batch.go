package yamldoc

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"go.yaml.in/yaml/v3"
)

// batchSize is how many bytes of documents are read by one parser, whose buffers would otherwise be
// made anew for each of them, and cost more than the reading.
const batchSize = 1 << 16

// batch is a range of chunks that one parser reads.
type batch struct{ first, end int }

// parseTogether reads documents that follow each other, several batches at a time. It returns the
// roots by chunk; nil for those that must be read on their own, because they are empty, or
// something in their batch is wrong or may mean another thing there.
func (f *File) parseTogether(chunks []chunk) []*Node {
	roots := make([]*Node, len(chunks))
	batches := f.batches(chunks)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(batches), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := next.Add(1); int(i) <= len(batches); i = next.Add(1) {
				b := batches[i-1]
				f.parseBatch(chunks[b.first:b.end], roots[b.first:b.end])
			}
		})
	}
	wg.Wait()
	return roots
}

// batches groups documents that can be read one after the other.
func (f *File) batches(chunks []chunk) []batch {
	var out []batch
	open := false // whether the last batch takes more
	for i, c := range chunks {
		text := f.Content[c.start:c.end]
		// An anchor and a directive must not reach into the next document, as they do in yaml.v3.
		alone := bytes.IndexByte(text, '&') >= 0 || bytes.HasPrefix(text, []byte("%")) || bytes.Contains(text, []byte("\n%"))
		if open && !alone && startsDocument(text) && c.end-chunks[out[len(out)-1].first].start <= batchSize {
			out[len(out)-1].end = i + 1
			continue
		}
		if open = !alone; open {
			out = append(out, batch{i, i + 1})
		}
	}
	kept := out[:0]
	for _, b := range out {
		if b.end-b.first > 1 {
			kept = append(kept, b)
		}
	}
	return kept
}

// startsDocument says whether a text begins with three dashes.
func startsDocument(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return isMarker(bytes.TrimSuffix(line, []byte("\r")), "---")
}

// parseBatch sets the roots of the chunks, or, if anything is odd, of none.
func (f *File) parseBatch(chunks []chunk, roots []*Node) {
	defer func() {
		if recover() != nil { // a mistake of the parser's; it is met again at the document that makes it
			clear(roots)
		}
	}()
	start := chunks[0].start
	lines := f.Pos(start).Line - 1
	dec := yaml.NewDecoder(bytes.NewReader(f.Content[start:chunks[len(chunks)-1].end]))
	for i, c := range chunks {
		if blank(f.Content[c.start:c.end]) {
			continue
		}
		var n yaml.Node
		if err := dec.Decode(&n); err != nil || n.Kind != yaml.DocumentNode || len(n.Content) == 0 {
			clear(roots)
			return
		}
		root := n.Content[0]
		shift(root, lines)
		if at := f.At(root.Line, root.Column).Offset; at < c.start || at > c.end {
			clear(roots)
			return
		}
		roots[i] = root
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		clear(roots)
	}
}
