package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/suppress"
)

// hostile are names that try to break out of some format.
var hostile = []string{
	"a\n::error file=x::y", "::add-mask::secret", "%0A::error::x", "##[error]x", "x\r::stop-commands::t", "<img src=x onerror=alert(1)>",
	"a|b`c`[d](javascript:e)", "](1)", "[x](2) [y](99)", "{0} {{1}}", "</system-out><failure>", "]]>", "\x1b[31mred\x1b[0m", "\u009b31m", "\x00\x01\x7f",
	"\u202egnp.exe", "\u2028\u2029\u0085", "\xff\xfe\xc3(", "\U000e0001", "a\tb", "..", "../../etc/passwd", "/abs", "C:\\x", "a:b", "http://x/y#z?q", " ", "",
	strings.Repeat("n", 300), strings.Repeat("字", 300), strings.Repeat("](1)", 2000), "\ufeff", "&amp;&#0;", "\"'\\",
}

// hostileResult has a text, and pieces of it, in every place to which a name from the files can get.
func hostileResult(file, name, text string, at source.Pos) *Result {
	s := source.Span{File: file, Start: at, End: source.Pos{Line: at.Line, Col: at.Col + len(name)}}
	d := diag.Diagnostic{
		Check: "some-check", Severity: diag.Error, At: source.Origin{Span: s, Via: []source.Span{s}}, Object: name, Environments: []string{name, text},
		Message: text, Help: text + "\n" + name, Decided: name, Witness: &flow.Flow{Src: name, Dst: text, Via: "svc:" + name, Proto: "tcp", Port: 80},
		Related: []diag.Related{{At: source.Origin{Span: s}, Message: name}}, Walk: []diag.Related{{At: source.Origin{Span: s}, Message: text}},
		Fixes: []diag.Fix{{Title: name, Edits: []diag.Edit{{Span: s, NewText: text}}}},
	}
	other, outside := d, d
	other.Message, other.Severity, other.At.Start, other.At.End = name, diag.Warning, source.Pos{}, source.Pos{}
	outside.At.File, outside.Severity = "../"+file, diag.Note
	r := &Result{
		Findings: []diag.Diagnostic{d, other, outside}, Gaps: []Gap{{Gap: model.Gap{At: d.At, Message: text, Settle: name}, Environments: []string{name}}},
		Hidden: []suppress.Hidden{{Diagnostic: d, Kind: suppress.Comment, Reason: text, By: s}},
		Checks: []*check.Check{{ID: "some-check", Title: "T", Doc: "D", Severity: diag.Error, Exposes: true}},
		Source: func(string) []byte { return []byte(text + "\n" + name + "\n") }, Scope: name, Tool: "v0.1.0", Failure: errors.New(text),
		InRepository: func(f string) (string, bool) { return "sub/" + f, !strings.HasPrefix(f, "../") },
	}
	r.Comparison = &Comparison{Base: name, Commit: "0123456789", Unrelated: true, Fixed: []diag.Diagnostic{d}}
	r.Summary.Platforms = []Platform{{Environment: name, Name: "openshift", DetectedFrom: file}}
	r.Summary.Count(r.Findings)
	return r
}

// reads are what must hold of each format, whatever the names are.
func reads(s *jsonschema.Schema) map[string]func(t *testing.T, out string) {
	anyJSON := func(t *testing.T, out string) {
		if !json.Valid([]byte(out)) {
			t.Error("no JSON")
		}
	}
	anyXML := func(t *testing.T, out string) {
		d := xml.NewDecoder(strings.NewReader(out))
		for {
			if _, err := d.Token(); err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
	return map[string]func(*testing.T, string){
		"text": func(*testing.T, string) {}, "json": anyJSON, "gitlab": anyJSON, "junit": anyXML, "checkstyle": anyXML,
		"github": func(t *testing.T, out string) {
			for line := range strings.Lines(out) {
				command := strings.HasPrefix(strings.TrimLeft(line, " \t"), "::")
				if known := strings.HasPrefix(line, "::error ") || strings.HasPrefix(line, "::warning ") || strings.HasPrefix(line, "::notice "); command != known {
					t.Errorf("a command that nobody gave: %q", line)
				}
				if !command && strings.Contains(line, "##[") {
					t.Errorf("a command of the older form: %q", line)
				}
			}
			if n := strings.Count("\n"+out, "\n::"); n != 4 { // nothing was checked, and three findings
				t.Errorf("%d annotations, want 4", n)
			}
		},
		"markdown": readMarkdown,
		"sarif": func(t *testing.T, out string) {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Error(err)
			}
			checkLinks(t, out)
		},
	}
}

// checkLinks checks that each link in a message leads to a related place, and each place has a link.
func checkLinks(t *testing.T, out string) {
	var log sarifLog
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		linked := link.FindAllStringSubmatch(r.Message.Text, -1)
		if len(linked) != len(r.Related) {
			t.Errorf("%d links to %d places in %q", len(linked), len(r.Related), r.Message.Text)
		}
	}
}

// FuzzReporters looks for names that break a format.
func FuzzReporters(f *testing.F) {
	for i, name := range hostile {
		f.Add(name, hostile[(i+1)%len(hostile)], hostile[(i+7)%len(hostile)], i%3, i)
	}
	readers := reads(schema(f))
	f.Fuzz(func(t *testing.T, file, name, text string, line, col int) {
		r := hostileResult(file, name, text, source.Pos{Line: line % 10000, Col: max(col%10000, 0)})
		for _, format := range Formats() {
			rep, _ := New(format, Options{Width: col % 200})
			out := write(t, rep, r)
			if !utf8.ValidString(out) {
				t.Errorf("%s: not UTF-8", format)
			}
			if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }); i >= 0 {
				t.Errorf("%s: a character that could do something: %q", format, out[max(0, i-40):min(len(out), i+10)])
			}
			if read, ok := readers[format]; ok {
				t.Run(format, func(t *testing.T) { read(t, out) })
			} else {
				t.Errorf("nothing is known of the format %s", format)
			}
		}
	})
}
