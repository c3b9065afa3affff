package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/pipeline"
)

// comparison is the flags about another revision to compare with.
type comparison struct {
	base    string
	onlyNew bool
}

func (c *comparison) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.base, "base", "", "say which findings are new since HEAD left this git `REVISION`: a branch, a tag, a commit, HEAD^1")
	f.BoolVar(&c.onlyNew, "only-new", false, "with --base: show only findings that are new, and fail only for them")
}

// valid says what is wrong with the flags together.
func (c *comparison) valid(fixes *fixing, base *baseline) error {
	switch {
	case c.onlyNew && c.base == "":
		return usage(errors.New("--only-new needs to know since when: give --base too"))
	case c.base != "" && (fixes.fix != "" || fixes.diff != ""):
		return usage(errors.New("--base compares what is written, and --fix and --diff change it: give one of them"))
	case c.base != "" && base.write != "":
		return usage(errors.New("--write-baseline writes all findings: leave out --base"))
	}
	return nil
}

func (c *comparison) apply(opts *pipeline.Options) { opts.Base, opts.OnlyNew = c.base, c.onlyNew }
