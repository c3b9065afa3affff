package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/fix"
)

// maxRounds is how often fixes are applied on top of each other: where several want to change the
// same place, one does, and the others look at what that has made.
const maxRounds = 10

// Fixes is what fixing changes.
type Fixes struct {
	Applied []fix.Fixed
	Skipped []fix.Fixed // could be applied, but are not; each says why
	Changes []Change    // by file

	dir   string
	paths []string
}

// Change is what changes in a file.
type Change struct {
	File    string // as in spans
	Was, Is []byte
}

// Fix is Run, and Run again with the fixes of what was found, until there is nothing left to fix. It
// writes nothing. Only fixes are in it that do what they say: the finding is gone with them. All
// applies also those that a person should look at. It returns what was found before and after.
func Fix(ctx context.Context, opts Options, all bool) (before, after *Result, fixes *Fixes, err error) {
	in, err := opts.readStdin()
	if err != nil {
		return nil, nil, nil, err
	}
	run := func(edited map[string][]byte) (*Result, error) {
		o := opts
		o.edited, o.Stdin = edited, bytes.NewReader(in)
		return Run(ctx, o)
	}
	if before, err = run(nil); err != nil {
		return nil, nil, nil, err
	}
	after, fixes = before, &Fixes{dir: opts.Dir, paths: opts.paths()}
	was, is := map[string][]byte{}, map[string][]byte{}
	useless := map[cure]bool{}
	for round := 0; ; {
		plan := fix.Make(after.Findings, rules(after, all, useless))
		fixes.Skipped = plan.Skipped
		if len(plan.Applied) == 0 || round == maxRounds {
			break
		}
		next := maps.Clone(is)
		maps.Copy(next, plan.Files)
		result, err := run(next)
		if err != nil {
			return nil, nil, nil, err
		}
		if failed := stays(plan, after, result, all); len(failed) > 0 {
			maps.Copy(useless, failed)
			continue
		}
		for file := range plan.Files {
			if _, again := was[file]; !again {
				was[file] = after.Source(file)
			}
		}
		fixes.Applied = append(fixes.Applied, plan.Applied...)
		is, after = next, result
		round++
	}
	for _, file := range slices.Sorted(maps.Keys(is)) {
		fixes.Changes = append(fixes.Changes, Change{file, was[file], is[file]})
	}
	return before, after, fixes, nil
}

// readStdin is all of standard input, for every run to read, if it is asked for at all.
func (o *Options) readStdin() ([]byte, error) {
	paths := slices.Concat(o.Paths, o.Context)
	for _, e := range o.Environments {
		paths = append(paths, e.Context...)
	}
	if o.Stdin == nil || !slices.Contains(paths, "-") {
		return nil, nil
	}
	in, err := io.ReadAll(o.Stdin)
	if err != nil {
		return nil, &InputError{fmt.Errorf("reading standard input: %w", err)}
	}
	return in, nil
}

// rules say what may be fixed: files that were read and are under review.
func rules(res *Result, all bool, useless map[cure]bool) fix.Rules {
	refuse := func(file string) string {
		reviewed := false
		for i := range res.Environments {
			if res.Environments[i].Context[file] {
				return file + " is not under review"
			}
			reviewed = reviewed || res.Environments[i].Files[file]
		}
		switch {
		case file == discover.StdinName:
			return "standard input cannot be changed"
		case !reviewed:
			return file + " is not under review"
		}
		return ""
	}
	return fix.Rules{All: all, Text: res.Source, Refuse: refuse, Leave: func(d *diag.Diagnostic, f *diag.Fix) string {
		if useless[cureOf(d, f)] {
			return "it does not help"
		}
		return ""
	}}
}

// cure is a fix as one round of fixing knows it in the next, when its lines have moved.
type cure struct{ check, object, file, title string }

func cureOf(d *diag.Diagnostic, f *diag.Fix) cure { return cure{d.Check, d.Object, d.At.File, f.Title} }

// stays is the fixes of a plan that are wanted as often as before now that they have been applied.
func stays(p *fix.Plan, before, after *Result, all bool) map[cure]bool {
	wanted := func(r *Result) map[cure]int {
		out := map[cure]int{}
		rules := fix.Rules{All: all}
		for i := range r.Findings {
			if f := rules.Choose(&r.Findings[i]); f != nil {
				out[cureOf(&r.Findings[i], f)]++
			}
		}
		return out
	}
	was, is, applied := wanted(before), wanted(after), map[cure]int{}
	for i := range p.Applied {
		applied[cureOf(&p.Applied[i].Finding, &p.Applied[i].Fix)]++
	}
	out := map[cure]bool{}
	for c, n := range applied {
		if is[c] > was[c]-n {
			out[c] = true
		}
	}
	return out
}

// Write writes the changes. A file that somebody changed meanwhile stays as it is, and is in the error.
func (f *Fixes) Write() error {
	tree, root, err := f.open()
	if err != nil {
		return err
	}
	defer func() { _, _ = tree.Close(), root.Close() }() // what was written is closed already
	var errs []error
	for _, c := range f.Changes {
		name, err := tree.Resolve(tree.Path(c.File))
		if err == nil {
			err = fix.Write(root, name, c.Was, c.Is)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s is not fixed: %w", c.File, err))
		}
	}
	return errors.Join(errs...)
}

// open opens the tree of the paths again, and its top for writing.
func (f *Fixes) open() (*discover.Tree, *os.Root, error) {
	tree, _, err := discover.Open(f.dir, f.paths)
	if err != nil {
		return nil, nil, err
	}
	root, err := os.OpenRoot(topOf(tree, f.dir))
	if err != nil {
		_ = tree.Close()
		return nil, nil, err
	}
	return tree, root, nil
}

// editedIn is the files that fixes change, as the tree names them.
func (o *Options) editedIn(tree *discover.Tree) map[string][]byte {
	out := map[string][]byte{}
	for file, text := range o.edited {
		out[tree.Path(file)] = text
	}
	return out
}
