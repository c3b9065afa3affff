package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/model"
)

// BenchmarkReports writes 30,000 findings in each format.
func BenchmarkReports(b *testing.B) {
	r := many(30_000)
	for _, format := range Formats() {
		rep, _ := New(format, Options{})
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				var out bytes.Buffer
				if err := rep.Report(&out, r); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(out.Len())/1e6, "MB")
			}
		})
	}
}

// BenchmarkOneLine joins 30,000 findings of a check on one line: manifests may be JSON on one line.
func BenchmarkOneLine(b *testing.B) {
	r := many(30_000)
	for i := range r.Findings {
		r.Findings[i].At = r.Findings[0].At
	}
	for b.Loop() {
		if err := (SARIF{}).Report(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever is found, GitHub takes what is written.
func TestLimitsHoldFor30000Findings(t *testing.T) {
	r := many(30_000)
	said := ""
	sarif := write(t, SARIF{Say: func(cut string) { said = cut }}, r)
	if !strings.Contains(said, "25000 severest of 30000") {
		t.Errorf("the cut is not said: %q", said)
	}
	if n := strings.Count(sarif, `"ruleId":`); n != maxResults {
		t.Errorf("%d results, want %d", n, maxResults)
	}
	size, err := packed([]byte(sarif), 1)
	if err != nil || size > maxPacked {
		t.Errorf("%d bytes packed, more than %d, or %v", size, maxPacked, err)
	}
	out := write(t, GitHub{}, r)
	if n := strings.Count("\n"+out, "\n::"); n != 2*maxAnnotations { // errors and notices
		t.Errorf("%d annotations, want %d", n, 2*maxAnnotations)
	}
	if !strings.Contains(out, "and 9990 more of this severity") || !strings.Contains(out, "and 19990 more of this severity") {
		t.Errorf("what is left out is not counted:\n%s", out)
	}
	// Each character of these names takes six in markdown.
	name := strings.Repeat("|", 3000)
	r.Comparison = &Comparison{Base: "main", Commit: "0123456789", Fixed: r.Findings}
	for i := range r.Findings {
		r.Findings[i].Message = name
		r.Findings[i].At.File = name
		r.Gaps = append(r.Gaps, Gap{Gap: model.Gap{At: r.Findings[i].At, Message: name, Settle: name}})
		r.Summary.Platforms = append(r.Summary.Platforms, Platform{name, name, name})
	}
	page := write(t, Markdown{Note: name}, r)
	if len(page) > 1<<20 || !strings.Contains(page, "Not in the table, because GitHub takes no more") || !strings.Contains(page, "\n- and ") {
		t.Errorf("the summary has %d bytes, and ends with\n%s", len(page), page[len(page)-min(len(page), 500):])
	}
}
