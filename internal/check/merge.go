package check

import (
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// place is where a check found something.
type place struct {
	check string
	at    source.Span
}

// claim is the nth thing that a check says about an object at a place. Environments agree on a claim
// even if their words differ, because the workloads that it holds for do.
type claim struct {
	place
	object string
	nth    int
}

// speech is what a check says about an object at a place in one environment.
type speech struct {
	place
	object, environment string
}

// merge makes one finding of what several environments agree on, and drops what must hold in all
// environments with the file but does not.
func merge(slots []slot, envs []Environment) []diag.Diagnostic {
	all := 0
	for i := range slots {
		all += len(slots[i].found)
	}
	m := newMerger(all)
	holds := places(slots, envs)
	fixes := holding{}
	for i := range slots {
		s := &slots[i]
		for _, d := range s.found {
			fixes.add(&d, s.env)
			if s.check.Merge != All || len(envs) == 1 || everywhere(d, holds[placeOf(d)], envs) {
				m.add(d, envs[s.env].Name)
			}
		}
	}
	fixes.settle(m.out, envs)
	out := m.fold()
	diag.Sort(out)
	return out
}

// places says in which environments something is found at a place; nil if there is only one.
func places(slots []slot, envs []Environment) map[place]map[int]bool {
	if len(envs) == 1 {
		return nil
	}
	holds := map[place]map[int]bool{}
	for i := range slots {
		for _, d := range slots[i].found {
			p := placeOf(d)
			if holds[p] == nil {
				holds[p] = map[int]bool{}
			}
			holds[p][slots[i].env] = true
		}
	}
	return holds
}

// Combine makes one list of what was found in each of several environments before any check ran.
func Combine(found [][]diag.Diagnostic, envs []Environment) []diag.Diagnostic {
	m := newMerger(0)
	fixes := holding{}
	for i := range found {
		for _, d := range found[i] {
			fixes.add(&d, i)
			m.add(d, envs[i].Name)
		}
	}
	fixes.settle(m.out, envs)
	out := m.fold()
	diag.Sort(out)
	return out
}

// merger makes one finding of those that are the same claim, in the words of the first environment
// in which it is most severe.
type merger struct {
	out  []diag.Diagnostic
	at   map[claim]int
	keys []claim // of out
	said map[speech][]string
}

// newMerger has room for n findings.
func newMerger(n int) *merger {
	return &merger{
		out: slices.Grow([]diag.Diagnostic(nil), n), keys: make([]claim, 0, n), at: make(map[claim]int, n), said: make(map[speech][]string, n),
	}
}

func (m *merger) add(d diag.Diagnostic, environment string) {
	s := speech{placeOf(d), d.Object, environment}
	nth := slices.Index(m.said[s], d.Message)
	if nth < 0 {
		nth = len(m.said[s])
		m.said[s] = append(m.said[s], d.Message)
	}
	k := claim{s.place, d.Object, nth}
	n, ok := m.at[k]
	if !ok {
		n = len(m.out)
		m.at[k] = n
		m.out, m.keys = append(m.out, d), append(m.keys, k)
	}
	d.Environments = withName(nil, environment)
	join(&m.out[n], d)
}

// fold makes one finding of those that differ only in how each environment names the object: one
// overlay gives it a prefix, and another a namespace. Where an environment has several objects that
// are written at the place, they stay apart, unless the same is said of them.
func (m *merger) fold() []diag.Diagnostic {
	groups := map[claim][]int{}
	for i, k := range m.keys {
		k.object, _, _ = strings.Cut(k.object, " ") // the kind
		groups[k] = append(groups[k], i)
	}
	type sentence struct {
		place
		message string
	}
	out := slices.Grow([]diag.Diagnostic(nil), len(m.out))
	said := make(map[sentence]int, len(m.out))
	for i, k := range m.keys {
		k.object, _, _ = strings.Cut(k.object, " ")
		group := groups[k]
		d := m.out[i]
		key := sentence{k.place, d.Message}
		n, again := said[key]
		switch apart := m.apart(group); {
		case apart && i != group[0]:
			join(&out[said[sentence{k.place, m.out[group[0]].Message}]], d)
		case again:
			join(&out[n], d)
		default:
			said[key] = len(out)
			out = append(out, d)
		}
	}
	return out
}

// join makes one finding of two, in as many environments as both: the more severe one, because what
// it says is what makes it so, or else the first.
func join(d *diag.Diagnostic, other diag.Diagnostic) {
	names := d.Environments
	for _, name := range other.Environments {
		names = withName(names, name)
	}
	if other.Severity > d.Severity {
		*d = other
	}
	d.Environments = names
}

// apart says whether no environment has two of some findings.
func (m *merger) apart(group []int) bool {
	seen := map[string]bool{}
	for _, i := range group {
		for _, name := range m.out[i].Environments {
			if seen[name] {
				return false
			}
			seen[name] = true
		}
		if len(m.out[i].Environments) == 0 {
			return false
		}
	}
	return true
}

func placeOf(d diag.Diagnostic) place { return place{d.Check, d.At.Span} }

// everywhere says whether each environment that the file belongs to has a finding of the check at
// the place.
func everywhere(d diag.Diagnostic, holds map[int]bool, envs []Environment) bool {
	for i := range envs {
		if envs[i].Files[d.At.File] && !holds[i] {
			return false
		}
	}
	return true
}

// withName adds an environment's name, if it has one, to sorted names, in a new slice.
func withName(names []string, name string) []string {
	if name == "" || slices.Contains(names, name) {
		return names
	}
	names = append(slices.Clone(names), name)
	slices.Sort(names)
	return names
}
