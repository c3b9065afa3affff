package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// many is a result with n findings, each in a line of its own, every third an error.
func many(n int) *Result {
	r := &Result{Source: files, Summary: Summary{Policies: 1, Files: 1}}
	for i := range n {
		d := dns()
		d.Severity = diag.Note
		if i%3 == 0 {
			d.Severity = diag.Error
		}
		d.At.Span = span(fmt.Sprintf("clusters/c%03d/policies.yaml", i%200), i/200+1, 5, 9)
		d.Message = fmt.Sprintf("finding %d: DNS stays blocked", i)
		r.Findings = append(r.Findings, d)
	}
	return r
}

// limited writes a run within limits.
func limited(t *testing.T, run sarifRun, limit sarifBytes) (sarifRun, int) {
	t.Helper()
	var b bytes.Buffer
	if _, err := limit.write(&b, run); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	size, err := packed(b.Bytes(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return log.Runs[0], size
}

func TestSARIFKeepsTheSeverest(t *testing.T) {
	run := readSARIF(t, SARIF{}, many(600))
	got, _ := limited(t, run, sarifBytes{results: 250, packed: maxPacked})
	count := map[string]int{}
	for _, r := range got.Results {
		count[r.Level]++
	}
	if count["error"] != 200 || count["note"] != 50 {
		t.Errorf("kept %v, want 200 errors and 50 notes", count)
	}
	notes := got.Invocations[0].Notifications
	if last := notes[len(notes)-1]; last.Level != "warning" || !strings.Contains(last.Message.Text, "250 severest of 600") {
		t.Errorf("the cut is not said: %+v", last)
	}
}

func TestSARIFIsSmallEnough(t *testing.T) {
	r := many(300)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range r.Findings {
		r.Findings[i].Message = fmt.Sprintf("%x%x%x", random.Uint64(), random.Uint64(), random.Uint64()) // hard to pack
	}
	whole, size := limited(t, readSARIF(t, SARIF{}, r), sarifBytes{1000, maxPacked})
	if len(whole.Results) != 300 || whole.Results[0].CodeFlows == nil {
		t.Fatalf("%d results", len(whole.Results))
	}
	// A little too large: the ways through the tiers go.
	got, less := limited(t, readSARIF(t, SARIF{}, r), sarifBytes{1000, size - 100})
	if len(got.Results) != 300 || got.Results[0].CodeFlows != nil || less > size-100 {
		t.Errorf("%d results in %d bytes", len(got.Results), less)
	}
	// Much too large: the mildest go.
	got, less = limited(t, readSARIF(t, SARIF{}, r), sarifBytes{1000, size / 3})
	if n := len(got.Results); n == 0 || n >= 150 || got.Results[n-1].Level != "error" || less > size/3 {
		t.Errorf("%d results in %d bytes, the last %s", n, less, got.Results[n-1].Level)
	}
}

func TestSARIFCutsPlacesAndTexts(t *testing.T) {
	d := dns()
	for i := range 1500 {
		d.Related = append(d.Related, diag.Related{At: source.Origin{Span: span("x.yaml", i+1, 1, 2)}, Message: "m"})
		d.Walk = append(d.Walk, d.Related[0])
	}
	res := readSARIF(t, SARIF{}, &Result{Findings: []diag.Diagnostic{d}, Source: files}).Results[0]
	if len(res.Related) != maxLocations || len(res.CodeFlows[0].ThreadFlows[0].Locations) != maxLocations {
		t.Errorf("%d related places, %d steps", len(res.Related), len(res.CodeFlows[0].ThreadFlows[0].Locations))
	}
	if strings.Contains(res.Message.Text, fmt.Sprintf("](%d)", maxLocations+1)) {
		t.Error("the message links to a place that is not there")
	}
	var all []diag.Diagnostic
	for i := range 50 {
		d := dns()
		d.Message, d.Object = fmt.Sprint("text ", i), fmt.Sprint("NetworkPolicy web/", i)
		all = append(all, d)
	}
	text := readSARIF(t, SARIF{}, &Result{Findings: all, Source: files}).Results[0].Message.Text
	if n := strings.Count(text, "Also on this line"); n != maxTexts-1 || !strings.Contains(text, "40 more findings of this check are on this line.") {
		t.Errorf("%d texts besides the first: %s", n, text)
	}
}
