package tierlint

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"
)

// workflows are the repository's own.
func workflows(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflow was found: %v", err)
	}
	return files
}

// lintWorkflow runs actionlint, which also holds the inputs and outputs of `uses: ./` to action.yml.
func lintWorkflow(t *testing.T, name, text string) {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	project, err := actionlint.NewProject(dir)
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.Lint(name, []byte(text), project)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s:%d:%d: %s [%s]", name, f.Line, f.Column, f.Message, f.Kind)
	}
}

func TestWorkflowsAreSound(t *testing.T) {
	for _, file := range workflows(t) {
		lintWorkflow(t, file, read(t, file))
	}
}

// pinned is how an action of others is named: by its commit, with the version for people.
var pinned = regexp.MustCompile(`^\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// TestWorkflowsTrustLittle: a moved tag brings no other code in, no job has more permissions than it
// names, and no step finds the token of the checkout.
func TestWorkflowsTrustLittle(t *testing.T) {
	for _, file := range workflows(t) {
		text := read(t, file)
		for _, line := range strings.Split(text, "\n") {
			if _, action, ok := strings.Cut(line, "uses: "); ok && action != "./" && !pinned.MatchString(action) {
				t.Errorf("%s: %s is not pinned to a commit with its version", file, action)
			}
		}
		var flow struct {
			Permissions map[string]string
			Jobs        map[string]struct {
				Permissions map[string]string
				Steps       []struct {
					Uses string
					With map[string]any
				}
			}
		}
		if err := yaml.Unmarshal([]byte(text), &flow); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if flow.Permissions == nil || len(flow.Permissions) != 0 {
			t.Errorf("%s: want `permissions: {}` at the top", file)
		}
		for name, job := range flow.Jobs {
			if job.Permissions == nil {
				t.Errorf("%s: job %s does not say its permissions", file, name)
			}
			for _, step := range job.Steps {
				if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
					t.Errorf("%s: job %s leaves its token in the checkout", file, name)
				}
			}
		}
	}
}

var (
	fence = regexp.MustCompile("(?sm)^```ya?ml\n(.*?)^```$")
	// published is the action as others use it; here it is that of the repository.
	published = regexp.MustCompile(`uses: tierlint/tierlint@v\S+`)
)

// TestExamplesInTheGuides: the YAML in the documentation is YAML, and the workflows in it are sound.
func TestExamplesInTheGuides(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	linted := 0
	for _, page := range append(pages, "README.md") {
		for _, m := range fence.FindAllStringSubmatch(read(t, page), -1) {
			var doc any
			if err := yaml.Unmarshal([]byte(m[1]), &doc); err != nil {
				t.Errorf("%s: %v\n%s", page, err, m[1])
			}
			if top, _ := doc.(map[string]any); top["jobs"] != nil && top["on"] != nil {
				linted++
				lintWorkflow(t, page+".yml", published.ReplaceAllString(m[1], "uses: ./"))
			}
		}
	}
	if linted < 2 {
		t.Errorf("only %d workflows were found in the guides", linted)
	}
}

// read is the text of a file of the repository.
func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}
