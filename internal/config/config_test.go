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
	return Known{Platforms: []string{"kubernetes", "openshift"}, Checks: []string{"default-deny", "service-port", "tier-implicit-drop"}}
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
  tier-implicit-drop: on
`), known())
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		Platform: "openshift", Version: model.V330, FailOn: "warning",
		PodCIDRs: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.128.0.0/14"), netip.MustParsePrefix("fd00::/48")},
		Checks:   map[string]Level{"default-deny": {Off: true}, "service-port": {Severity: diag.Error}, "tier-implicit-drop": {}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAnEmptyFileChangesNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n"} {
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
		{"platform: kubernetes\nplatform: openshift", `f:2:1: "platform" is there twice`},
		{"podCIDRs: 10.0.0.0/8", "f:1:11: podCIDRs must be a list"},
		{"podCIDRs: [10.0.0.0]", `f:1:12: "10.0.0.0" is not a network`},
		{"checks: {service: off}", `f:1:10: unknown check "service", did you mean "service-port"?`},
		{"checks: {default-deny: loud}", `f:1:24: unknown level of a check "loud": it is one of off, on, note, warning, error`},
		{"- a", "f:1:1: the settings must be a mapping"},
		{"a: [", "f: yaml: line 1"},
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
	for _, tt := range []struct{ dir, want string }{
		{"repo/a/b", "repo/" + File}, // up to the top of the repository
		{"repo", "repo/" + File},
		{"free", "free/" + File},
		{"free/c", ""}, // no repository: not above
	} {
		path, data, err := Find(filepath.Join(top, tt.dir))
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if tt.want != "" {
			want = filepath.Join(top, tt.want)
		}
		if path != want || tt.want != "" && string(data) != "# "+tt.want {
			t.Errorf("%s: got %q with %q", tt.dir, path, data)
		}
	}
}
