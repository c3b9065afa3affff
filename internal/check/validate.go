package check

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
)

var slug = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// ValidID says whether a check may be called so.
func ValidID(id string) bool { return slug.MatchString(id) }

// Validate says what is wrong with a list of checks: names that are not slugs or are used twice,
// missing titles, docs, versions and severities.
func Validate(checks []*Check) error {
	var errs []error
	seen := map[string]bool{}
	for i, c := range checks {
		if c == nil {
			errs = append(errs, fmt.Errorf("check %d is nil", i))
			continue
		}
		complain := func(what string) { errs = append(errs, fmt.Errorf("check %q: %s", c.ID, what)) }
		switch {
		case !ValidID(c.ID):
			complain("the ID is not a slug of lower case letters, digits and single dashes")
		case seen[c.ID]:
			complain("the ID is used twice")
		}
		seen[c.ID] = true
		if c.Title == "" {
			complain("no title")
		}
		if c.Doc == "" {
			complain("no doc")
		}
		if c.Since == "" {
			complain("no version since which it exists")
		}
		if c.Severity < diag.Note || c.Severity > diag.Error {
			complain("no severity")
		}
	}
	return errors.Join(append(errs, causes(checks)...)...)
}

// causes complains about causes that are no checks, and about checks that swallow each other.
func causes(checks []*Check) []error {
	byID := map[string]*Check{}
	for _, c := range checks {
		if c != nil {
			byID[c.ID] = c
		}
	}
	var errs []error
	var swallows func(id, other string, deep int) bool
	swallows = func(id, other string, deep int) bool {
		c := byID[other]
		return c != nil && deep < len(checks) && slices.ContainsFunc(c.SwallowedBy, func(by string) bool { return by == id || swallows(id, by, deep+1) })
	}
	for _, c := range checks {
		if c == nil {
			continue
		}
		for _, id := range slices.Concat(c.SwallowedBy, c.FollowsFrom) {
			if byID[id] == nil {
				errs = append(errs, fmt.Errorf("check %q: its cause %q is no check", c.ID, id))
			}
		}
		if swallows(c.ID, c.ID, 0) {
			errs = append(errs, fmt.Errorf("check %q swallows itself", c.ID))
		}
	}
	return errs
}
