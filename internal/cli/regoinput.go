package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/regocheck"
)

func newRegoInput(sys *System) *cobra.Command {
	var in inputs
	var sections []string
	var environment string
	cmd := &cobra.Command{
		Use:   "input [PATH...]",
		Short: "Print the document that rules in Rego see",
		Long: `Input prints, as JSON, what a rule sees as ` + "`input`" + ` when these PATHs (the folder you
are in if there is none, - for standard input) are checked. Each environment has a
document of its own, whose field environment is its name; they follow each other.
The field options is empty: it is what the settings say to one rule.

tierlint schema input prints the schema, which says what every field means.`,
		Example: `  tierlint rego input --section model.tiers
  tierlint rego input --section facts clusters/prod | jq '.facts.dns'
  tierlint rego input --environment prod --section model --section facts.reach`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			opts, _, err := in.options(sys, paths)
			if err != nil {
				return err
			}
			say, end := progress(sys)
			opts.Progress = say
			loaded, err := pipeline.Load(cmd.Context(), opts)
			end()
			if err != nil {
				return fromPipeline(err)
			}
			defer func() { _ = loaded.Close() }() // nothing was written
			if err := warn(sys, loaded); err != nil {
				return unwritten(err)
			}
			envs, err := environmentsNamed(loaded, environment)
			if err != nil {
				return err
			}
			return printInputs(sys, envs, sections)
		},
	}
	in.flags(cmd)
	cmd.Flags().StringArrayVar(&sections, "section", nil, "only the section with this `NAME`, such as model.tiers, or those of model or of facts; may be repeated")
	cmd.Flags().StringVar(&environment, "environment", "", "the `NAME` of the environment, where the manifests make several")
	offered := cobra.FixedCompletions(regocheck.Sections(), cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("section", offered) // an error says that there is no such flag
	return cmd
}

func printInputs(sys *System, envs []check.Environment, sections []string) error {
	if len(envs) == 0 {
		return usage(errors.New("there are no manifests in these paths"))
	}
	for i := range envs {
		text, err := regocheck.Document(&envs[i], sections)
		var unknown *regocheck.UnknownSection
		switch {
		case errors.As(err, &unknown):
			return usage(fmt.Errorf("--section: %w", err))
		case err != nil:
			return failure(err)
		}
		if _, err := sys.Stdout.Write(text); err != nil {
			return unwritten(err)
		}
	}
	return nil
}
