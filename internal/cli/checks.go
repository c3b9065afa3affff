package cli

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/docs"
	"github.com/tierlint/tierlint/internal/check"
)

func newChecks(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:   "checks [ID]",
		Short: "List the checks, or print the page of one",
		Example: `  tierlint checks
  tierlint checks dns-unreachable`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(errors.New("checks takes one ID, or none for the list"))
			}
			all, err := allChecks()
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return printCheck(sys, all, args[0])
			}
			w := tabwriter.NewWriter(sys.Stdout, 0, 0, 2, ' ', 0)
			for _, c := range all {
				severity := c.Severity.String()
				if c.Off {
					severity += ", off"
				}
				if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", c.ID, severity, c.Title); err != nil {
					return unwritten(err)
				}
			}
			if err := w.Flush(); err != nil {
				return unwritten(err)
			}
			return nil
		},
	}
}

// printCheck prints the page that is in docs/checks too, with the output of its examples.
func printCheck(sys *System, all []*check.Check, id string) error {
	if !slices.ContainsFunc(all, func(c *check.Check) bool { return c.ID == id }) {
		return usage(fmt.Errorf("no check is called %q; `tierlint checks` lists them", id))
	}
	page, err := docs.Checks.ReadFile("checks/" + id + ".md")
	if err != nil {
		return failure(err)
	}
	if _, err := sys.Stdout.Write(page); err != nil {
		return unwritten(err)
	}
	return nil
}
