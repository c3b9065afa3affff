package report

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// lineHash is what GitHub knows a line by, so that an alert stays the same when lines above come
// and go: a hash of what follows, and how many lines of the file had the same so far. It is
// computed as github/codeql-action does in src/fingerprints.ts, because that action warns of every
// result with another value.
type lineHash struct {
	hash uint64
	nth  int
}

// String is the form of partialFingerprints.primaryLocationLineHash.
func (h lineHash) String() string { return fmt.Sprintf("%x:%d", h.hash, h.nth) }

const (
	hashBlock = 100    // the characters that a hash is made of
	hashBase  = 37     // of the polynomial, modulo 2^64
	hashEnd   = 0xffff // stands for the end of the file
)

// lineHashes are those of all lines of a text. There are none if the text is not valid UTF-8, for
// decoders differ in how many characters they make of the rest: the action then fills them in.
func lineHashes(text []byte) []lineHash {
	if !utf8.Valid(text) {
		return nil
	}
	h := lineHasher{seen: map[uint64]int{}, first: 1, start: true}
	for range hashBlock {
		h.first *= hashBase
	}
	for _, r := range string(text) {
		if r < 0x10000 {
			h.read(uint16(r))
			continue
		}
		high, low := utf16.EncodeRune(r) // JavaScript counts UTF-16
		h.read(uint16(high))
		h.read(uint16(low))
	}
	h.read(hashEnd)
	for range hashBlock {
		h.shift(0)
	}
	return h.out
}

// lineHasher is a hash that rolls over a window of hashBlock characters.
type lineHasher struct {
	out    []lineHash
	seen   map[uint64]int
	window [hashBlock]uint16
	starts [hashBlock]bool // whether a line starts at a place of the window
	at     int             // the oldest place of the window
	hash   uint64
	first  uint64 // the factor with which the oldest character leaves the hash
	start  bool   // the next character starts a line
	afterC bool   // a carriage return was read last
}

// read takes a character. Spaces and tabs do not count, and every end of a line is a line feed.
func (h *lineHasher) read(c uint16) {
	if c == ' ' || c == '\t' || h.afterC && c == '\n' {
		h.afterC = false
		return
	}
	h.afterC = c == '\r'
	if h.afterC {
		c = '\n'
	}
	h.leave()
	h.starts[h.at] = h.start
	h.start = c == '\n'
	h.roll(c)
}

// shift pushes what is left out of the window.
func (h *lineHasher) shift(c uint16) {
	h.leave()
	h.roll(c)
}

// leave notes the hash if a line starts at the oldest place: it is complete then.
func (h *lineHasher) leave() {
	if !h.starts[h.at] {
		return
	}
	h.starts[h.at] = false
	h.seen[h.hash]++
	h.out = append(h.out, lineHash{h.hash, h.seen[h.hash]})
}

func (h *lineHasher) roll(c uint16) {
	h.hash = h.hash*hashBase + uint64(c) - h.first*uint64(h.window[h.at])
	h.window[h.at] = c
	h.at = (h.at + 1) % hashBlock
}
