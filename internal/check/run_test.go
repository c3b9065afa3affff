package check

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

func at(file string, line int) source.Origin {
	return source.Origin{Span: source.Span{File: file, Start: source.Pos{Line: line, Col: 1}, End: source.Pos{Line: line, Col: 4}}}
}

// platforms has a check find, in each environment, the name of its platform.
func platforms(merge Merge, severity diag.Severity, where func(platform string) source.Origin) *Check {
	return &Check{ID: "platform", Severity: severity, Merge: merge, Run: func(p *Pass) error {
		p.Report(diag.Diagnostic{At: where(p.Cluster.Platform), Message: "here"})
		return nil
	}}
}

func environment(name string, files ...string) Environment {
	e := Environment{Name: name, Cluster: &model.Cluster{Platform: name}, Files: map[string]bool{}, Context: map[string]bool{}}
	for _, f := range files {
		e.Files[f] = true
	}
	return e
}

func found(t *testing.T, checks []*Check, envs ...Environment) []diag.Diagnostic {
	t.Helper()
	ds, _, err := Run(t.Context(), checks, envs)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func TestAFindingOfSeveralEnvironmentsIsOne(t *testing.T) {
	c := platforms(Any, diag.Warning, func(string) source.Origin { return at("base.yaml", 3) })
	ds := found(t, []*Check{c}, environment("prod", "base.yaml"), environment("dev", "base.yaml"))
	if len(ds) != 1 || !slices.Equal(ds[0].Environments, []string{"dev", "prod"}) {
		t.Fatalf("got %+v, want one finding in dev and prod", ds)
	}
	if ds[0].Check != "platform" || ds[0].Severity != diag.Warning {
		t.Errorf("check %q and severity %v were not filled in", ds[0].Check, ds[0].Severity)
	}
}

func TestTheOneUnnamedEnvironmentIsNotNamed(t *testing.T) {
	c := platforms(Any, diag.Warning, func(string) source.Origin { return at("base.yaml", 3) })
	if ds := found(t, []*Check{c}, environment("", "base.yaml")); len(ds) != 1 || len(ds[0].Environments) != 0 {
		t.Fatalf("got %+v, want one finding without environments", ds)
	}
}

func TestMergeAll(t *testing.T) {
	onlyIn := func(names ...string) *Check {
		return &Check{ID: "only", Severity: diag.Error, Merge: All, Run: func(p *Pass) error {
			if slices.Contains(names, p.Cluster.Platform) {
				p.Report(diag.Diagnostic{At: at("base.yaml", 1), Message: "in " + p.Cluster.Platform})
			}
			return nil
		}}
	}
	for _, tt := range []struct {
		name  string
		check *Check
		envs  []Environment
		want  int
	}{
		{"not where one of the line's environments is fine", onlyIn("prod"),
			[]Environment{environment("prod", "base.yaml"), environment("dev", "base.yaml")}, 0},
		{"whatever environments without the file say", onlyIn("prod"),
			[]Environment{environment("prod", "base.yaml"), environment("dev", "other.yaml")}, 1},
		{"also if the words differ", onlyIn("prod", "dev"),
			[]Environment{environment("prod", "base.yaml"), environment("dev", "base.yaml")}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if ds := found(t, []*Check{tt.check}, tt.envs...); len(ds) != tt.want {
				t.Errorf("got %d findings, want %d: %+v", len(ds), tt.want, ds)
			}
		})
	}
}

func TestNothingIsFoundInAContext(t *testing.T) {
	for _, file := range []string{"", "export.yaml"} {
		c := platforms(Any, diag.Error, func(string) source.Origin { return at(file, 1) })
		env := environment("prod", "base.yaml")
		env.Context["export.yaml"] = true
		ds, apart, err := Run(t.Context(), []*Check{c}, []Environment{env, env})
		if err != nil || len(ds) != 0 {
			t.Errorf("in file %q: %+v, %v", file, ds, err)
		}
		// But it is not lost: what several environments say of one place is one.
		want := 1
		if file == "" {
			want = 0 // nobody wrote it
		}
		if len(apart) != want || want > 0 && apart[0].Check != c.ID {
			t.Errorf("in file %q, apart: %+v", file, apart)
		}
	}
}

func TestChecksThatDoNotRun(t *testing.T) {
	off := platforms(Any, diag.Error, func(string) source.Origin { return at("a.yaml", 1) })
	off.Off = true
	if ds := found(t, []*Check{off, {ID: "found-while-loading"}}, environment("")); len(ds) != 0 {
		t.Errorf("got %+v", ds)
	}
}

func TestAFailingCheckDoesNotStopTheOthers(t *testing.T) {
	boom := errors.New("boom")
	checks := []*Check{
		{ID: "fails", Run: func(*Pass) error { return boom }},
		{ID: "panics", Run: func(*Pass) error { panic("ouch") }},
		platforms(Any, diag.Error, func(string) source.Origin { return at("a.yaml", 1) }),
	}
	ds, _, err := Run(t.Context(), checks, []Environment{environment("prod")})
	if len(ds) != 1 {
		t.Errorf("the third check found %d, want 1", len(ds))
	}
	if !errors.Is(err, boom) {
		t.Errorf("the first check's error is lost: %v", err)
	}
	for _, want := range []string{"check fails failed in environment prod: boom", "check panics failed in environment prod: panic: ouch"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Run(ctx, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestValidate(t *testing.T) {
	good := Check{ID: "dns-unreachable", Title: "t", Doc: "d", Since: "0.1", Severity: diag.Error}
	change := func(f func(*Check)) *Check {
		c := good
		f(&c)
		return &c
	}
	for _, tt := range []struct {
		checks []*Check
		want   string // in the error; empty: none
	}{
		{[]*Check{&good}, ""},
		{[]*Check{&good, &good}, "used twice"},
		{[]*Check{nil}, "nil"},
		{[]*Check{change(func(c *Check) { c.ID = "DNS" })}, "not a slug"},
		{[]*Check{change(func(c *Check) { c.Title = "" })}, "no title"},
		{[]*Check{change(func(c *Check) { c.Doc = "" })}, "no doc"},
		{[]*Check{change(func(c *Check) { c.Since = "" })}, "no version"},
		{[]*Check{change(func(c *Check) { c.Severity = 0 })}, "no severity"},
	} {
		err := Validate(tt.checks)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("unexpected: %v", err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

// Overlays name one object in several ways, which is still one line to change. Two objects of one
// environment are two findings.
func TestAFindingOfRenamedObjectsIsOne(t *testing.T) {
	names := map[string][]string{"prod": {"prod-web"}, "dev": {"dev-web"}}
	c := &Check{ID: "named", Run: func(p *Pass) error {
		for _, name := range names[p.Cluster.Platform] {
			p.Report(diag.Diagnostic{At: at("base.yaml", 3), Object: "NetworkPolicy " + name, Message: name})
		}
		return nil
	}}
	envs := []Environment{environment("prod", "base.yaml"), environment("dev", "base.yaml")}
	if ds := found(t, []*Check{c}, envs...); len(ds) != 1 || !slices.Equal(ds[0].Environments, []string{"dev", "prod"}) {
		t.Errorf("got %+v, want one finding in dev and prod", ds)
	}
	names["dev"] = []string{"dev-web", "dev-api"}
	if ds := found(t, []*Check{c}, envs...); len(ds) != 3 {
		t.Errorf("got %+v, want three findings", ds)
	}
	c.Run = func(p *Pass) error {
		for _, name := range []string{"a", "b"} {
			p.Report(diag.Diagnostic{At: at("base.yaml", 3), Object: "NetworkPolicy " + name, Message: "the same"})
		}
		return nil
	}
	if ds := found(t, []*Check{c}, environment("", "base.yaml")); len(ds) != 1 {
		t.Errorf("got %+v, want what is said twice once", ds)
	}
}

// What makes a finding an error is what it then says, whichever environment comes first.
func TestAFindingSpeaksForTheWorst(t *testing.T) {
	c := &Check{ID: "platform", Severity: diag.Warning, Run: func(p *Pass) error {
		d := diag.Diagnostic{At: at("base.yaml", 3), Message: "perhaps in " + p.Cluster.Platform}
		if p.Cluster.Platform == "prod" {
			d.Severity, d.Message = diag.Error, "certainly in prod"
		}
		p.Report(d)
		return nil
	}}
	ds := found(t, []*Check{c}, environment("dev", "base.yaml"), environment("prod", "base.yaml"), environment("test", "base.yaml"))
	if len(ds) != 1 || ds[0].Severity != diag.Error || ds[0].Message != "certainly in prod" || len(ds[0].Environments) != 3 {
		t.Errorf("got %+v", ds)
	}
}
