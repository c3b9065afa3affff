package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

func TestGitHubEscapes(t *testing.T) {
	d := diag.Diagnostic{
		Check: "c", Severity: diag.Error,
		At:      source.Origin{Span: span("a,b:c%\n::error::x.yaml", 2, 3, 5)},
		Message: "100%\n::add-mask::secret\r\n",
	}
	got := write(t, GitHub{}, &Result{Findings: []diag.Diagnostic{d}, Summary: Summary{Policies: 1, Files: 1}})
	want := "::error file=a%2Cb%3Ac%25 %3A%3Aerror%3A%3Ax.yaml,line=2,endLine=2,col=3,endColumn=4,title=tierlint%3A c::100%25 ::add-mask::secret  \n"
	first, _, _ := strings.Cut(got, "\n")
	if first+"\n" != want {
		t.Errorf("got  %q\nwant %q", first+"\n", want)
	}
	if n := strings.Count("\n"+got, "\n::"); n != 1 {
		t.Errorf("%d commands, want 1:\n%s", n, got)
	}
}

func TestGitHubShowsTheWorstFirst(t *testing.T) {
	r := &Result{Summary: Summary{Policies: 1}}
	for i := range 30 {
		r.Findings = append(r.Findings, diag.Diagnostic{
			Check: "c", Severity: diag.Severity(i%3) + diag.Note,
			At: source.Origin{Span: span("f.yaml", i+1, 1, 2)}, Message: fmt.Sprint("finding ", i),
		})
	}
	r.Findings = append(r.Findings, diag.Diagnostic{Check: "c", Severity: diag.Error, At: source.Origin{Span: span("g.yaml", 1, 1, 2)}, Message: "one too many"})
	got := write(t, GitHub{}, r)
	for _, c := range []string{"error", "warning", "notice"} {
		if n := strings.Count(got, "::"+c+" "); n != maxAnnotations {
			t.Errorf("%d of %s, want %d", n, c, maxAnnotations)
		}
	}
	if !strings.HasPrefix(got, "::error ") || strings.Index(got, "::warning ") > strings.Index(got, "::notice ") {
		t.Errorf("not the worst first:\n%s", got)
	}
	if !strings.Contains(got, "%0Aand 1 more of this severity;") || strings.Contains(got, "one too many") {
		t.Errorf("what is left out is not counted:\n%s", got)
	}
}

func TestGitHubCutsLongMessages(t *testing.T) {
	d := dns()
	d.Message = strings.Repeat("ü", maxMessage)
	got := annotationText(&d)
	if cutText := cut(got, maxMessage); len(cutText) > maxMessage || !strings.HasSuffix(cutText, "ü…") {
		t.Errorf("cut to %d bytes, ending in %q", len(cutText), cutText[len(cutText)-8:])
	}
}

func TestGuardedTextIsNoCommand(t *testing.T) {
	r := &Result{Findings: []diag.Diagnostic{{Check: "c", At: source.Origin{Span: source.Span{File: "::error::f"}}, Severity: diag.Note, Message: "##[error]x"}}}
	got := write(t, Guarded{Text{}}, r)
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	token, ok := strings.CutPrefix(lines[0], "::stop-commands::")
	if !ok || lines[len(lines)-1] != "::"+token+"::" || len(token) != 64 {
		t.Fatalf("not between a command that stops commands and its end:\n%s", got)
	}
	if strings.Contains(strings.Join(lines[1:len(lines)-1], "\n"), token) {
		t.Error("the guarded text has the token")
	}
	if got != write(t, Guarded{Text{}}, r) {
		t.Error("the same input gives other bytes")
	}
}

// What to write keeps its lines: run together, YAML is of no use.
func TestGitHubHelpKeepsLines(t *testing.T) {
	d := &diag.Diagnostic{Check: "x", Message: "m", Help: "egress:\n- to: []\u202e\n"}
	if got, want := annotationText(d), "m\nwrite:\negress:\n- to: []\ufffd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// GitHub shows annotations by the line, so that several at one are hard to read.
func TestGitHubAnnotatesALineOnce(t *testing.T) {
	at := func(line int, s diag.Severity, message string) diag.Diagnostic {
		return diag.Diagnostic{Check: "c", Severity: s, At: source.Origin{Span: span("f.yaml", line, 1, 2)}, Message: message}
	}
	r := &Result{Summary: Summary{Policies: 1}, Findings: []diag.Diagnostic{
		at(1, diag.Note, "mild"), at(1, diag.Error, "grave"), at(2, diag.Warning, "elsewhere"),
	}}
	got := write(t, GitHub{}, r)
	if n := strings.Count("\n"+got, "\n::"); n != 2 || !strings.Contains(got, "::grave%0A%0Aalso here, note: mild [c]\n") {
		t.Errorf("%d annotations:\n%s", n, got)
	}
	for range 1000 {
		r.Findings = append(r.Findings, at(1, diag.Note, strings.Repeat("x", 100)))
	}
	first, _, _ := strings.Cut(write(t, GitHub{}, r), "\n")
	if len(first) > maxMessage+300 || !strings.Contains(first, " more here") {
		t.Errorf("%d bytes, or what is left out is not counted", len(first))
	}
}
