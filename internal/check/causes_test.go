package check_test

import (
	"testing"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

func TestCauses(t *testing.T) {
	checks := []*check.Check{
		{ID: "root"},
		{ID: "middle", SwallowedBy: []string{"root"}},
		{ID: "leaf", SwallowedBy: []string{"middle"}},
		{ID: "far", FollowsFrom: []string{"root"}},
	}
	line := 0
	find := func(id string, severity diag.Severity, part string, environments ...string) diag.Diagnostic {
		line++
		return diag.Diagnostic{
			Check: id, Severity: severity, Object: "Policy a", Message: "about " + part, Environments: environments,
			At:    source.Origin{Span: source.Span{File: "a.yaml", Start: source.Pos{Line: line}}},
			Parts: []diag.Part{{Object: "Policy a", Pointer: part}},
		}
	}
	beside := func(d diag.Diagnostic, ids ...string) diag.Diagnostic {
		d.Beside = ids
		return d
	}
	for _, tt := range []struct {
		name string
		in   []diag.Diagnostic
		left []string // the checks, and how many other places each points at
		see  []int
	}{
		{"a part of the cause's", []diag.Diagnostic{find("root", diag.Error, "/spec/egress"), find("middle", diag.Error, "/spec/egress/0")}, []string{"root"}, []int{1}},
		{"the cause is a part", []diag.Diagnostic{find("root", diag.Error, "/spec/egress/0"), find("middle", diag.Error, "/spec/egress")}, []string{"root"}, []int{1}},
		{"another part", []diag.Diagnostic{find("root", diag.Error, "/spec/egress/1"), find("middle", diag.Error, "/spec/egress/10")}, []string{"root", "middle"}, []int{0, 0}},
		{"a cause that is milder", []diag.Diagnostic{find("root", diag.Warning, "/spec"), find("middle", diag.Error, "/spec")}, []string{"root", "middle"}, []int{0, 0}},
		{"not everywhere", []diag.Diagnostic{find("root", diag.Error, "/spec", "prod"), find("middle", diag.Error, "/spec", "prod", "test")}, []string{"root", "middle"}, []int{0, 0}},
		{"a chain", []diag.Diagnostic{find("leaf", diag.Note, "/spec"), find("middle", diag.Note, "/spec"), find("root", diag.Note, "/spec")}, []string{"root"}, []int{2}},
		{"both are worth reporting", []diag.Diagnostic{find("root", diag.Warning, "/spec"), find("far", diag.Error, "/spec")}, []string{"root", "far"}, []int{1, 1}},
		{"more than the cause", []diag.Diagnostic{find("root", diag.Error, "/spec"), beside(find("middle", diag.Error, "/spec"), "root")}, []string{"root", "middle"}, []int{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := check.Causes(tt.in, checks)
			if len(out) != len(tt.left) {
				t.Fatalf("%d findings are left, not %d", len(out), len(tt.left))
			}
			for i, d := range out {
				if d.Check != tt.left[i] || len(d.Related) != tt.see[i] {
					t.Errorf("finding %d is %s and points at %d places", i, d.Check, len(d.Related))
				}
			}
		})
	}
}

func TestValidateCauses(t *testing.T) {
	ok := func(id string, by ...string) *check.Check {
		return &check.Check{ID: id, Title: "t", Doc: "d", Since: "0.1", Severity: diag.Error, SwallowedBy: by}
	}
	for want, checks := range map[string][]*check.Check{
		"":                                     {ok("a", "b"), ok("b")},
		`check "a": its cause "c" is no check`: {ok("a", "c")},
		`check "a" swallows itself` + "\n" + `check "b" swallows itself`: {ok("a", "b"), ok("b", "a")},
	} {
		got := ""
		if err := check.Validate(checks); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
