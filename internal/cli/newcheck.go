package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/checks"
	"github.com/tierlint/tierlint/internal/scaffold"
)

// newNewCheck is for those who work on tierlint, so the help does not list it.
func newNewCheck(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:    "new-check ID",
		Hidden: true,
		Short:  "Begin a new check, at the top of tierlint's own repository",
		Long: `New-check writes the beginnings of a check: the check, its page, a case that it finds
something in and a clean one, and its entries in the lists. Its tests pass as they are.`,
		Example: `  go run ./cmd/tierlint new-check dns-too-slow`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			since := ""
			for _, c := range checks.All {
				since = max(since, c.Since)
			}
			files, err := scaffold.NewCheck(sys.Dir, args[0], since)
			if err != nil {
				return usage(err)
			}
			for _, f := range files {
				if _, err := fmt.Fprintln(sys.Stdout, f); err != nil {
					return unwritten(err)
				}
			}
			_, err = fmt.Fprintf(sys.Stdout, `
Now write what it looks for, its page and its cases, and then:

    go test ./checks -run 'TestCases/%s$'
    go test ./checks -update          # its page in docs/checks
    go test ./internal/cli -update    # its name in the schema of the settings
`, args[0])
			if err != nil {
				return unwritten(err)
			}
			return nil
		},
	}
}
