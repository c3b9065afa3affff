package check

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/tierlint/tierlint/internal/diag"
)

var slug = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

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
		case !slug.MatchString(c.ID):
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
	return errors.Join(errs...)
}
