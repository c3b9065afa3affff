package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/report"
)

// shop is a repository with one broken policy, one file that is no YAML, and the rest in order.
const shop = `
-- broken.yaml --
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: broken, namespace: shop}
spec: {selector: app = web, types: [Ingress]}
-- deny.yaml --
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
-- app.yaml --
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
-- text.yaml --
kind: [
`

// repo writes a txtar as a folder.
func repo(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(text)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// isolated finds every policy that isolates something.
func isolated() *check.Check {
	return &check.Check{ID: "isolated", Title: "t", Severity: diag.Note, Run: func(p *check.Pass) error {
		a, err := p.Eval()
		if err != nil {
			return err
		}
		for _, t := range a.Cluster.Tiers {
			for _, pol := range t.Policies {
				p.Report(diag.Diagnostic{At: pol.Origin("/metadata/name"), Object: pol.String(), Message: "isolates"})
			}
		}
		return nil
	}}
}

func run(t *testing.T, opts Options) *Result {
	t.Helper()
	res, err := Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// told is the findings as "file:line check".
func told(ds []diag.Diagnostic) string {
	var out []string
	for _, d := range ds {
		out = append(out, fmt.Sprintf("%s:%d %s", d.At.File, d.At.Start.Line, d.Check))
	}
	return strings.Join(out, "\n")
}

func TestWhatIsWrongDoesNotStopTheRest(t *testing.T) {
	res := run(t, Options{Dir: repo(t, shop), Checks: []*check.Check{isolated()}})
	want := "broken.yaml:4 selector-invalid\ndeny.yaml:3 isolated\ntext.yaml:1 invalid-manifest"
	if got := told(res.Findings); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestSummary(t *testing.T) {
	s := run(t, Options{Dir: repo(t, shop), Checks: []*check.Check{isolated()}}).Summary
	if s.Environments != 1 || s.Policies != 2 || s.Workloads != 1 || s.Services != 1 || s.NotUnderstood != 1 || s.Files != 4 {
		t.Errorf("got %+v", s)
	}
	if s.Notes != 1 || s.Errors+s.Warnings != 2 {
		t.Errorf("findings are counted wrongly: %+v", s)
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	dir := repo(t, shop)
	var first []byte
	for range 5 {
		var b bytes.Buffer
		res := run(t, Options{Dir: dir, Checks: []*check.Check{isolated()}})
		for _, rep := range []report.Reporter{report.Text{}, report.JSON{}, report.SARIF{}, report.GitHub{}} {
			if err := rep.Report(&b, &res.Result); err != nil {
				t.Fatal(err)
			}
		}
		if first == nil {
			first = b.Bytes()
		}
		if !bytes.Equal(first, b.Bytes()) {
			t.Fatalf("got:\n%s\nand before:\n%s", b.Bytes(), first)
		}
	}
	if !bytes.Contains(first, []byte("4 | spec: {selector: app = web")) {
		t.Error("the text does not quote the line")
	}
}

func TestLevels(t *testing.T) {
	off := isolated()
	off.Off = true
	for _, tt := range []struct {
		name   string
		check  *check.Check
		levels map[string]config.Level
		want   []string // check and severity
	}{
		{"as they are", isolated(), nil, []string{"selector-invalid error", "isolated note"}},
		{"off by itself", off, nil, []string{"selector-invalid error"}},
		{"turned on", off, map[string]config.Level{"isolated": {}}, []string{"selector-invalid error", "isolated note"}},
		{"turned off", isolated(), map[string]config.Level{"isolated": {Off: true}, "selector-invalid": {Off: true}}, nil},
		{"another severity", isolated(), map[string]config.Level{"isolated": {Severity: diag.Error}, "selector-invalid": {Severity: diag.Note}},
			[]string{"selector-invalid note", "isolated error"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := run(t, Options{Dir: repo(t, shop), Paths: []string{"broken.yaml", "deny.yaml"}, Checks: []*check.Check{tt.check}, Levels: tt.levels})
			var got []string
			for _, d := range res.Findings {
				got = append(got, d.Check+" "+d.Severity.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAFailingCheckIsAFailureBesideTheFindings(t *testing.T) {
	fails := &check.Check{ID: "fails", Run: func(*check.Pass) error { return errors.New("boom") }}
	res := run(t, Options{Dir: repo(t, shop), Checks: []*check.Check{fails, isolated()}})
	if res.Failure == nil || !strings.Contains(res.Failure.Error(), "check fails failed: boom") {
		t.Errorf("failure: %v", res.Failure)
	}
	if !strings.Contains(told(res.Findings), "isolated") {
		t.Errorf("the other check's findings are lost: %s", told(res.Findings))
	}
}

func TestOptionsReachTheCluster(t *testing.T) {
	cidr := netip.MustParsePrefix("10.1.0.0/16")
	res := run(t, Options{Dir: repo(t, shop), Platform: "openshift", Version: model.V330, PodCIDRs: []netip.Prefix{cidr}})
	c := res.Environments[0].Cluster
	if c.Platform != "openshift" || c.Version != model.V330 || !slices.Contains(c.PodCIDRs, cidr) {
		t.Errorf("platform %q, version %v, pods %v", c.Platform, c.Version, c.PodCIDRs)
	}
	if c := run(t, Options{Dir: repo(t, shop)}).Environments[0].Cluster; c.Platform != DefaultPlatform || c.Version != model.DefaultVersion {
		t.Errorf("by default: platform %q, version %v", c.Platform, c.Version)
	}
}

func TestAPathThatIsNotThereIsTheUsersFault(t *testing.T) {
	_, err := Run(t.Context(), Options{Dir: t.TempDir(), Paths: []string{"nowhere"}})
	var input *InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, Options{Dir: repo(t, shop)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestScope(t *testing.T) {
	for want, paths := range map[string][]string{
		"": {"."}, "clusters/prod": {"./clusters/prod/"}, "a+b/c": {"b/c", "a"},
	} {
		if got := scope(paths); got != want {
			t.Errorf("%q: got %q, want %q", paths, got, want)
		}
	}
}

func TestAPanicInParallelIsTheCallers(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "ouch") {
			t.Errorf("recovered %v", p)
		}
	}()
	parallel(3, func(i int) {
		if i == 1 {
			panic("ouch")
		}
	})
	t.Error("no panic")
}

// around is a policy under review, and the cluster that it comes into.
const around = `
-- repo/policy.yaml --
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
-- export/cluster.yaml --
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: other, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {matchLabels: {app: old}}, policyTypes: [Ingress]}
-- export/broken.yaml --
kind: [
`

// What checks find in a context is counted, what is wrong with its files is a gap, and what is under
// review replaces the same object.
func TestContext(t *testing.T) {
	dir := repo(t, around)
	res := run(t, Options{Dir: filepath.Join(dir, "repo"), Context: []string{"../export"}, Checks: []*check.Check{isolated()}})
	if got := told(res.Findings); got != "policy.yaml:3 isolated" {
		t.Errorf("findings: %s", got)
	}
	if s := res.Summary; s.ContextFindings != 1 || s.ContextObjects != 2 || s.Policies != 1 || s.Files != 1 {
		t.Errorf("summary: %+v", s)
	}
	if len(res.Gaps) != 1 || !strings.HasPrefix(res.Gaps[0].Message, "in the context, ") || res.Gaps[0].At.File != "../export/broken.yaml" {
		t.Errorf("gaps: %+v", res.Gaps)
	}
	c := res.Environments[0].Cluster
	var names []string
	for _, tier := range c.Tiers {
		for _, p := range tier.Policies {
			names = append(names, p.Name+" "+p.Context)
		}
	}
	if got := strings.Join(names, ", "); got != "other context ../export/cluster.yaml, web " {
		t.Errorf("policies: %s", got)
	}
}

// A context in the repository is not under review; but a context that holds what is under review is
// the rest of it.
func TestContextInTheRepository(t *testing.T) {
	dir := repo(t, around)
	for _, tt := range []struct {
		name           string
		paths, context []string
		want           string
	}{
		{"a folder of the path", []string{"."}, []string{"export"}, "repo/policy.yaml:3 isolated"},
		{"a file of the path", []string{"."}, []string{"export/cluster.yaml", "export/broken.yaml"}, "repo/policy.yaml:3 isolated"},
		{"the folder around the path", []string{"repo"}, []string{"."}, "repo/policy.yaml:3 isolated"},
		{"the path itself", []string{"repo"}, []string{"repo"}, "repo/policy.yaml:3 isolated"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := run(t, Options{Dir: dir, Paths: tt.paths, Context: tt.context, Checks: []*check.Check{isolated()}})
			if got := told(res.Findings); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// An environment has a context and a platform of its own.
func TestNamedEnvironments(t *testing.T) {
	dir := repo(t, around+"-- prod/a.yaml --\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: shop}\n")
	in := func(folder string) func(string) int {
		return func(p string) int {
			if strings.HasSuffix(p, folder) {
				return 1
			}
			return 0
		}
	}
	res := run(t, Options{
		Dir: dir, Paths: []string{"repo", "prod"}, Platform: "k3s", Version: model.V330,
		Environments: []Environment{
			{Name: "live", Has: in("prod"), Context: []string{"export/cluster.yaml"}, Platform: "openshift"},
			{Name: "test", Has: in("repo")},
		},
	})
	var got []string
	for _, e := range res.Environments {
		got = append(got, fmt.Sprintf("%s %s %s %d", e.Name, e.Cluster.Platform, e.Cluster.Version, len(e.Context)))
	}
	if want := "live openshift 3.30 1, test k3s 3.30 0"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestExcluded(t *testing.T) {
	dir := repo(t, shop)
	res := run(t, Options{Dir: dir, Checks: []*check.Check{isolated()}, Excluded: func(p string) bool {
		return filepath.Base(p) == "broken.yaml" || filepath.Base(p) == "text.yaml"
	}})
	if got := told(res.Findings); got != "deny.yaml:3 isolated" {
		t.Errorf("findings: %s", got)
	}
	if res.Summary.Excluded != 2 || res.Summary.Files != 2 {
		t.Errorf("summary: %+v", res.Summary)
	}
}

// The platform is detected where that is certain, and this is said; contradictions are a gap.
func TestPlatformIsDetected(t *testing.T) {
	const route = "-- a/route.yaml --\napiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: web, namespace: shop}\n"
	const cache = "-- b/cache.yaml --\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: node-local-dns, namespace: kube-system}\nspec: {template: {spec: {hostNetwork: true}}}\n"
	for _, tt := range []struct {
		name, files, said, want string
		gaps                    int
	}{
		{"nothing", shop, "", "kubernetes ", 0},
		{"a Route", shop + route, "", "openshift a/route.yaml:2:7", 0},
		{"somebody says otherwise", shop + route, "rke2", "rke2 ", 0},
		{"a contradiction", shop + route + cache, "", "kubernetes ", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := run(t, Options{Dir: repo(t, tt.files), Platform: tt.said})
			p := res.Summary.Platforms[0]
			if got := p.Name + " " + p.DetectedFrom; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			gaps := slices.DeleteFunc(res.Gaps, func(g report.Gap) bool { return !strings.Contains(g.Message, "so the platform is taken to be") })
			if len(gaps) != tt.gaps {
				t.Errorf("gaps: %+v", res.Gaps)
			}
		})
	}
}
