package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
)

// What GitHub takes in one upload; it rejects a file that has more. It shows the 5,000 severest
// results ("SARIF results file limits" in the docs of code scanning).
const (
	maxResults = 25_000
	maxPacked  = 10 << 20 // bytes, packed with gzip as codeql-action does
)

// sarifBytes is how large a file may be; tests have smaller ones.
type sarifBytes struct{ results, packed int }

// writeSARIF writes a run as a file that GitHub takes. Where it is too large, the ways through the
// tiers go first and then the mildest results; a notification says so, and the text of it is returned.
func writeSARIF(w io.Writer, run sarifRun) (cut string, err error) {
	return sarifBytes{maxResults, maxPacked}.write(w, run)
}

func (limit sarifBytes) write(w io.Writer, run sarifRun) (cut string, err error) {
	all, size, ways := len(run.Results), 0, true
	var data []byte
	encode := func() (err error) {
		cut = leftOut(len(run.Results), all, ways)
		if data, err = encodeSARIF(run, cut); err == nil {
			size, err = packed(data, limit.packed)
		}
		return err
	}
	run.Results = severest(run.Results, limit.results)
	err = encode()
	if err == nil && size > limit.packed {
		ways = false
		for _, r := range run.Results {
			r.CodeFlows = nil
		}
		err = encode()
	}
	for err == nil && size > limit.packed && len(run.Results) > 0 {
		// Less than its share is kept, for rules and the like take room, too.
		run.Results = severest(run.Results, len(run.Results)*limit.packed/size*9/10)
		err = encode()
	}
	if err == nil {
		_, err = w.Write(data)
	}
	return cut, err
}

// leftOut says what is missing in a file; empty: nothing.
func leftOut(kept, of int, ways bool) string {
	switch {
	case kept < of:
		return fmt.Sprintf("these are the %d severest of %d results, because GitHub takes no larger SARIF file; --format json has all", kept, of)
	case !ways:
		return "the results do not say by which tiers their connections go, because GitHub takes no larger SARIF file"
	}
	return ""
}

// severest keeps the n severest results, in the order that they are in.
func severest(all []*sarifResult, n int) []*sarifResult {
	if len(all) <= n {
		return all
	}
	by := make([]int, len(all))
	for i := range by {
		by[i] = i
	}
	slices.SortStableFunc(by, func(a, b int) int { return cmp.Compare(levelRank(all[b].Level), levelRank(all[a].Level)) })
	by = by[:n]
	slices.Sort(by)
	out := make([]*sarifResult, n)
	for i, k := range by {
		out[i] = all[k]
	}
	return out
}

// encodeSARIF is a file with the run, which says what was left out.
func encodeSARIF(run sarifRun, cut string) ([]byte, error) {
	if cut != "" {
		first := run.Invocations[0]
		first.Notifications = append(slices.Clone(first.Notifications), sarifNotification{Level: "warning", Message: sarifText{Text: sentence(cut)}})
		run.Invocations = []sarifInvocation{first}
	}
	var b bytes.Buffer
	err := writeJSON(&b, sarifLog{sarifSchema, sarifVersion, []sarifRun{run}})
	return b.Bytes(), err
}

// packed is the size of data once packed. What is below the limit already cannot get above it by
// more than a few bytes, and is not packed.
func packed(data []byte, limit int) (int, error) {
	if len(data) < limit/2 {
		return len(data), nil
	}
	var n counter
	z := gzip.NewWriter(&n)
	if _, err := z.Write(data); err != nil {
		return 0, fmt.Errorf("packing SARIF: %w", err)
	}
	if err := z.Close(); err != nil {
		return 0, fmt.Errorf("packing SARIF: %w", err)
	}
	return int(n), nil
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
