package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

func known() Known {
	return Known{Exists: func(p string) bool { return p != "nowhere" }, Platforms: []string{"kubernetes", "openshift"}, Checks: []string{"default-deny", "service-port", "tier-implicit-drop"}}
}

func TestParse(t *testing.T) {
	got, err := Parse(".tierlint.yaml", []byte(`
platform: openshift
calicoVersion: "3.30"
podCIDRs: [10.128.0.0/14, 'fd00::/48', 10.1.2.3/16]
failOn: warning
checks:
  default-deny: off
  service-port: error
  tier-implicit-drop: {severity: on}
context: [cluster/export.yaml]
exclude: ["**/examples"]
baseline: .tierlint-baseline.json
environments:
  prod:
    paths: [clusters/prod, 'apps/*/overlays/prod']
    platform: kubernetes
    context: [cluster/prod.yaml]
    values: [chart/values.yaml, chart/prod.yaml]
  lab: {paths: [lab], calicoVersion: 3.29}
`), known())
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		Cluster: Cluster{
			Platform: "openshift", Version: model.V330,
			PodCIDRs: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.128.0.0/14"), netip.MustParsePrefix("fd00::/48")},
			Context:  []string{"cluster/export.yaml"},
		},
		FailOn: "warning", Exclude: []string{"**/examples"}, Baseline: ".tierlint-baseline.json",
		Environments: []Environment{
			{Name: "prod", Paths: []string{"clusters/prod", "apps/*/overlays/prod"}, Cluster: Cluster{Platform: "kubernetes", Context: []string{"cluster/prod.yaml"}}, Values: []string{"chart/values.yaml", "chart/prod.yaml"}},
			{Name: "lab", Paths: []string{"lab"}, Cluster: Cluster{Version: model.V329}},
		},
		Checks: map[string]Level{"default-deny": {Off: true}, "service-port": {Severity: diag.Error}, "tier-implicit-drop": {}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAnEmptyFileChangesNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "platform: # not yet\nenvironments:\n"} {
		got, err := Parse("f", []byte(text), known())
		if err != nil || !reflect.DeepEqual(got, Settings{}) {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"platform: opnshift", `f:1:11: unknown platform "opnshift": it is one of kubernetes, openshift`},
		{"calicoVersion: 3.12", `f:1:16: unknown Calico version "3.12": it is one of 3.29, 3.30, 3.31, 3.32`},
		{"failOn: info", `f:1:9: unknown fail-on value "info": it is one of error, warning, note, never`},
		{"a: 1", `f:1:1: unknown setting "a"`},
		{"platform: [a]", "f:1:11: platform must be a single value"},
		{"platform: kubernetes\nplatform: openshift", `f:2:1: `},
		{"failOn: error\n---\nfailOn: note", "f:3:1: the settings are one document, and this is another"},
		{"podCIDRs: 10.0.0.0/8", "f:1:11: podCIDRs must be a list"},
		{"podCIDRs: [10.0.0.0]", `f:1:12: "10.0.0.0" is not a network`},
		{"checks: {service: off}", `f:1:10: unknown check "service", did you mean "service-port"?`},
		{"checks: {default-deny: loud}", `f:1:24: unknown level of a check "loud": it is one of off, on, note, warning, error`},
		{"- a", "f:1:1: the settings must be a mapping"},
		{"a: [", "f:1:"},
		{"context: [nowhere]", "f:1:11: there is no file or folder nowhere"},
		{"context: ['']", "f:1:11: this must be a path, and is empty"},
		{"exclude: ['[a']", `f:1:11: "[a" is not a glob`},
		{"exclude: [[a]]", "f:1:11: an item of exclude must be a single value"},
		{"baseline: ''", "f:1:11: this must be a path"},
		{"environments: {prod: {}}", "f:1:16: environment prod has no paths"},
		{"environments: {prod: [a]}", "f:1:22: an environment must be a mapping"},
		{"environments: {prod: {paths: [a], failOn: note}}", `f:1:35: unknown setting "failOn": it is one of paths, values, platform`},
		{"environments: {prod: {paths: [nowhere]}}", "f:1:31: there is no file or folder nowhere"},
		{"checks: {default-deny: {options: {}}}", `f:1:25: unknown setting "options": it is one of severity`},
	} {
		_, err := Parse("f", []byte(tt.text), known())
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\n got: %v\nwant: %s", tt.text, err, tt.want)
		}
	}
}

func TestAllMistakesAreTold(t *testing.T) {
	_, err := Parse("f", []byte("a: 1\nb: 2"), known())
	if err == nil || strings.Count(err.Error(), "unknown setting") != 2 {
		t.Errorf("got %v", err)
	}
}

func TestParseVersion(t *testing.T) {
	for s, want := range map[string]model.Version{
		"3.29": model.V329, "v3.31": model.V331, "3.32.1": model.V332,
		"": 0, "3.28": 0, "3.33": 0, "4.31": 0, "3": 0, "3.31.0.1": 0, "3.x": 0,
	} {
		got, err := ParseVersion(s)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
}

func TestFailOn(t *testing.T) {
	warning := []diag.Diagnostic{{Severity: diag.Note}, {Severity: diag.Warning}}
	for f, want := range map[FailOn]bool{"": false, "error": false, "warning": true, "note": true, "never": false} {
		if got := f.Fails(warning); got != want {
			t.Errorf("%q: got %v, want %v", f, got, want)
		}
	}
	if !FailOn("").Fails([]diag.Diagnostic{{Severity: diag.Error}}) {
		t.Error("by default an error does not fail")
	}
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	for _, d := range []string{"repo/.git", "repo/a/b", "free/c"} {
		if err := os.MkdirAll(filepath.Join(top, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"repo/" + File, "free/" + File, File} {
		if err := os.WriteFile(filepath.Join(top, f), []byte("# "+f), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ dir, path, want string }{
		{"repo/a/b", "", "repo/" + File}, // up to the top of the repository
		{"repo", "", "repo/" + File},
		{"free", "", "free/" + File},
		{"free/c", "", ""},                       // no repository: not above
		{"free", "c", "free/" + File},            // but up to the working directory
		{"free", "../repo/a/b", "repo/" + File},  // the path's, not the working directory's
		{"free/c", "../" + File, "free/" + File}, // of a file, its folder's
		{"free/c", "-", ""},                      // standard input is nowhere
		{"repo/a", "../../free/c", ""},           // elsewhere, and no repository
		{"repo", filepath.Join(top, "free"), "free/" + File},
	} {
		var paths []string
		if tt.path != "" {
			paths = []string{tt.path}
		}
		path, data, err := Find(filepath.Join(top, tt.dir), paths)
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if tt.want != "" {
			want = filepath.Join(top, tt.want)
		}
		if path != want || tt.want != "" && string(data) != "# "+tt.want {
			t.Errorf("%s, %s: got %q with %q", tt.dir, tt.path, path, data)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		glob, path string
		want       bool
	}{
		{"a/b", "a/b", true}, {"a/b", "a/b/c.yaml", true}, {"a/b/", "a/b/c.yaml", true}, {"./a", "a/b", true},
		{"a/b", "a", false}, {"a/b", "a/bc", false}, {"b", "a/b", false}, {".", "a", true},
		{"apps/*/prod", "apps/shop/prod/x.yaml", true}, {"apps/*/prod", "apps/prod", false},
		{"**/prod", "prod", true}, {"**/prod", "a/b/prod/c", true}, {"**/prod", "a/production", false},
		{"a/**", "a/b/c", true}, {"a/**/d.yaml", "a/b/c/d.yaml", true}, {"a/**/d.yaml", "b/d.yaml", false},
		{"*.yaml", "a.yaml", true}, {"*.yaml", "b/a.yaml", false}, {"**/*.gen.yaml", "b/a.gen.yaml", true},
		{"[ab]", "a", true}, {"[ab", "a", false},
	} {
		if got := Match(tt.glob, tt.path); got != tt.want {
			t.Errorf("%s and %s: got %v", tt.glob, tt.path, got)
		}
	}
}

// TestOptionsAreOfTheKindOfTheirDefaults: a rule cannot tell that it was told nonsense, and would find nothing.
func TestOptionsAreOfTheKindOfTheirDefaults(t *testing.T) {
	k := known()
	k.Options = map[string]map[string]any{"default-deny": {"labels": []any{"owner"}, "port": 80, "name": "x"}}
	for _, tt := range []struct{ options, want string }{
		{"labels: [a, b]", ""},
		{"labels: []", ""},
		{"port: 8080", ""},
		{"name: other", ""},
		{"labels: 5", `f:1:43: option labels must be of the kind of its default, ["owner"]`},
		{"labels: [a, 5]", `f:1:43: option labels must be of the kind of its default, ["owner"]`},
		{"port: '80'", "f:1:41: option port must be of the kind of its default, 80"},
		{"name: {a: b}", `f:1:41: option name must be of the kind of its default, "x"`},
	} {
		got := ""
		if _, err := Parse("f", []byte("checks: {default-deny: {options: {"+tt.options+"}}}"), k); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s\n got: %s\nwant: %s", tt.options, got, tt.want)
		}
	}
}
