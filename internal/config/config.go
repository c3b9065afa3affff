// Package config reads the settings file, .tierlint.yaml.
package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// File is the settings file's name.
const File = ".tierlint.yaml"

// Settings are what a repository wants. The zero value is what holds without a file. Paths in them
// are as they are written: relative to the folder of the file.
type Settings struct {
	Cluster
	FailOn FailOn
	// Exclude are globs of files and folders that are not looked at, see Match.
	Exclude []string
	Checks  map[string]Level // by the check's ID
	// Environments are in the order of the file.
	Environments []Environment
	// Baseline is a file of findings that are known and hidden; empty: none.
	Baseline string
	// Rego are folders with rules of the repository's own.
	Rego []string
}

// Cluster is what the manifests do not say of a cluster.
type Cluster struct {
	Platform string        // name of a built-in context; empty: detected, or the default
	Version  model.Version // of Calico; 0: the default
	PodCIDRs []netip.Prefix
	// Context are files and folders with what else is in the cluster.
	Context []string
}

// Environment is a cluster by name. What its Cluster leaves empty is as in the Settings; its
// context comes in addition.
type Environment struct {
	Name string
	Cluster
	// Paths are globs, see Match: the roots at or below them are in the environment.
	Paths []string
	// Values are files of values for the charts in it; of two that say something, the later counts.
	Values []string
}

// Level is what a repository wants of a check.
type Level struct {
	Off      bool
	Severity diag.Severity // Default: the check's own
	// Options are what is said to a rule in Rego, by name.
	Options map[string]any
}

// FailOn is the mildest severity of finding that fails a run, or Never. The zero value is error.
type FailOn string

// Never lets a run succeed whatever was found.
const Never FailOn = "never"

// FailOnValues are the values that a person may write.
func FailOnValues() []string { return []string{"error", "warning", "note", string(Never)} }

// ParseFailOn reads one of FailOnValues.
func ParseFailOn(s string) (FailOn, error) {
	if !slices.Contains(FailOnValues(), s) {
		return "", unknown("fail-on value", s, FailOnValues())
	}
	return FailOn(s), nil
}

// Fails says whether any of the findings is at or above the severity.
func (f FailOn) Fails(ds []diag.Diagnostic) bool {
	if f == Never {
		return false
	}
	least := diag.Error
	if f != "" {
		least, _ = diag.ParseSeverity(string(f))
	}
	return slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return d.Severity >= least })
}

// Versions are the versions of Calico whose semantics are known.
func Versions() []string {
	var out []string
	for v := model.V329; v <= model.V332; v++ {
		out = append(out, v.String())
	}
	return out
}

// ParseVersion reads a version of Calico: "3.31", also "v3.31" and "3.31.2".
func ParseVersion(s string) (model.Version, error) {
	parts := strings.Split(strings.TrimPrefix(s, "v"), ".")
	if (len(parts) == 2 || len(parts) == 3) && parts[0] == "3" {
		n, err := strconv.ParseUint(parts[1], 10, 8)
		if v := model.Version(n); err == nil && v >= model.V329 && v <= model.V332 {
			return v, nil
		}
	}
	return 0, unknown("Calico version", s, Versions())
}

// ParsePlatform checks a platform's name against those that exist.
func ParsePlatform(s string, names []string) (string, error) {
	if !slices.Contains(names, s) {
		return "", unknown("platform", s, names)
	}
	return s, nil
}

func unknown(what, got string, valid []string) error {
	return fmt.Errorf("unknown %s %q: it is one of %s", what, got, strings.Join(valid, ", "))
}
