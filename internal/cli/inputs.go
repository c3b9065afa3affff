package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/platform"
)

// inputs are the flags that say what cluster the manifests are for.
type inputs struct {
	platform, version string
}

func (in *inputs) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&in.platform, "platform", "", "the `KIND` of cluster: "+strings.Join(platform.Names(), ", ")+" (default "+pipeline.DefaultPlatform+")")
	cmd.Flags().StringVar(&in.version, "calico-version", "", "the `VERSION` of Calico: "+strings.Join(config.Versions(), ", ")+" (default "+model.DefaultVersion.String()+")")
}

// options puts flags and settings together; flags come first.
func (in *inputs) options(sys *System, paths []string) (pipeline.Options, config.Settings, error) {
	checks, err := allChecks()
	if err != nil {
		return pipeline.Options{}, config.Settings{}, err
	}
	set, err := settings(sys, checks)
	if err != nil {
		return pipeline.Options{}, set, err
	}
	if in.platform != "" {
		if set.Platform, err = config.ParsePlatform(in.platform, platform.Names()); err != nil {
			return pipeline.Options{}, set, usage(fmt.Errorf("--platform: %w", err))
		}
	}
	if in.version != "" {
		if set.Version, err = config.ParseVersion(in.version); err != nil {
			return pipeline.Options{}, set, usage(fmt.Errorf("--calico-version: %w", err))
		}
	}
	return pipeline.Options{
		Dir: sys.Dir, Paths: paths, Stdin: sys.Stdin,
		Platform: set.Platform, Version: set.Version, PodCIDRs: set.PodCIDRs,
		Checks: checks, Levels: set.Checks,
	}, set, nil
}

// settings reads the settings file, if there is one.
func settings(sys *System, checks []*check.Check) (config.Settings, error) {
	path, data, err := config.Find(sys.Dir)
	if err != nil {
		return config.Settings{}, usage(err)
	}
	if path == "" {
		return config.Settings{}, nil
	}
	name, err := filepath.Rel(sys.Dir, path)
	if err != nil {
		name = path
	}
	known := config.Known{Platforms: platform.Names()}
	for _, c := range checks {
		known.Checks = append(known.Checks, c.ID)
	}
	set, err := config.Parse(filepath.ToSlash(name), data, known)
	if err != nil {
		return set, usage(err)
	}
	return set, nil
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
