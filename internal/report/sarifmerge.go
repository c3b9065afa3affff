package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Shard is a SARIF report of a part of a repository.
type Shard struct {
	Name string // of the file, for messages
	Data []byte
}

// MergeSARIF makes one run of the runs of several reports, under a category, whatever their order, and
// writes it as far as GitHub takes it: cut says what was left out. What several say is there once.
// A ShardError says what is wrong with a report.
func MergeSARIF(w io.Writer, shards []Shard, category string) (cut string, err error) {
	var runs []sarifRun
	for _, s := range shards {
		more, err := readShard(s.Data)
		if err != nil {
			return "", &ShardError{s.Name, err}
		}
		runs = append(runs, more...)
	}
	out, err := mergeRuns(runs)
	if err != nil {
		return "", err
	}
	out.AutomationDetails.ID = "tierlint/" + category + "/"
	return writeSARIF(w, out)
}

// ShardError is what is wrong with a report that is to be merged.
type ShardError struct {
	Name string
	Err  error
}

func (e *ShardError) Error() string { return e.Name + ": " + e.Err.Error() }

func (e *ShardError) Unwrap() error { return e.Err }

// readShard reads a report, and takes only what tierlint wrote: of others something would be lost.
func readShard(data []byte) ([]sarifRun, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the file is empty: did tierlint run to its end?")
	}
	var any struct {
		Runs []struct {
			Tool struct{ Driver struct{ Name string } }
		}
	}
	if err := json.Unmarshal(data, &any); err != nil {
		var at *json.SyntaxError
		if errors.As(err, &at) {
			return nil, fmt.Errorf("no JSON from line %d on, so the file is broken: %w", 1+bytes.Count(data[:min(at.Offset, int64(len(data)))], []byte("\n")), err)
		}
		return nil, fmt.Errorf("no SARIF: %w", err)
	}
	if any.Runs == nil {
		return nil, errors.New("no SARIF: there are no runs")
	}
	for _, r := range any.Runs {
		if name := r.Tool.Driver.Name; name != "tierlint" {
			return nil, fmt.Errorf("a report of %q, not of tierlint: upload it by itself", name)
		}
	}
	var log sarifLog
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&log); err != nil {
		return nil, fmt.Errorf("not as tierlint writes it, at least not in this version: %w", err)
	}
	for _, r := range log.Runs {
		if err := r.valid(); err != nil {
			return nil, fmt.Errorf("not as tierlint writes it: %w", err)
		}
	}
	return log.Runs, nil
}

// valid says whether a run has what merging looks at.
func (r *sarifRun) valid() error {
	if len(r.Invocations) == 0 {
		return errors.New("no invocation")
	}
	rules := map[string]bool{}
	for _, rule := range r.Tool.Driver.Rules {
		if rule == nil {
			return errors.New("a rule is null")
		}
		rules[rule.ID] = true
	}
	for i, res := range r.Results {
		switch {
		case res == nil || len(res.Locations) == 0 || res.Locations[0].Physical.Region.StartLine < 1:
			return fmt.Errorf("result %d has no place", i)
		case !rules[res.RuleID]:
			return fmt.Errorf("result %d is of rule %q, which is not described", i, res.RuleID)
		case res.Fingerprints[ownFingerprint] == "":
			return fmt.Errorf("result %d has no fingerprint", i)
		}
	}
	return nil
}

// mergeRuns makes one run. Of a rule that several versions of tierlint describe, the last counts.
func mergeRuns(runs []sarifRun) (sarifRun, error) {
	if err := sortRuns(runs); err != nil {
		return sarifRun{}, err
	}
	out := sarifRun{ColumnKind: "unicodeCodePoints", Results: []*sarifResult{}}
	rules, scopes, suppressed := map[string]*sarifRule{}, map[string]bool{}, false
	for i := range runs {
		out.Tool = runs[i].Tool
		scopes[runs[i].scope()] = true
		for _, rule := range runs[i].Tool.Driver.Rules {
			rules[rule.ID] = rule
		}
	}
	for i := range runs {
		scope := ""
		if len(scopes) > 1 {
			scope = runs[i].scope()
		}
		for _, res := range runs[i].Results {
			res.reopen(scope)
			suppressed = suppressed || res.Suppressions != nil
			out.Results = append(out.Results, res)
		}
	}
	out.Results = joinResults(out.Results)
	out.Invocations = []sarifInvocation{mergeInvocations(runs, len(scopes) > 1)}
	out.Tool.Driver.Rules = []*sarifRule{}
	index := map[string]int{}
	for i, id := range slices.Sorted(maps.Keys(rules)) {
		index[id] = i
		out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, rules[id])
	}
	for _, res := range out.Results {
		res.RuleIndex = index[res.RuleID]
		if suppressed && res.Suppressions == nil {
			res.Suppressions = &[]sarifSuppression{}
		}
	}
	return out, nil
}

// sortRuns orders runs by the version of the tool, and then by all that they say.
func sortRuns(runs []sarifRun) error {
	type keyed struct {
		run  sarifRun
		text []byte
	}
	all := make([]keyed, len(runs))
	for i := range runs {
		text, err := json.Marshal(runs[i])
		if err != nil {
			return fmt.Errorf("merging SARIF: %w", err)
		}
		all[i] = keyed{runs[i], text}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		x, y := &a.run.Tool.Driver, &b.run.Tool.Driver
		return cmp.Or(cmp.Compare(x.SemanticVersion, y.SemanticVersion), cmp.Compare(x.Version, y.Version), bytes.Compare(a.text, b.text))
	})
	for i := range all {
		runs[i] = all[i].run
	}
	return nil
}

// scope is what the run was named after: "clusters/prod".
func (r *sarifRun) scope() string {
	return strings.TrimSuffix(strings.TrimPrefix(r.AutomationDetails.ID, "tierlint/"), "/")
}

// reopen takes the names of environments from the end of the message, so that others can be added.
// Where a result has none, the scope says where it is so; empty: that goes without saying.
func (r *sarifResult) reopen(scope string) {
	if text, ok := strings.CutSuffix(r.Message.Text, inWords(r.environments())); ok {
		r.Message.Text = text
	}
	if len(r.environments()) == 0 && scope != "" {
		r.inEnvironments([]string{scope})
	}
}

// mergeInvocations says what each run has analysed, and what is not known, once.
func mergeInvocations(runs []sarifRun, named bool) sarifInvocation {
	out := sarifInvocation{Successful: true, Notifications: []sarifNotification{}}
	var gaps []sarifNotification
	for i := range runs {
		for _, inv := range runs[i].Invocations {
			out.Successful = out.Successful && inv.Successful
			for _, n := range inv.Notifications {
				switch {
				case len(n.Locations) > 0:
					gaps = append(gaps, n)
				case named:
					n.Message.Text = plain(runs[i].scope()) + ": " + n.Message.Text
					fallthrough
				default:
					out.Notifications = append(out.Notifications, n)
				}
			}
		}
	}
	out.Notifications, gaps = onceEach(out.Notifications), onceEach(gaps)
	out.Notifications = append(out.Notifications, gaps[:min(len(gaps), maxNotifications)]...)
	if more := len(gaps) - maxNotifications; more > 0 {
		out.Notifications = append(out.Notifications, notKnown(more))
	}
	return out
}

// onceEach drops what was said before.
func onceEach(all []sarifNotification) []sarifNotification {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(n sarifNotification) bool {
		key := n.Message.Text
		if len(n.Locations) > 0 {
			key += fmt.Sprint(n.Locations[0].Physical)
		}
		defer func() { seen[key] = true }()
		return seen[key]
	})
}
