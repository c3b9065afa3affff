package pipeline

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/config"
	"github.com/tierlint/tierlint/internal/diag"
)

// wanted is the checks that are on, as copies where the settings change them.
func wanted(checks []*check.Check, levels map[string]config.Level) []*check.Check {
	var out []*check.Check
	for _, c := range checks {
		if level, ok := levels[c.ID]; ok {
			changed := *c
			changed.Off = level.Off
			if level.Severity != diag.Default {
				changed.Severity = level.Severity
			}
			changed.Options = maps.Clone(c.Options)
			maps.Copy(changed.Options, level.Options)
			c = &changed
		}
		if !c.Off {
			out = append(out, c)
		}
	}
	return out
}

// leveled applies the settings to findings, those of loading among them, which no check makes.
func leveled(ds []diag.Diagnostic, levels map[string]config.Level) []diag.Diagnostic {
	var out []diag.Diagnostic
	for _, d := range ds {
		level := levels[d.Check]
		if level.Off {
			continue
		}
		if level.Severity != diag.Default {
			d.Severity = level.Severity
		}
		out = append(out, d)
	}
	return out
}

// scope names the run after its paths, so that runs on parts of a repository can be told apart.
func scope(paths []string) string {
	var parts []string
	for _, p := range paths {
		if p = path.Clean(filepath.ToSlash(p)); p != "." && p != "-" {
			parts = append(parts, strings.Trim(p, "/"))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "+")
}
