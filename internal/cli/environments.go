package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/environment"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/report"
)

func newEnvironments(sys *System) *cobra.Command {
	var in inputs
	var format string
	cmd := &cobra.Command{
		Use:   "environments [PATH...]",
		Short: "Show what each cluster gets, and why it is taken to",
		Long: `Environments shows what is put together: the kustomizations, folders and files
(roots) of each cluster, and the rule that put them there. Roots that define the
same object are alternatives, and the path segment in which they differ names
the environment; the rest lies side by side in all.

Where that is not right, name the environments in .tierlint.yaml.`,
		Example: `  tierlint environments
  tierlint environments clusters apps --format json`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			opts, _, err := in.options(sys, paths)
			if err != nil {
				return err
			}
			loaded, err := pipeline.Load(cmd.Context(), opts)
			if err != nil {
				return fromPipeline(err)
			}
			defer func() { _ = loaded.Close() }() // nothing was written
			if format == "json" {
				err = writeEnvironmentsJSON(sys.Stdout, loaded.Groups)
			} else {
				err = writeEnvironments(sys.Stdout, loaded.Groups)
			}
			if err != nil {
				return unwritten(err)
			}
			return nil
		},
	}
	in.flags(cmd)
	cmd.Flags().Var(newChoice(&format, "text", "json"), "format", "how they are written")
	return cmd
}

// writeEnvironments writes for people. What is in all environments is written once, below them.
func writeEnvironments(out io.Writer, groups []pipeline.Group) error {
	var b strings.Builder
	shared := func(r pipeline.GroupRoot) bool { return len(groups) > 1 && r.Why.Rule == environment.Everywhere }
	for i, g := range groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		name := g.Name
		if name == "" {
			name = "One environment, without a name: nothing is defined twice"
		}
		fmt.Fprintf(&b, "%s\n", report.Printable(name))
		fmt.Fprintf(&b, "  platform %s%s, Calico %s\n", g.Platform.Name, detected(g.Platform), g.Version)
		if err := writeRoots(&b, g.Roots, g.Contexts, func(r pipeline.GroupRoot) bool { return !shared(r) }); err != nil {
			return err
		}
	}
	switch {
	case len(groups) == 1 && len(groups[0].Roots) == 0:
		b.WriteString("  nothing to check was found: are the paths right?\n")
	case len(groups) > 0 && slices.ContainsFunc(groups[0].Roots, shared):
		b.WriteString("\nIn every environment: no other root defines the same\n")
		if err := writeRoots(&b, groups[0].Roots, nil, shared); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// writeRoots writes those of the roots that are wanted, and contexts.
func writeRoots(out io.Writer, roots []pipeline.GroupRoot, contexts []string, wanted func(pipeline.GroupRoot) bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range roots {
		if wanted(r) {
			line := fmt.Sprintf("  %s\t%s\t%s", report.Printable(r.Path), r.Kind, objects(r.Objects))
			if reason := why(r); reason != "" {
				line += "\t" + report.Printable(reason)
			}
			fmt.Fprintln(w, line)
		}
	}
	for _, c := range contexts {
		fmt.Fprintf(w, "  %s\tcontext\t\tnot under review\n", report.Printable(c))
	}
	return w.Flush()
}

func detected(p report.Platform) string {
	if p.DetectedFrom == "" {
		return ""
	}
	return report.Printable(" (detected from " + p.DetectedFrom + ")")
}

func objects(n int) string {
	if n == 1 {
		return "1 object"
	}
	return fmt.Sprintf("%d objects", n)
}

// why says in words what put a root into an environment; "" if nothing did.
func why(r pipeline.GroupRoot) string {
	switch r.Why.Rule {
	case environment.Settings:
		return "the settings say so"
	case environment.Deployed:
		if r.Why.By == "" {
			return "says what the cluster gets"
		}
		return r.Why.By + " deploys it"
	case environment.Conflicting:
		return fmt.Sprintf("defines %s, as %s does", r.Why.Object, r.Why.With)
	case environment.Neighbour:
		return "lies in " + r.Why.Folder
	case environment.Example:
		return fmt.Sprintf("lies in %s, a folder of examples", r.Why.Folder)
	}
	return ""
}

type jsonEnvironment struct {
	Name          string          `json:"name"`
	Platform      report.Platform `json:"platform"`
	CalicoVersion string          `json:"calicoVersion"`
	Roots         []jsonRoot      `json:"roots"`
	Context       []string        `json:"context"`
}

type jsonRoot struct {
	Path    string `json:"path"`
	Kind    string `json:"kind"`
	Objects int    `json:"objects"`
	// Rule is "everywhere", "conflict", "neighbour", "example", "settings" or "deployment".
	Rule   string `json:"rule"`
	Object string `json:"object,omitempty"`
	With   string `json:"with,omitempty"`
	Folder string `json:"folder,omitempty"`
	By     string `json:"by,omitempty"`
}

// writeEnvironmentsJSON writes for programs.
func writeEnvironmentsJSON(out io.Writer, groups []pipeline.Group) error {
	v := struct {
		Version      int               `json:"version"`
		Environments []jsonEnvironment `json:"environments"`
	}{1, []jsonEnvironment{}}
	for _, g := range groups {
		e := jsonEnvironment{Name: g.Name, Platform: g.Platform, CalicoVersion: g.Version.String(), Roots: []jsonRoot{}, Context: append([]string{}, g.Contexts...)}
		for _, r := range g.Roots {
			e.Roots = append(e.Roots, jsonRoot{r.Path, r.Kind, r.Objects, r.Why.Rule.String(), r.Why.Object, r.Why.With, r.Why.Folder, r.Why.By})
		}
		v.Environments = append(v.Environments, e)
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
