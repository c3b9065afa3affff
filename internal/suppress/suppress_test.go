package suppress_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/suppress"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// at is a finding of a check on a line of f.yaml.
func at(check string, line int) diag.Diagnostic {
	return diag.Diagnostic{
		Check: check, Object: fmt.Sprintf("NetworkPolicy shop/%d", line), Message: "wrong",
		At: source.Origin{Span: source.Span{File: "f.yaml", Start: source.Pos{Line: line, Col: 1}}},
	}
}

// apply applies the comments in a file to findings. All checks ran.
func apply(text string, found ...diag.Diagnostic) suppress.Result {
	return suppress.Apply(suppress.Input{
		Findings: found, Files: []*yamldoc.File{yamldoc.Parse("f.yaml", []byte(text))}, Ran: func(string) bool { return true },
	})
}

// lines are the lines of findings.
func lines(ds []diag.Diagnostic) []int {
	var out []int
	for _, d := range ds {
		out = append(out, d.At.Start.Line)
	}
	return out
}

// What a comment is about.
func TestScope(t *testing.T) {
	const ignore = "# tierlint:ignore a -- why"
	for _, c := range []struct {
		name, text string
		hidden     []int // of all lines
	}{
		{"its line", "x: 1\ny: 2 " + ignore + "\nz: 3\n", []int{2}},
		{"the line below", "x: 1\n" + ignore + "\ny: 2\nz: 3\n", []int{3}},
		{"below blank lines and comments", "x: 1\n" + ignore + "\n\n# more\ny: 2\n", []int{5}},
		{"two above one line", "x: 1\n" + ignore + "\n# tierlint:ignore b -- why\ny: 2\n", []int{4}},
		{"the head of the only document", ignore + "\nx: 1\ny: 2\n", []int{2, 3}},
		{"above the dashes", ignore + "\n---\nx: 1\ny: 2\n---\nz: 3\n", []int{3, 4}},
		{"below the dashes", "w: 0\n---\n" + ignore + "\nx: 1\ny: 2\n---\nz: 3\n", []int{4, 5}},
		{"a mapping inside is no object", "w: 0\nx:\n  " + ignore + "\n  y: 1\n  z: 2\n", []int{4}},
		{"an item of a list of objects", "kind: List\nitems:\n" + ignore + "\n- x: 1\n  y: 2\n- z: 3\n", []int{4, 5}},
		{"Windows", "x: 1\r\n" + ignore + "\r\ny: 2\r\nz: 3\r\n", []int{3}},
		{"the end of the file", "x: 1\n" + ignore, nil},
		{"a text", "x: |\n  " + ignore + "\n  y\n", nil},
		{"a quoted text", `x: "` + ignore + `"` + "\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all []diag.Diagnostic
			for n := range strings.Count(c.text, "\n") + 1 {
				all = append(all, at("a", n+1))
			}
			res := apply(c.text, all...)
			var got []int
			for _, h := range res.Hidden {
				got = append(got, h.At.Start.Line)
			}
			if !slices.Equal(got, c.hidden) {
				t.Errorf("hidden %v, want %v", got, c.hidden)
			}
			if len(res.Findings)+len(res.Hidden) != len(all) {
				t.Error("a finding is lost")
			}
		})
	}
}

func TestOnlyTheNamedChecksAreHidden(t *testing.T) {
	res := apply("x: 1 # tierlint:ignore a, b -- why\n", at("a", 1), at("b", 1), at("c", 1))
	if len(res.Hidden) != 2 || len(res.Findings) != 1 || res.Findings[0].Check != "c" || len(res.Problems) != 0 {
		t.Errorf("%+v", res)
	}
	if h := res.Hidden[0]; h.Reason != "why" || h.Kind != suppress.Comment || h.By.String() != "f.yaml:1:6" {
		t.Errorf("%+v", h)
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct{ comment, want string }{
		{"# tierlint:ignore a -- why", ""},
		{"#tierlint:ignore a -- a reason -- with dashes, and a comma", ""},
		{"# tierlint: ignore a -- why", ""},
		{"# tierlint:ignore a", "suppression-without-reason: this hides nothing, because it gives no reason"},
		{"# tierlint:ignore a --", "suppression-without-reason: this hides nothing, because it gives no reason"},
		{"# tierlint:ignore a - why", `suppression-invalid: this hides nothing: "a - why" is not the name of a check`},
		{"# tierlint:ignore -- why", "suppression-invalid: this hides nothing: it does not name a check"},
		{"# tierlint:ignore a, -- why", "suppression-invalid: this hides nothing: it does not name a check"},
		{"# tierlint:disable a -- why", "suppression-invalid: this hides nothing: tierlint:disable is unknown"},
		{"# tierlint:", "suppression-invalid: this hides nothing: tierlint: is unknown"},
		{"# tierlint:ignore d -- why", `suppression-invalid: there is no check "d", so this does not hide what was meant`},
		{"# tierlint:ignore b -- why", "suppression-unused: this hides nothing: b finds nothing here"},
		{"# tierlint:ignore c -- why", ""}, // which did not run
		{"# tierlint is good", ""},
	} {
		res := suppress.Apply(suppress.Input{
			Findings: []diag.Diagnostic{at("a", 1)}, Files: []*yamldoc.File{yamldoc.Parse("f.yaml", []byte("x: 1 "+c.comment+"\n"))},
			Known: []string{"a", "b", "c"}, Ran: func(id string) bool { return id == "a" || id == "b" },
		})
		var got []string
		for _, p := range res.Problems {
			got = append(got, p.Check+": "+p.Message)
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.comment, s, c.want)
		}
		if wellFormed := !strings.Contains(c.want, "-invalid") && !strings.Contains(c.want, "-without"); !wellFormed && len(res.Hidden) > 0 {
			t.Errorf("%s hides something", c.comment)
		}
	}
}

// An annotation is about its object, in the environments that have it.
func TestAnnotations(t *testing.T) {
	in := func(envs ...string) diag.Diagnostic {
		d := at("a", 2)
		d.Object, d.Environments = "NetworkPolicy shop/web", envs
		return d
	}
	annotated := func(env, text string) suppress.Annotated {
		return suppress.Annotated{
			Object: "NetworkPolicy shop/web", Environment: env, Text: text,
			At: source.Span{File: "f.yaml", Start: source.Pos{Line: 9, Col: 1}},
		}
	}
	elsewhere := in("prod")
	elsewhere.Object = "NetworkPolicy shop/db"
	for _, c := range []struct {
		name    string
		finding diag.Diagnostic
		objects []suppress.Annotated
		hidden  bool
		unused  int
	}{
		{"the only environment", in(), []suppress.Annotated{annotated("", "a -- why")}, true, 0},
		{"several lines", in(), []suppress.Annotated{annotated("", "b -- why\na -- why\n")}, true, 1},
		{"both environments", in("dev", "prod"), []suppress.Annotated{annotated("dev", "a -- why"), annotated("prod", "a -- why")}, true, 0},
		{"one of two environments", in("dev", "prod"), []suppress.Annotated{annotated("dev", "a -- why")}, false, 0},
		{"the other environment", in("prod"), []suppress.Annotated{annotated("dev", "a -- why")}, false, 1},
		{"not there in one of them", in("prod"), []suppress.Annotated{annotated("prod", "a -- why"), annotated("dev", "a -- why")}, true, 0},
		{"another object", elsewhere, []suppress.Annotated{annotated("prod", "a -- why")}, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := suppress.Apply(suppress.Input{Findings: []diag.Diagnostic{c.finding}, Objects: c.objects, Ran: func(string) bool { return true }})
			if hidden := len(res.Hidden) == 1; hidden != c.hidden {
				t.Errorf("hidden: %v", hidden)
			}
			if len(res.Problems) != c.unused {
				t.Errorf("problems: %+v", res.Problems)
			}
		})
	}
}

// A baseline knows findings by what they say, and how many say it.
func TestBaseline(t *testing.T) {
	old := []diag.Diagnostic{at("a", 1), at("a", 1), at("b", 2), {Check: suppress.CheckUnused, Message: "not hidden"}}
	data, n, err := suppress.WriteBaseline(old)
	if err != nil || n != 3 {
		t.Fatalf("%d in the baseline, %v", n, err)
	}
	b, err := suppress.ReadBaseline("base.json", data)
	if err != nil {
		t.Fatal(err)
	}
	moved := at("a", 1)
	moved.At.File, moved.At.Start.Line = "elsewhere/g.yaml", 70
	third := moved
	third.At.Start.Line = 80
	res := suppress.Apply(suppress.Input{
		Findings: []diag.Diagnostic{moved, moved, third, at("c", 1)}, Baseline: b, Ran: func(string) bool { return true },
	})
	if got := lines(res.Findings); !slices.Equal(got, []int{80, 1}) {
		t.Errorf("left are lines %v, want 80 (one more than known) and 1 (a new one)", got)
	}
	if len(res.Hidden) != 2 || res.Hidden[0].Kind != suppress.InBaseline || res.Hidden[0].By.File != "base.json" {
		t.Errorf("hidden: %+v", res.Hidden)
	}
	if res.Unmatched != 1 {
		t.Errorf("%d are not found any more, want 1", res.Unmatched)
	}
	again, _, err := suppress.WriteBaseline([]diag.Diagnostic{old[2], old[0], old[1]})
	if err != nil || string(again) != string(data) {
		t.Errorf("the order of findings counts:\n%s\n%s", data, again)
	}
}

func TestBaselinesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "not what --write-baseline writes",
		"[]":                             "not what --write-baseline writes",
		`{"version": 2, "findings": []}`: "has version 2",
		`{"version": 1, "findings": [{"check": "a"}]}`:              "no fingerprint",
		`{"version": 1, "findings": [], "more": true}`:              "unknown field",
		`{"version": 1, "findings": [{"fingerprint": "x"}], "a":1}`: "unknown field",
	} {
		if _, err := suppress.ReadBaseline("f", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
