package cli

import (
	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/rego"
)

func newSchema(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [settings|input]",
		Short: "Print the JSON schema of the settings file, or of what Rego rules see",
		Example: `  tierlint schema > tierlint.schema.json
  tierlint schema input > input.schema.json`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"settings", "input"},
		RunE: func(_ *cobra.Command, args []string) error {
			data := rego.InputSchema
			if len(args) == 0 || args[0] == "settings" {
				var err error
				if data, err = settingsSchema(); err != nil {
					return err
				}
			}
			if _, err := sys.Stdout.Write(data); err != nil {
				return unwritten(err)
			}
			return nil
		},
	}
}

func settingsSchema() ([]byte, error) {
	checks, err := allChecks()
	if err != nil {
		return nil, err
	}
	data, err := config.Schema(knownNames(checks))
	if err != nil {
		return nil, failure(err)
	}
	return data, nil
}
