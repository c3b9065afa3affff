package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/check"
)

func newChecks(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:   "checks [ID]",
		Short: "List the checks, or print the page of one",
		Example: `  tierlint checks
  tierlint checks dns-unreachable`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
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
					return err
				}
			}
			return w.Flush()
		},
	}
}

func printCheck(sys *System, all []*check.Check, id string) error {
	i := slices.IndexFunc(all, func(c *check.Check) bool { return c.ID == id })
	if i < 0 {
		return usage(fmt.Errorf("no check is called %q; `tierlint checks` lists them", id))
	}
	c := all[i]
	// The mark is where the page in docs/checks has the output of an example.
	doc := strings.TrimSpace(strings.ReplaceAll(c.Doc, "<!-- output -->\n", ""))
	_, err := fmt.Fprintf(sys.Stdout, "# %s: %s\n\nSeverity %s, since %s.\n\n%s\n", c.ID, c.Title, c.Severity, c.Since, doc)
	return err
}
