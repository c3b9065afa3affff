package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/cli"
)

// run is one run of the action, as GitHub's runner does it.
type run struct {
	name, event string
	// payload is the event's, in which BASE, TOPIC and MERGE stand for commits.
	payload string
	// checkout is the commit that actions/checkout left in the workspace, and sha GITHUB_SHA.
	checkout, sha string
	depth         int // fetch-depth; 0: everything
	inputs        map[string]string
}

const pullRequest = `{"pull_request": {"base": {"sha": "BASE", "repo": {"full_name": "shop/policies"}}, "head": {"sha": "TOPIC", "repo": {"full_name": "shop/policies"}}}}`

var runs = []run{
	{name: "pull-request", event: "pull_request", payload: pullRequest, checkout: "MERGE", sha: "MERGE", depth: 2},
	{name: "pull-request-without-base", event: "pull_request", payload: pullRequest, checkout: "MERGE", sha: "MERGE", depth: 1},
	{name: "pull-request-of-head", event: "pull_request", payload: pullRequest, checkout: "TOPIC", sha: "MERGE"},
	{name: "pull-request-all", event: "pull_request", payload: pullRequest, checkout: "MERGE", sha: "MERGE", depth: 2, inputs: map[string]string{"ONLY-NEW": "false"}},
	{name: "pull-request-no-base", event: "pull_request", payload: pullRequest, checkout: "MERGE", sha: "MERGE", depth: 2, inputs: map[string]string{"BASE": "none", "SUMMARY": "false"}},
	{name: "fork", event: "pull_request", payload: strings.Replace(pullRequest, `{"sha": "TOPIC", "repo": {"full_name": "shop/policies"}}`, `{"sha": "TOPIC", "repo": {"full_name": "visitor/policies"}}`, 1), checkout: "MERGE", sha: "MERGE", depth: 2},
	{name: "merge-group", event: "merge_group", payload: `{"merge_group": {"base_sha": "BASE", "base_ref": "refs/heads/main"}}`, checkout: "MERGE", sha: "MERGE"},
	{name: "push", event: "push", payload: `{"before": "BASE"}`, checkout: "TOPIC", sha: "TOPIC"},
	{name: "push-shallow", event: "push", payload: `{"before": "BASE"}`, checkout: "TOPIC", sha: "TOPIC", depth: 1},
	{name: "push-of-new-branch", event: "push", payload: `{"before": "0000000000000000000000000000000000000000"}`, checkout: "TOPIC", sha: "TOPIC"},
	{name: "workflow-dispatch", event: "workflow_dispatch", payload: `{"inputs": {}}`, checkout: "TOPIC", sha: "TOPIC"},
	{name: "wrong-input", event: "push", payload: `{}`, checkout: "TOPIC", sha: "TOPIC", inputs: map[string]string{"ONLY-NEW": "yes"}},
}

// TestTheRunner runs the action on a small repository with a pull request, for each event: with the
// workspace, the environment and the files that the runner makes. What it logs, its outputs, its
// summary and what its SARIF has are in testdata/runner; -update writes what they are now.
func TestTheRunner(t *testing.T) {
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			got := txtar.Format(r.do(t))
			golden := filepath.Join("testdata", "runner", r.name+".txtar")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: go test ./internal/cli -update\n%s", golden, firstDifference(string(want), string(got)))
			}
		})
	}
}

// do does a run and returns what is left of it.
func (r run) do(t *testing.T) *txtar.Archive {
	workspace, commits := repository(t)
	hash := func(name string) string { return commits[name].String() }
	checkOut(t, workspace, commits[r.checkout], r.depth)
	payload := strings.NewReplacer("BASE", hash("BASE"), "TOPIC", hash("TOPIC"), "MERGE", hash("MERGE")).Replace(r.payload)

	outside := t.TempDir()
	file := func(name string) string { return filepath.Join(outside, name) }
	if err := os.WriteFile(file("event.json"), []byte(payload), 0o644); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": r.event, "GITHUB_EVENT_PATH": file("event.json"),
		"GITHUB_WORKSPACE": workspace, "GITHUB_REPOSITORY": "shop/policies", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_SHA": hash(r.sha),
		"GITHUB_OUTPUT": file("output"), "GITHUB_STEP_SUMMARY": file("summary"), "INPUT_SARIF-FILE": "tierlint.sarif", "INPUT_FORMAT": "github", "INPUT_SUMMARY": "true",
	}
	if r.event == "pull_request" {
		env["GITHUB_BASE_REF"] = "main"
	}
	for name, value := range r.inputs {
		env["INPUT_"+name] = value
	}
	var log, stderr bytes.Buffer
	code := cli.Main(t.Context(), []string{"action"}, cli.System{
		Stdin: strings.NewReader(""), Stdout: &log, Stderr: &stderr, Env: func(name string) string { return env[name] }, Dir: workspace,
	})
	if code == cli.ExitFailure || stderr.Len() > 0 {
		t.Errorf("exit code %d, and on stderr: %s", code, stderr.String())
	}
	out := &txtar.Archive{Comment: fmt.Appendf(nil, "exit code %d\n\n", code)}
	add := func(name string, data []byte) {
		if len(data) > 0 {
			out.Files = append(out.Files, txtar.File{Name: name, Data: data})
		}
	}
	add("log", log.Bytes())
	outputs, _ := os.ReadFile(file("output")) // there may be none
	add("output", outputs)
	summary, _ := os.ReadFile(file("summary"))
	add("summary.md", summary)
	add("sarif", inSARIF(t, filepath.Join(workspace, "tierlint.sarif")))
	return out
}

// inSARIF is what a SARIF file has, a line for each result; nothing if there is no file.
func inSARIF(t *testing.T, file string) []byte {
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	var log struct {
		Runs []struct {
			AutomationDetails struct{ ID string }
			Results           []struct {
				RuleID, Level string
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err == nil {
		err = json.Unmarshal(data, &log)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, r := range log.Runs {
		fmt.Fprintf(&out, "%s %d results\n", r.AutomationDetails.ID, len(r.Results))
		for _, f := range r.Results {
			at := f.Locations[0].PhysicalLocation
			fmt.Fprintf(&out, "%s:%d: %s [%s]\n", at.ArtifactLocation.URI, at.Region.StartLine, f.Level, f.RuleID)
		}
	}
	return out.Bytes()
}

// repository makes the repository of testdata/runner/repository.txtar: a base, a topic that begins
// there, and the merge of both, as GitHub makes it for a pull request.
func repository(t *testing.T) (dir string, commits map[string]plumbing.Hash) {
	t.Helper()
	files, err := txtar.ParseFile(filepath.Join("testdata", "runner", "repository.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	write := func(prefix string) {
		for _, f := range files.Files {
			if name, ok := strings.CutPrefix(f.Name, prefix); ok {
				p := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	commit := func(message string, parents ...plumbing.Hash) plumbing.Hash {
		h, err := commitAll(dir, message, parents...)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	write("base/")
	base := commit("base")
	if err := os.Remove(filepath.Join(dir, "policies", "mended.yaml")); err != nil {
		t.Fatal(err)
	}
	write("topic/")
	topic := commit("topic", base)
	return dir, map[string]plumbing.Hash{"BASE": base, "TOPIC": topic, "MERGE": commit("merge", base, topic)}
}

// checkOut leaves a repository as actions/checkout does: HEAD at a commit, no branch, and no more of
// the history than was asked for. The files are those of the topic in all commits but the base.
func checkOut(t *testing.T, dir string, commit plumbing.Hash, depth int) {
	t.Helper()
	repo, err := git.PlainOpen(dir)
	if err == nil {
		err = repo.Storer.SetReference(plumbing.NewHashReference(plumbing.HEAD, commit))
	}
	if err == nil {
		err = repo.Storer.RemoveReference("refs/heads/main")
	}
	if err == nil && depth > 0 {
		err = cutHistory(dir, depth)
	}
	if err != nil {
		t.Fatal(err)
	}
}
