package chart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v3/pkg/chart"
)

// enableDependencies gives dependencies their aliases, and takes out those that conditions and tags
// turn off (pkg/chartutil/dependencies.go: processDependencyEnabled). The path is that of the
// chart's values in those of the whole, with a dot behind it.
func enableDependencies(c *chart.Chart, values map[string]any, path string) {
	named := slices.DeleteFunc(slices.Clone(c.Metadata.Dependencies), func(d *chart.Dependency) bool { return d == nil })
	if len(named) == 0 {
		return
	}
	var all []*chart.Chart
	for _, has := range c.Dependencies() {
		if !slices.ContainsFunc(named, func(d *chart.Dependency) bool { return fits(has, d) }) {
			all = append(all, has) // in charts/, and not named
		}
	}
	for _, d := range named {
		if i := slices.IndexFunc(c.Dependencies(), func(has *chart.Chart) bool { return fits(has, d) }); i >= 0 {
			all = append(all, aliased(c.Dependencies()[i], d.Alias))
		}
		if d.Alias != "" {
			d.Name = d.Alias
		}
		d.Enabled = true
	}
	c.SetDependencies(all...)
	seen := coalesce(c, clone(values).(map[string]any), false)
	off := map[string]bool{}
	for _, d := range named {
		if !enabled(d, seen, path) {
			off[d.Name] = true
		}
	}
	all = slices.DeleteFunc(all, func(d *chart.Chart) bool { return off[d.Name()] })
	c.Metadata.Dependencies = slices.DeleteFunc(named, func(d *chart.Dependency) bool { return off[d.Name] })
	for _, d := range all {
		enableDependencies(d, seen, path+d.Name()+".")
	}
	c.SetDependencies(all...)
}

// fits says whether a chart is the one that an entry means.
func fits(c *chart.Chart, d *chart.Dependency) bool {
	if c.Name() != d.Name {
		return false
	}
	version, err := semver.NewVersion(c.Metadata.Version)
	if err != nil {
		return false
	}
	constraint, err := semver.NewConstraint(d.Version)
	return err == nil && constraint.Check(version)
}

// aliased is a copy of a chart under another name; under its own if the alias is empty.
func aliased(c *chart.Chart, alias string) *chart.Chart {
	out, metadata := *c, *c.Metadata
	metadata.Dependencies = nil
	for _, d := range c.Metadata.Dependencies {
		if d != nil {
			own := *d
			metadata.Dependencies = append(metadata.Dependencies, &own)
		}
	}
	if alias != "" {
		metadata.Name = alias
	}
	out.Metadata = &metadata
	var below []*chart.Chart
	for _, d := range c.Dependencies() {
		below = append(below, aliased(d, ""))
	}
	out.SetDependencies(below...)
	return &out
}

// enabled says what tags, and then the first condition that has a value, make of a dependency.
func enabled(d *chart.Dependency, values map[string]any, path string) bool {
	on := true
	if tags, ok := values["tags"].(map[string]any); ok {
		yes, no := false, false
		for _, tag := range d.Tags {
			if v, ok := tags[tag].(bool); ok {
				yes, no = yes || v, no || !v
			}
		}
		on = yes || !no
	}
	for _, condition := range strings.Split(strings.TrimSpace(d.Condition), ",") {
		if v, ok := lookup(values, path+condition).(bool); ok && condition != "" {
			return v
		}
	}
	return on
}

// lookup is the value at a path of keys with dots between them, or nil.
func lookup(values map[string]any, path string) any {
	var v any = values
	for key := range strings.SplitSeq(path, ".") {
		table, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = table[key]
	}
	return v
}

// importValues takes over the values that dependencies export (pkg/chartutil/dependencies.go:
// ProcessDependenciesWithMerge). The chart's own win. Nulls stay, for they remove values of the
// dependencies' own in the end.
func importValues(c *chart.Chart) {
	for _, d := range c.Dependencies() {
		importValues(d)
	}
	if len(c.Metadata.Dependencies) == 0 {
		return
	}
	imports := map[string]any{}
	seen := coalesce(c, map[string]any{}, true)
	for _, d := range c.Metadata.Dependencies {
		for _, entry := range d.ImportValues {
			child, parent := "", "."
			switch entry := entry.(type) {
			case string:
				child = "exports." + entry
			case map[string]any:
				child, parent = fmt.Sprint(entry["child"]), fmt.Sprint(entry["parent"])
			}
			if table, ok := lookup(seen, d.Name+"."+child).(map[string]any); ok {
				imports = addTables(imports, nested(parent, clone(table).(map[string]any)), true)
			}
		}
	}
	c.Values = addTables(seen, imports, true)
}

// nested is a table at a path of keys with dots between them; "." is the top.
func nested(path string, table map[string]any) map[string]any {
	if path == "." {
		return table
	}
	for _, key := range slices.Backward(strings.Split(path, ".")) {
		table = map[string]any{key: table}
	}
	return table
}
