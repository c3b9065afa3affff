package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/report"
)

func newMerge(sys *System) *cobra.Command {
	var to, category string
	var expect int
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Make one SARIF report of those of several runs",
		Long: `Merge makes one report of SARIF reports that tierlint wrote, one for each part of
a repository. What several runs say of the same line is one result, which names
the environments or the parts; the order of the files does not matter. What
GitHub's code scanning would not take is cut, the mildest results first.`,
		Example: `  tierlint merge shards/*.sarif -o tierlint.sarif`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			if strings.Trim(category, "/") == "" {
				return usage(errors.New("--category: it is empty"))
			}
			if expect > 0 && expect != len(files) {
				return usage(fmt.Errorf("%d reports are expected, and there are %d: what is not in the merged report, GitHub takes for mended", expect, len(files)))
			}
			shards, err := readShards(sys, files)
			if err != nil {
				return usage(err)
			}
			var b bytes.Buffer
			cut, err := report.MergeSARIF(&b, shards, strings.Trim(category, "/"))
			if err != nil {
				var shard *report.ShardError
				if errors.As(err, &shard) {
					return usage(err)
				}
				return failure(err)
			}
			if cut != "" {
				_ = complain(sys.Stderr, cut) // the report says it, too
			}
			if to == "" {
				if _, err := sys.Stdout.Write(b.Bytes()); err != nil {
					return unwritten(err)
				}
				return nil
			}
			if err := writeFile(inDir(sys, to), b.Bytes()); err != nil {
				return usage(fmt.Errorf("--output %s: %w", to, err))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&to, "output", "o", "", "write to `FILE` in place of standard output")
	cmd.Flags().IntVar(&expect, "expect", 0, "fail unless there are `N` files, because a shard that is missing looks like one without findings")
	cmd.Flags().StringVar(&category, "category", "merged", "`NAME` that tells the report apart from others of the repository; GitHub replaces the results of the same")
	return cmd
}

// readShards reads the reports that are to be merged.
func readShards(sys *System, files []string) ([]report.Shard, error) {
	var out []report.Shard
	for _, f := range files {
		data, err := os.ReadFile(inDir(sys, f))
		if err != nil {
			var at *os.PathError
			if errors.As(err, &at) {
				err = at.Err
			}
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		out = append(out, report.Shard{Name: f, Data: data})
	}
	return out, nil
}
