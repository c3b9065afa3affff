package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/regocheck"
)

// newRego has the commands for those who write rules.
func newRego(sys *System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rego",
		Short: "Write, test and look into rules of your own, in Rego",
		Long: `Rules of your own run with ` + "`tierlint check --rego DIR`" + `, or where the settings name their
folder. These commands are for writing them; docs/rego.md says how.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRegoNew(sys), newRegoTest(sys), newRegoInput(sys))
	return cmd
}

// ownRules are the rules in folders that flags and settings name.
type ownRules struct {
	*regocheck.Rules
	folders []string // relative to the working directory
}

// read reads the rules in the folders, unless they are read.
func (o *ownRules) read(sys *System, folders []string, checks []*check.Check, known *config.Known) error {
	if o.Rules != nil {
		return nil
	}
	slices.Sort(folders)
	o.folders = slices.Compact(folders)
	var err error
	if o.Rules, err = regocheck.LoadFolders(sys.Dir, o.folders, idsOf(checks)); err != nil {
		return err
	}
	addKnown(known, o.Checks)
	return nil
}

// ruleFolders are folders with rules that somebody named, by a flag if there is one.
func ruleFolders(sys *System, named []string, flag string) ([]string, error) {
	var out []string
	for _, f := range named {
		at := f
		if !filepath.IsAbs(at) {
			at = filepath.Join(sys.Dir, at)
		}
		switch info, err := os.Stat(at); {
		case err != nil:
			return nil, usage(fmt.Errorf("%s%s: there is no such folder", flag, f))
		case !info.IsDir():
			return nil, usage(fmt.Errorf("%s%s: this is a file, and rules are in a folder", flag, f))
		}
		out = append(out, filepath.Clean(f))
	}
	return out, nil
}

// addKnown adds checks to the names that settings may use.
func addKnown(known *config.Known, checks []*check.Check) {
	if known.Options == nil {
		known.Options = map[string]map[string]any{}
	}
	for _, c := range checks {
		known.Checks = append(known.Checks, c.ID)
		known.Options[c.ID] = c.Options
	}
}

func idsOf(checks []*check.Check) []string {
	out := make([]string, len(checks))
	for i, c := range checks {
		out[i] = c.ID
	}
	return out
}

// sayWithoutRules warns where folders of rules are named and nothing in them is a rule, which a person would
// take for rules that find nothing.
func sayWithoutRules(sys *System, opts *pipeline.Options) {
	own := func(c *check.Check) bool { return c.Own }
	if len(opts.Rules.Folders) == 0 || len(opts.Rules.Problems) > 0 || slices.ContainsFunc(opts.Checks, own) {
		return
	}
	fmt.Fprintf(sys.Stderr, "tierlint: no rule is in %s: a rule is a package below tierlint.rules or tierlint.objects with a set named deny\n",
		strings.Join(opts.Rules.Folders, ", "))
}
