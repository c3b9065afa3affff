package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/platform"
)

// inputs are the flags that say what cluster the manifests are for.
type inputs struct {
	platform, version string
	context           []string
	settings          string // the file; empty: the nearest
	rego              []string
}

func (in *inputs) flags(cmd *cobra.Command) {
	in.kindFlags(cmd)
	cmd.Flags().StringArrayVar(&in.context, "context", nil, "a `PATH` with objects that are in the cluster but not under review, such as an export; may be repeated")
}

// kindFlags are those that say what kind of cluster it is.
func (in *inputs) kindFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&in.platform, "platform", "", "the `KIND` of cluster: "+strings.Join(platform.Names(), ", ")+" (default: detected where that is certain, else "+pipeline.DefaultPlatform+")")
	cmd.Flags().StringVar(&in.version, "calico-version", "", "the `VERSION` of Calico: "+strings.Join(config.Versions(), ", ")+" (default "+model.DefaultVersion.String()+")")
	cmd.Flags().StringVar(&in.settings, "settings", "", "the settings `FILE` (default: the nearest "+config.File+", in the first PATH or above)")
}

// options puts flags, environment variables and settings together: the first of them that says
// something counts.
func (in *inputs) options(sys *System, paths []string) (pipeline.Options, config.Settings, error) {
	if slices.Contains(paths, "") {
		return pipeline.Options{}, config.Settings{}, usage(errors.New("a path is empty: is a variable not set?"))
	}
	checks, err := allChecks()
	if err != nil {
		return pipeline.Options{}, config.Settings{}, err
	}
	known := knownNames(checks)
	folders, err := ruleFolders(sys, in.rego, "--rego ")
	if err != nil {
		return pipeline.Options{}, config.Settings{}, err
	}
	var own ownRules
	reading := known
	reading.Rego = func(more []string, to *config.Known) error {
		return own.read(sys, slices.Concat(folders, more), checks, to)
	}
	set, err := readSettings(sys, in.settings, paths, reading)
	if err != nil {
		return pipeline.Options{}, set.Settings, err
	}
	if err := own.read(sys, folders, checks, &known); err != nil { // no settings, so nobody asked for them
		return pipeline.Options{}, set.Settings, usage(err)
	}
	if err := in.override(sys, &set.Settings); err != nil {
		return pipeline.Options{}, set.Settings, usage(err)
	}
	if slices.Contains(set.Context, "-") && slices.Contains(paths, "-") {
		return pipeline.Options{}, set.Settings, usage(errors.New("only one of --context and the paths can be standard input"))
	}
	return pipeline.Options{
		Dir: sys.Dir, Paths: paths, Stdin: sys.Stdin,
		Context: set.Context, Excluded: set.excluded(), Environments: set.environments(),
		Platform: set.Platform, Version: set.Version, PodCIDRs: set.PodCIDRs,
		Checks: slices.Concat(checks, own.Checks), KnownChecks: slices.Concat(idsOf(checks), idsOf(own.Checks)), Levels: set.Checks,
		Rules: pipeline.Rules{Folders: own.folders, Problems: own.Problems, Source: own.Source},
	}, set.Settings, nil
}

// fromPipeline tells wrong arguments from faults of the tool.
func fromPipeline(err error) error {
	var input *pipeline.InputError
	if errors.As(err, &input) {
		return usage(err)
	}
	return failure(err)
}

// asFailure makes an error that says nothing of how to exit a fault of the tool.
func asFailure(err error) error {
	var exit *exitError
	if errors.As(err, &exit) {
		return err
	}
	return failure(err)
}

// choice is a flag with a few values.
type choice struct {
	value  *string
	values []string
}

// newChoice makes such a flag; the first value is the default.
func newChoice(p *string, values ...string) *choice {
	*p = values[0]
	return &choice{p, values}
}

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return strings.Join(c.values, "|") }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.values, s) {
		return fmt.Errorf("it is one of %s", strings.Join(c.values, ", "))
	}
	*c.value = s
	return nil
}

// number is a flag whose value is a number; 0 if it is not given.
type number struct{ value *int }

func (n number) Type() string { return "NUMBER" }

func (n number) String() string {
	if n.value == nil || *n.value == 0 {
		return ""
	}
	return strconv.Itoa(*n.value)
}

func (n number) Set(s string) (err error) {
	if *n.value, err = strconv.Atoi(s); err != nil {
		return errors.New("it must be a number")
	}
	return nil
}
