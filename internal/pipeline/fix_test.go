package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/fix"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// ordered wants every policy of Calico's to have the order 1, or another that it is given. The fix
// is what edit makes of the order as written.
func ordered(edit func(yamldoc.Place) ([]yamldoc.Edit, bool)) *check.Check {
	return &check.Check{ID: "ordered", Title: "t", Severity: diag.Error, Run: func(p *check.Pass) error {
		for _, t := range p.Cluster.Tiers {
			for _, policy := range t.Policies {
				if policy.API != model.CalicoNetworkPolicy || policy.Order == nil || *policy.Order == 1 {
					continue
				}
				d := diag.Diagnostic{At: policy.Origin("/spec/order"), Object: policy.String(), Message: "not 1"}
				if place, ok := fix.At(policy.Positions, "/spec/order"); ok {
					edits, ok := edit(place)
					d.Fixes = fix.Of("write 1", true, place, edits, ok)
				}
				p.Report(d)
			}
		}
		return nil
	}}
}

func toOne(p yamldoc.Place) ([]yamldoc.Edit, bool) { return p.Set("1") }

// policy is a policy of Calico's with an order.
func policy(name, order string) string {
	return "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: " + name + ", namespace: shop}\n" +
		"spec: {selector: all(), order: " + order + "}\n"
}

// fixes does what --fix does, and returns the reasons for what is not applied.
func fixes(t *testing.T, opts Options) (*Result, *Fixes, []string) {
	t.Helper()
	_, after, fixes, err := Fix(t.Context(), opts, false)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, s := range fixes.Skipped {
		reasons = append(reasons, s.Reason)
	}
	return after, fixes, reasons
}

func text(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFixWritesWhatItSaid(t *testing.T) {
	dir := repo(t, "-- a/p.yaml --\n"+policy("a", "2")+"-- b/p.yaml --\n"+policy("b", "3"))
	opts := Options{Dir: filepath.Join(dir, "a"), Paths: []string{"../a", "../b"}, Checks: []*check.Check{ordered(toOne)}}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	after, done, _ := fixes(t, opts)
	if len(after.Findings) > 0 || len(done.Applied) != 2 {
		t.Fatalf("left: %s; applied: %d", told(after.Findings), len(done.Applied))
	}
	if text(t, dir, "a/p.yaml") != policy("a", "2") {
		t.Fatal("it was written before it was asked for")
	}
	if err := done.Write(); err != nil {
		t.Fatal(err)
	}
	if got := text(t, dir, "a/p.yaml") + text(t, dir, "b/p.yaml"); got != policy("a", "1")+policy("b", "1") {
		t.Errorf("got:\n%s", got)
	}
	if _, again, _ := fixes(t, opts); len(again.Changes) > 0 {
		t.Errorf("fixing again changes %q", again.Changes[0].File)
	}
}

func TestAFileThatChangedMeanwhileStays(t *testing.T) {
	dir := repo(t, "-- p.yaml --\n"+policy("a", "2")+"-- q.yaml --\n"+policy("b", "2"))
	_, fixes, _ := fixes(t, Options{Dir: dir, Checks: []*check.Check{ordered(toOne)}})
	if err := os.WriteFile(filepath.Join(dir, "p.yaml"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := fixes.Write(); !errors.Is(err, fix.ErrChanged) || !strings.Contains(err.Error(), "p.yaml is not fixed") {
		t.Errorf("got %v", err)
	}
	if text(t, dir, "p.yaml") != "mine" || text(t, dir, "q.yaml") != policy("b", "1") {
		t.Error("the file that changed is written, or the other one is not")
	}
}

func TestWhatIsNotFixed(t *testing.T) {
	same := func(p yamldoc.Place) ([]yamldoc.Edit, bool) { return p.Set("4") }
	for name, tt := range map[string]struct {
		files  string
		opts   Options
		edit   func(yamldoc.Place) ([]yamldoc.Edit, bool)
		reason string // empty: there is no safe fix
	}{
		"what does not help":     {files: "-- p.yaml --\n" + policy("a", "2"), edit: same, reason: "it does not help"},
		"standard input":         {opts: Options{Paths: []string{"-"}, Stdin: strings.NewReader(policy("a", "2"))}, edit: toOne, reason: "standard input cannot be changed"},
		"what an alias repeats":  {files: "-- p.yaml --\n" + policy("a", "&x 2, ingress: [{action: Allow, protocol: TCP, destination: {ports: [*x]}}]"), edit: toOne},
		"what a patch text says": {files: kustomized("patches:\n- patch: |\n    " + strings.ReplaceAll(policy("a", "2"), "\n", "\n    ") + "\n"), edit: toOne},
		"what a JSON patch says": {files: kustomized("patches:\n- target: {kind: NetworkPolicy}\n  patch: |\n    - {op: replace, path: /spec/order, value: 2}\n"), edit: toOne},
	} {
		t.Run(name, func(t *testing.T) {
			opts := tt.opts
			opts.Dir, opts.Checks = repo(t, tt.files), []*check.Check{ordered(tt.edit)}
			after, fixes, reasons := fixes(t, opts)
			if len(fixes.Applied) > 0 || len(fixes.Changes) > 0 {
				t.Errorf("%d fixes are applied", len(fixes.Applied))
			}
			if !strings.Contains(told(after.Findings), "ordered") {
				t.Errorf("nothing is found: %s", told(after.Findings))
			}
			if want := slices.DeleteFunc([]string{tt.reason}, func(s string) bool { return s == "" }); !slices.Equal(reasons, want) {
				t.Errorf("got %q, want %q", reasons, want)
			}
		})
	}
}

// kustomized is a kustomization of a policy whose order is right, with something more.
func kustomized(more string) string {
	return "-- kustomization.yaml --\nresources: [p.yaml]\n" + more + "-- p.yaml --\n" + policy("a", "1")
}

func TestFixesOnTopOfEachOther(t *testing.T) {
	// One policy after the other: each fix is for what the one before has made.
	down := func(p yamldoc.Place) ([]yamldoc.Edit, bool) {
		return p.Set(string(p.Node().Value[0] - 1))
	}
	c := ordered(down)
	run := c.Run
	c.Run = func(p *check.Pass) error {
		pass := *p
		pass.Report = func(d diag.Diagnostic) {
			if len(d.Fixes) > 0 {
				d.Fixes[0].Title = "write " + d.Fixes[0].Edits[0].NewText
			}
			p.Report(d)
		}
		return run(&pass)
	}
	dir := repo(t, "-- p.yaml --\n"+policy("a", "4"))
	after, fixes, _ := fixes(t, Options{Dir: dir, Checks: []*check.Check{c}})
	if len(after.Findings) > 0 || len(fixes.Applied) != 3 || len(fixes.Changes) != 1 {
		t.Fatalf("left: %s; applied: %d; changes: %d", told(after.Findings), len(fixes.Applied), len(fixes.Changes))
	}
	if got := string(fixes.Changes[0].Was) + string(fixes.Changes[0].Is); got != policy("a", "4")+policy("a", "1") {
		t.Errorf("got:\n%s", got)
	}
}

func TestTheContextIsNotFixed(t *testing.T) {
	found := diag.Diagnostic{Fixes: []diag.Fix{{Safe: true, Edits: []diag.Edit{{}}}}}
	found.Fixes[0].Edits[0].Span.File = "export.yaml"
	res := &Result{Environments: []check.Environment{{Context: map[string]bool{"export.yaml": true}}}}
	res.Findings = []diag.Diagnostic{found}
	plan := fix.Make(res.Findings, rules(res, false, nil))
	if len(plan.Files) > 0 || len(plan.Skipped) != 1 || plan.Skipped[0].Reason != "export.yaml is not under review" {
		t.Errorf("got %+v", plan)
	}
}
