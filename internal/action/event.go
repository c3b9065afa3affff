package action

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Event is what a workflow runs for.
type Event struct {
	// Base is the name of what the changes are made to, for people: "main". Empty: there is nothing
	// to compare with.
	Base string
	// Revisions are what the base may be known by in the clone. The first that is there counts.
	Revisions []string
	// OnlyNew says that the event is about changes that are not merged yet, so that what was there
	// before is not theirs.
	OnlyNew bool
	// Fork says that the changes come from another repository, so that the workflow may only read.
	Fork bool
	// Head is the commit that the changes end with: on a pull request that is not GITHUB_SHA.
	Head string
}

// payload is what tierlint reads of an event
// (docs.github.com/en/webhooks/webhook-events-and-payloads).
type payload struct {
	PullRequest struct {
		Base struct {
			SHA  string     `json:"sha"`
			Repo repository `json:"repo"`
		} `json:"base"`
		Head struct {
			SHA  string     `json:"sha"`
			Repo repository `json:"repo"` // nothing, once the fork is deleted
		} `json:"head"`
	} `json:"pull_request"`
	MergeGroup struct {
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	Before string `json:"before"`
}

type repository struct {
	FullName string `json:"full_name"`
}

// commit is how a commit may be named. Nothing else of a payload is taken for a revision.
var commit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// Event reads the event's payload. Without one there is nothing to compare with.
func (a *Action) Event() (Event, error) {
	out := Event{Head: a.env("GITHUB_SHA")}
	file := a.env("GITHUB_EVENT_PATH")
	if file == "" {
		return out, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return out, fmt.Errorf("reading the event: %w", err)
	}
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return out, fmt.Errorf("reading the event: %w", err)
	}
	switch a.env("GITHUB_EVENT_NAME") {
	case "pull_request":
		// GITHUB_SHA is the merge of base and head (docs.github.com/en/actions/reference/workflows-and-actions/
		// events-that-trigger-workflows#pull_request), and its first parent the base. Where something
		// else is checked out, it is not in the clone, and the base of the payload is to be found.
		if sha := a.env("GITHUB_SHA"); commit.MatchString(sha) {
			out.add(sha+"^1", true)
		}
		out.add(p.PullRequest.Base.SHA, commit.MatchString(p.PullRequest.Base.SHA))
		out.name(a.env("GITHUB_BASE_REF"))
		out.OnlyNew = true
		base, head := p.PullRequest.Base.Repo.FullName, p.PullRequest.Head.Repo.FullName
		out.Fork = base != head
		if sha := p.PullRequest.Head.SHA; commit.MatchString(sha) {
			out.Head = sha
		}
	case "merge_group":
		out.add(p.MergeGroup.BaseSHA, commit.MatchString(p.MergeGroup.BaseSHA))
		out.name(strings.TrimPrefix(p.MergeGroup.BaseRef, "refs/heads/"))
		out.OnlyNew = true
	case "push":
		// A branch that is new comes after nothing.
		out.add(p.Before, commit.MatchString(p.Before) && strings.Trim(p.Before, "0") != "")
		out.name("the commit before the push")
	}
	return out, nil
}

func (e *Event) add(revision string, sound bool) {
	if sound {
		e.Revisions = append(e.Revisions, revision)
	}
}

// name names the base, if there is one; a branch without a name stands for its commit.
func (e *Event) name(s string) {
	switch {
	case len(e.Revisions) == 0:
	case s == "":
		e.Base = e.Revisions[len(e.Revisions)-1]
	default:
		e.Base = s
	}
}
