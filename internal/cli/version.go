package cli

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/model"
)

func newVersion(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of tierlint and the versions of Calico that it knows",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(sys.Stdout, "tierlint %s\nCalico   %s (default %s)\n",
				toolVersion(), strings.Join(config.Versions(), ", "), model.DefaultVersion)
			if err != nil {
				return unwritten(err)
			}
			return nil
		},
	}
}

// version is what the release and the image say that they are, such as v1.2.3: the linker sets it
// (-X). It is empty in every other build, which Go's build information knows better.
var version string

// toolVersion is the version of this build: a tag, the revision that Go built it at, or "devel".
func toolVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	return cmp.Or(strings.Trim(info.Main.Version, "()"), "devel")
}
