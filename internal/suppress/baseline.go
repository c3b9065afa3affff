package suppress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
)

// BaselineFile is the name of a baseline's file where nobody gives another.
const BaselineFile = ".tierlint-baseline.json"

// baselineVersion is the version of the file's form.
const baselineVersion = 1

// Baseline is findings that were there when somebody began to use the tool. New ones are reported,
// these are not.
type Baseline struct {
	File     string // as in spans
	Findings []Known
}

// Known is findings in a baseline. What is not the fingerprint or the count is for people.
type Known struct {
	Fingerprint string `json:"fingerprint"`
	Count       int    `json:"count"`
	Check       string `json:"check"`
	File        string `json:"file"`
	Object      string `json:"object,omitempty"`
	Message     string `json:"message"`
}

type baselineJSON struct {
	Version  int     `json:"version"`
	Findings []Known `json:"findings"`
}

// ReadBaseline reads a baseline's file.
func ReadBaseline(file string, data []byte) (*Baseline, error) {
	var v baselineJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("the baseline %s is not what --write-baseline writes: %w", file, err)
	}
	if v.Version != baselineVersion {
		return nil, fmt.Errorf("the baseline %s has version %d, and this tool knows version %d: write it anew", file, v.Version, baselineVersion)
	}
	for i, k := range v.Findings {
		if k.Fingerprint == "" || k.Count < 1 {
			return nil, fmt.Errorf("the baseline %s: finding %d: %w", file, i+1, errors.New("no fingerprint, or no count"))
		}
	}
	return &Baseline{File: file, Findings: v.Findings}, nil
}

// WriteBaseline is the file of a baseline with these findings, and how many are in it: what is wrong with directives is
// not in it. Lines do not count, so that the file changes only when findings do.
func WriteBaseline(ds []diag.Diagnostic) (data []byte, n int, err error) {
	v := baselineJSON{Version: baselineVersion, Findings: []Known{}}
	at := map[string]int{}
	for i := range ds {
		d := &ds[i]
		if slices.Contains(Checks(), d.Check) {
			continue
		}
		n++
		key := d.Fingerprint()
		if known, again := at[key]; again {
			v.Findings[known].Count++
			continue
		}
		at[key] = len(v.Findings)
		v.Findings = append(v.Findings, Known{key, 1, d.Check, d.At.File, d.Object, d.Message})
	}
	slices.SortFunc(v.Findings, func(a, b Known) int {
		return slices.Compare([]string{a.File, a.Object, a.Check, a.Message, a.Fingerprint}, []string{b.File, b.Object, b.Check, b.Message, b.Fingerprint})
	})
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, 0, fmt.Errorf("writing the baseline: %w", err)
	}
	return []byte(out.String()), n, nil
}

// counts are the findings by fingerprint.
func (b *Baseline) counts() map[string]int {
	out := map[string]int{}
	if b != nil {
		for _, k := range b.Findings {
			out[k.Fingerprint] += k.Count
		}
	}
	return out
}
