package cli

import (
	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
)

func newSchema(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON schema of the settings file",
		Example: `  tierlint schema > tierlint.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			checks, err := allChecks()
			if err != nil {
				return err
			}
			data, err := config.Schema(knownNames(checks))
			if err != nil {
				return failure(err)
			}
			if _, err := sys.Stdout.Write(data); err != nil {
				return unwritten(err)
			}
			return nil
		},
	}
}
