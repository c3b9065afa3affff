package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/environment"
	"github.com/tierlint/tierlint/internal/pipeline"
)

func newInit(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a settings file that fits what is in a folder",
		Long: `Init looks at the manifests in a folder (the one you are in, if there is none) and
writes ` + config.File + ` there: what it found is in it, and what else can be set is
in it as comments. A file that is there already is not touched.`,
		Example: `  tierlint init`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 1 {
				folder = args[0]
			}
			return initialize(cmd, sys, folder)
		},
	}
}

func initialize(cmd *cobra.Command, sys *System, folder string) error {
	file := filepath.Join(folder, config.File)
	if info, err := os.Stat(inDir(sys, folder)); err != nil || !info.IsDir() {
		return usage(fmt.Errorf("%s is not a folder", folder))
	}
	loaded, err := pipeline.Load(cmd.Context(), pipeline.Options{Dir: inDir(sys, folder)})
	if err != nil {
		return fromPipeline(err)
	}
	defer func() { _ = loaded.Close() }() // nothing was written
	f, err := os.OpenFile(inDir(sys, file), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usage(fmt.Errorf("%s is there already, and is not touched", file))
	}
	if err != nil {
		return usage(fmt.Errorf("writing the settings: %w", err))
	}
	_, err = f.Write(config.Sample(sampleOf(loaded.Groups)))
	if err := errors.Join(err, f.Close()); err != nil {
		return usage(fmt.Errorf("writing %s: %w", file, err))
	}
	if _, err := fmt.Fprintf(sys.Stdout, "Wrote %s. Read it, and correct what is not right.\n", file); err != nil {
		return unwritten(err)
	}
	return nil
}

// sampleOf is what was found, as settings.
func sampleOf(groups []pipeline.Group) config.Found {
	var out config.Found
	for _, g := range groups {
		if g.Platform.DetectedFrom != "" && out.Platform == "" {
			out.Platform, out.PlatformFrom = g.Platform.Name, g.Platform.DetectedFrom
		}
		if g.Name == "" {
			continue
		}
		e := config.FoundEnvironment{Name: g.Name}
		for _, r := range g.Roots {
			if r.Why.Rule != environment.Everywhere {
				e.Paths = append(e.Paths, r.Path)
			}
		}
		out.Environments = append(out.Environments, e)
	}
	return out
}
