package action

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const (
	shaA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	shaB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	shaC = "cccccccccccccccccccccccccccccccccccccccc"
)

// eventOf reads an event as the runner hands it over.
func eventOf(t *testing.T, name, payload string) (Event, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(file, []byte(payload), 0o644); err != nil {
		t.Fatal(err)
	}
	return New(&bytes.Buffer{}, env(map[string]string{
		"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": file, "GITHUB_SHA": shaA, "GITHUB_BASE_REF": "main",
	})).Event()
}

func TestEvents(t *testing.T) {
	for _, c := range []struct {
		what, name, payload string
		want                Event
	}{
		{"a pull request", "pull_request", `{"pull_request": {"base": {"sha": "` + shaB + `", "repo": {"full_name": "o/r"}}, "head": {"sha": "` + shaC + `", "repo": {"full_name": "o/r"}}}}`,
			Event{Base: "main", Revisions: []string{shaA + "^1", shaB}, OnlyNew: true, Head: shaC}},
		{"one from a fork", "pull_request", `{"pull_request": {"base": {"sha": "` + shaB + `", "repo": {"full_name": "o/r"}}, "head": {"sha": "` + shaC + `", "repo": {"full_name": "x/r"}}}}`,
			Event{Base: "main", Revisions: []string{shaA + "^1", shaB}, OnlyNew: true, Fork: true, Head: shaC}},
		{"one from a fork that is deleted", "pull_request", `{"pull_request": {"base": {"sha": "` + shaB + `", "repo": {"full_name": "o/r"}}, "head": {"sha": "` + shaC + `", "repo": null}}}`,
			Event{Base: "main", Revisions: []string{shaA + "^1", shaB}, OnlyNew: true, Fork: true, Head: shaC}},
		{"a merge group", "merge_group", `{"merge_group": {"base_sha": "` + shaB + `", "base_ref": "refs/heads/main"}}`,
			Event{Base: "main", Revisions: []string{shaB}, OnlyNew: true, Head: shaA}},
		{"a push", "push", `{"before": "` + shaB + `"}`, Event{Base: "the commit before the push", Revisions: []string{shaB}, Head: shaA}},
		{"a push of a new branch", "push", `{"before": "` + strings.Repeat("0", 40) + `"}`, Event{Head: shaA}},
		{"by hand", "workflow_dispatch", `{}`, Event{Head: shaA}},
		{"with the rights of the base", "pull_request_target", `{"pull_request": {"base": {"sha": "` + shaB + `"}}}`, Event{Head: shaA}},
		{"a payload with something else for a commit", "push", `{"before": "HEAD@{upstream}"}`, Event{Head: shaA}},
	} {
		t.Run(c.what, func(t *testing.T) {
			got, err := eventOf(t, c.name, c.payload)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestAnEventThatCannotBeRead(t *testing.T) {
	if _, err := eventOf(t, "push", "{"); err == nil {
		t.Error("no error")
	}
	a := New(&bytes.Buffer{}, env(map[string]string{"GITHUB_EVENT_PATH": filepath.Join(t.TempDir(), "none")}))
	if _, err := a.Event(); err == nil {
		t.Error("no error for a file that is not there")
	}
}
