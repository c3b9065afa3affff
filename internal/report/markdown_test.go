package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/source"
)

// ours is the HTML that a page has of its own.
var ours = regexp.MustCompile(`</?code>|<br>|\]\(<https://[^<>\s]*>\)`)

// readMarkdown wants that nothing from the files is markup: all lines begin as ours do, the rows of a
// table have as many cells as its head, and no other HTML is there.
func readMarkdown(t *testing.T, out string) {
	fences, cells := 0, 0
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			fences++
			continue
		case fences == 1: // Mermaid
			if line != "flowchart LR" && !regexp.MustCompile(`^  n[0-9]+(\["[^"\[\]]*"\]| -->\|"[^"|]*"\| n[0-9]+)$`).MatchString(line) {
				t.Errorf("no line of ours in the picture: %q", line)
			}
			continue
		}
		if n := strings.Count(line, "|"); strings.HasPrefix(line, "|") {
			if cells != 0 && n != cells {
				t.Errorf("a row with %d bars, not %d: %q", n, cells, line)
			}
			cells = n
		} else if cells = 0; n != 0 {
			t.Errorf("a bar outside of a table: %q", line)
		}
		if rest := ours.ReplaceAllString(line, ""); strings.ContainsAny(rest, "<>`\\") {
			t.Errorf("markup that is not ours: %q", line)
		}
	}
	if fences != 2 {
		t.Errorf("%d fences, want 2", fences)
	}
}

func TestMarkdownLinksLeadToTheLine(t *testing.T) {
	r := hostileResult("a b/(x)|#?.yaml", "n", "t", source.Pos{Line: 3, Col: 1})
	out := write(t, Markdown{Blob: "https://github.com/o/r/blob/0123/", Note: "a <note>"}, r)
	for _, want := range []string{"](<https://github.com/o/r/blob/0123/sub/a%20b/%28x%29%7C%23%3F.yaml#L3>)", "\na &#60;note&#62;\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if strings.Contains(out, "blob/0123/sub/../") {
		t.Error("a file outside of the repository is a link")
	}
	readMarkdown(t, out)
}

func TestMarkdownStaysWithinTheLimits(t *testing.T) {
	r := &Result{}
	for i := range 30000 {
		d := diag.Diagnostic{Check: fmt.Sprintf("c%d", i%50), Severity: diag.Warning, Message: strings.Repeat("<", 400), Object: "o"}
		d.At.File, d.At.Start.Line = fmt.Sprintf("%d.yaml", i), 1
		d.Witness = &flow.Flow{Src: fmt.Sprintf("a/%d", i), Dst: "b/b", Port: 80}
		r.Findings = append(r.Findings, d)
		r.Gaps = append(r.Gaps, Gap{})
	}
	out := write(t, Markdown{}, r)
	if len(out) > 1<<20 {
		t.Errorf("%d bytes", len(out))
	}
	rows := strings.Count(out, "\n| warning |")
	if want := fmt.Sprintf("Not in the table, because GitHub takes no more: %d findings.", 30000-rows); rows < 100 || !strings.Contains(out, want) {
		t.Errorf("%d rows, and not %q", rows, want)
	}
	if n := strings.Count(out, `["`); n != maxNodes || !strings.Contains(out, fmt.Sprintf("Not drawn: the connections of %d more findings.", 30000-19)) {
		t.Errorf("%d nodes", n)
	}
}

func TestPictureOfManyConnectionsBetweenTwo(t *testing.T) {
	r := &Result{}
	for i := range 2000 {
		d := diag.Diagnostic{Check: "c", Severity: diag.Warning, Message: "m", Object: "o"}
		d.Witness = &flow.Flow{Src: "a/a", Dst: "b/b", Proto: "tcp", Port: i + 1}
		r.Findings = append(r.Findings, d)
	}
	out := write(t, Markdown{}, r)
	if n := strings.Count(out, "-->"); n != maxEdges || !strings.Contains(out, "Not drawn: the connections of 1950 more findings.") {
		t.Errorf("%d connections are drawn", n)
	}
}
