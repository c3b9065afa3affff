package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/scaffold"
)

// defaultRules is the folder for rules where nobody names one.
const defaultRules = "policy"

func newRegoNew(sys *System) *cobra.Command {
	var in inputs
	cmd := &cobra.Command{
		Use:   "new NAME [DIR]",
		Short: "Begin a rule in Rego, with a test and a fixture",
		Long: `New writes the beginnings of a rule into DIR: NAME.rego, NAME_test.rego, and in
fixtures/NAME the manifests that the test is about. Without a DIR it is the folder
that the settings name first, or else ` + defaultRules + `. The test passes as it is, and what is there
already is not touched.`,
		Example: `  tierlint rego new owner-label
  tierlint rego new payments-isolated platform/rules`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			opts, _, err := in.options(sys, nil)
			if err != nil {
				return err
			}
			known := slices.Clone(opts.Rules.Folders)
			if slices.Contains(opts.KnownChecks, args[0]) {
				return usage(fmt.Errorf("%s is the name of another check", args[0]))
			}
			folder := defaultRules
			switch {
			case len(args) == 2:
				folder = filepath.Clean(args[1])
			case len(known) > 0:
				folder = known[0]
			}
			files, err := scaffold.NewRule(sys.Dir, folder, args[0])
			if err != nil {
				return usage(err)
			}
			return sayNext(sys, files, folder, slices.Contains(known, folder))
		},
	}
	cmd.Flags().StringVar(&in.settings, "settings", "", "the settings `FILE` (default: the nearest "+config.File+")")
	return cmd
}

// sayNext lists the files of a new rule, and what to do with them. named says that the settings name the folder.
func sayNext(sys *System, files []string, folder string, named bool) error {
	folder = filepath.ToSlash(folder)
	var b strings.Builder
	b.WriteString("Wrote\n")
	for _, f := range files {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	b.WriteString("The rule is an example. Try it, and then write yours:\n")
	check := "tierlint check"
	if !named {
		check += " --rego " + folder
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  tierlint rego test %s\tits tests, which pass\n", folder)
	fmt.Fprintf(w, "  tierlint rego input\twhat rules see of the folder you are in\n")
	fmt.Fprintf(w, "  %s\twhat it finds there\n", check)
	if err := w.Flush(); err != nil {
		return failure(err)
	}
	if !named {
		fmt.Fprintf(&b, "Where %s says `rego: [%s]`, every check runs it.\n", config.File, folder)
	}
	if _, err := sys.Stdout.Write([]byte(b.String())); err != nil {
		return unwritten(err)
	}
	return nil
}
