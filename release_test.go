package tierlint

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// named is where a version of tierlint is named that somebody is to use.
var named = regexp.MustCompile(`(?:ghcr\.io/tierlint/tierlint:|tierlint/tierlint@|cmd/tierlint@|releases/download/|rev: )(v[^\s/"'` + "`" + `]+)`)

// TestOneVersionIsNamed holds the hooks, the guides and action.yml to the same version; a hook that
// runs an old image is otherwise not noticed for years.
func TestOneVersionIsNamed(t *testing.T) {
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	places := map[string][]string{}
	for _, file := range append(files, "README.md", ".pre-commit-hooks.yaml", "action.yml") {
		for _, m := range named.FindAllStringSubmatch(read(t, file), -1) {
			places[m[1]] = append(places[m[1]], file)
		}
	}
	if len(places) != 1 {
		t.Errorf("want one version, have %v", places)
	}
	for version, in := range places {
		if !slices.Contains(in, ".pre-commit-hooks.yaml") {
			t.Errorf("the hooks do not name %s", version)
		}
	}
}

func TestHooksCheckTheWholeRepository(t *testing.T) {
	var hooks []struct {
		ID            string
		Language      string
		Entry         string
		PassFilenames *bool `yaml:"pass_filenames"`
		RequireSerial bool  `yaml:"require_serial"`
		AlwaysRun     bool  `yaml:"always_run"`
	}
	if err := yaml.Unmarshal([]byte(read(t, ".pre-commit-hooks.yaml")), &hooks); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range hooks {
		ids = append(ids, h.ID+" "+h.Language)
		if h.PassFilenames == nil || *h.PassFilenames || !h.RequireSerial || !h.AlwaysRun || !strings.HasSuffix(h.Entry, " check") {
			t.Errorf("hook %s does not check the whole repository, once and always: %+v", h.ID, h)
		}
	}
	if want := []string{"tierlint golang", "tierlint-docker docker_image", "tierlint-system system"}; !slices.Equal(ids, want) {
		t.Errorf("have the hooks %v, want %v", ids, want)
	}
}

// TestTheImageIsPinnedAndBare: the base cannot change beneath us, and the image has no user and no
// more than one binary and the licence.
func TestTheImageIsPinnedAndBare(t *testing.T) {
	text := read(t, "Dockerfile")
	if !regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:1\.\d+\.\d+-\w+@sha256:[0-9a-f]{64}$`).MatchString(text) {
		t.Error("the base is not pinned by its digest, in an argument")
	}
	_, last, _ := strings.Cut(text, "\nFROM scratch\n")
	if last == "" || strings.Contains(last, "\nUSER ") || strings.Count(last, "\nCOPY ") != 2 {
		t.Errorf("the image is not from scratch, or has more than it needs:\n%s", last)
	}
}

// TestRelease makes a release in a small repository.
func TestRelease(t *testing.T) {
	for _, program := range []string{"bash", "git", "sed", "awk"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %v", err)
		}
	}
	dir := t.TempDir()
	for _, file := range []string{"scripts/release.sh", "action.yml", ".pre-commit-hooks.yaml", "README.md"} {
		write(t, filepath.Join(dir, file), read(t, file))
	}
	write(t, filepath.Join(dir, "docs", "ci.md"), "uses: tierlint/tierlint@v0.1.0\nimage: other@v0.1.0\n")
	write(t, filepath.Join(dir, "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n- New things.\n\n## [1.0.0] - 2025-01-01\n\n- Old things.\n")
	run := func(want bool, name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com")
		out, err := cmd.CombinedOutput()
		if (err == nil) != want {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	run(true, "git", "init", "-q", "-b", "main")
	run(true, "git", "add", ".")
	run(true, "git", "commit", "-q", "-m", "first")

	run(false, "bash", "scripts/release.sh", "2.3.4") // it is v2.3.4
	run(true, "bash", "scripts/release.sh", "v2.3.4")
	run(false, "bash", "scripts/release.sh", "v2.3.4") // there is such a tag

	const image = "  image: docker://ghcr.io/tierlint/tierlint:v2.3.4\n"
	if tagged := run(true, "git", "show", "v2.3.4:action.yml"); !strings.Contains(tagged, image) {
		t.Errorf("the tag does not run its image:\n%s", tagged)
	}
	if onMain := run(true, "git", "show", "main:action.yml"); onMain != read(t, "action.yml") {
		t.Errorf("main has another action.yml:\n%s", onMain)
	}
	for file, want := range map[string]string{
		".pre-commit-hooks.yaml": "ghcr.io/tierlint/tierlint:v2.3.4 check",
		"docs/ci.md":             "uses: tierlint/tierlint@v2.3.4\nimage: other@v0.1.0\n",
		"CHANGELOG.md":           "## [Unreleased]\n\n## [2.3.4] - 20",
	} {
		if text := run(true, "git", "show", "main:"+file); !strings.Contains(text, want) {
			t.Errorf("%s on main: want %q in\n%s", file, want, text)
		}
	}
	if notes := strings.TrimSpace(run(true, "bash", "scripts/release.sh", "notes", "v2.3.4")); notes != "- New things." {
		t.Errorf("the notes are %q", notes)
	}
	run(false, "bash", "scripts/release.sh", "notes", "v9.9.9")
}

// write makes a file, as a program that may be run.
func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}
