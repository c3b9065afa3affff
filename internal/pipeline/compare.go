package pipeline

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
)

// compare says of each finding of a result whether it is new since another, and returns those of the
// other that are gone, in order. What is hidden now, or explained by another finding, is not gone.
// A warning that is an error now is new, for it may be what lets the run fail, but it is not gone.
func compare(before, after *Result) (gone []diag.Diagnostic) {
	p := &pool{
		found:   slices.Concat(before.Findings, before.explained),
		within:  map[string]bool{},
		claimed: map[claim]bool{},
		settled: map[*diag.Diagnostic]bool{},
	}
	for _, e := range before.Environments {
		p.within[e.Name] = true
	}
	for i := range after.Findings {
		after.Findings[i].State = diag.New
	}
	now := make([]*diag.Diagnostic, 0, len(after.Findings))
	for i := range after.Findings {
		now = append(now, &after.Findings[i])
	}
	for i := range after.Hidden {
		now = append(now, &after.Hidden[i].Diagnostic)
	}
	for i := range after.explained {
		now = append(now, &after.explained[i])
	}
	wasOn, isOn := onLine(before.Source), onLine(after.Source)
	for _, milder := range []bool{false, true} {
		p.milder = milder
		p.match(now, inFile, inFile)
		p.match(now, (*diag.Diagnostic).Fingerprint, (*diag.Diagnostic).Fingerprint)
		p.match(now, wasOn, isOn)
	}
	for i := range before.Findings {
		if !p.any(i) {
			gone = append(gone, before.Findings[i])
		}
	}
	return gone
}

// pool is the findings of the base. Each is that of now in each environment once.
type pool struct {
	found   []diag.Diagnostic
	within  map[string]bool // the environments of the base
	claimed map[claim]bool
	settled map[*diag.Diagnostic]bool // findings of now that have theirs
	milder  bool                      // findings that were milder may be claimed too
}

// claim is a finding in an environment.
type claim struct {
	finding     int
	environment string
}

// key is what two findings have in common if they are the same.
type key func(*diag.Diagnostic) string

// match claims findings of the base for those of now that have none yet.
func (p *pool) match(now []*diag.Diagnostic, of, to key) {
	by := map[string][]int{}
	for i := range p.found {
		k := of(&p.found[i])
		by[k] = append(by[k], i)
	}
	for _, d := range now {
		if p.settled[d] || !p.claim(d, by[to(d)]) {
			continue
		}
		p.settled[d] = true
		if !p.milder {
			d.State = diag.Unchanged
		}
	}
}

// claim takes a finding of the base for one of now. In each environment that the base has too it
// must have been there; where there is none of them, which environment does not matter.
func (p *pool) claim(d *diag.Diagnostic, candidates []int) bool {
	var claims []claim
	shared := false
	for _, e := range environmentsOf(d) {
		if !p.within[e] {
			continue
		}
		shared = true
		i := slices.IndexFunc(candidates, func(i int) bool {
			return p.may(d, i) && !p.claimed[claim{i, e}] && slices.Contains(environmentsOf(&p.found[i]), e)
		})
		if i < 0 {
			return false
		}
		claims = append(claims, claim{candidates[i], e})
	}
	if !shared {
		i := slices.IndexFunc(candidates, func(i int) bool { return p.may(d, i) && !p.any(i) })
		if i < 0 {
			return false
		}
		for _, e := range environmentsOf(&p.found[candidates[i]]) {
			claims = append(claims, claim{candidates[i], e})
		}
	}
	for _, c := range claims {
		p.claimed[c] = true
	}
	return true
}

// may says whether a finding of the base was grave enough to be that of now.
func (p *pool) may(d *diag.Diagnostic, i int) bool {
	return p.milder || p.found[i].Severity >= d.Severity
}

// any says whether a finding of the base is there now, at least in one environment.
func (p *pool) any(i int) bool {
	return slices.ContainsFunc(environmentsOf(&p.found[i]), func(e string) bool { return p.claimed[claim{i, e}] })
}

func environmentsOf(d *diag.Diagnostic) []string {
	if len(d.Environments) == 0 {
		return []string{""}
	}
	return d.Environments
}

// inFile is for a finding that says the same in the same file.
func inFile(d *diag.Diagnostic) string { return d.At.File + "\x00" + d.Fingerprint() }

var numbers = regexp.MustCompile(`[0-9]+`)

// onLine is for a finding of the same check at a line with the same text, whose words differ in
// numbers only: there is one workload more of those that a message counts.
func onLine(text func(string) []byte) key {
	files := map[string][][]byte{}
	return func(d *diag.Diagnostic) string {
		lines, ok := files[d.At.File]
		if !ok {
			lines = bytes.Split(text(d.At.File), []byte("\n"))
			files[d.At.File] = lines
		}
		line := ""
		if n := d.At.Start.Line; n > 0 && n <= len(lines) {
			line = string(bytes.TrimSpace(lines[n-1]))
		}
		about := cmp.Or(d.Object, d.At.File)
		return strings.Join([]string{d.Check, about, line, numbers.ReplaceAllString(d.Message, "0")}, "\x00")
	}
}
