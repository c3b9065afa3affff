package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/checks"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/regocheck"
	"github.com/tierlint/tierlint/rego"
)

// allChecks is the checks in Go and those in Rego, by ID.
func allChecks() ([]*check.Check, error) {
	rules, err := regocheck.Load(rego.Files)
	if err != nil {
		return nil, failure(fmt.Errorf("loading the Rego rules: %w", err))
	}
	all := slices.Concat(checks.All, rules)
	if err := check.Validate(all); err != nil {
		return nil, failure(err)
	}
	slices.SortFunc(all, func(a, b *check.Check) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}
