package chart

import (
	"slices"

	"helm.sh/helm/v3/pkg/chart"
	"sigs.k8s.io/yaml"
)

// parseValues reads values as Helm does: integers become float64.
func parseValues(data []byte) (map[string]any, error) {
	values := map[string]any{}
	if err := yaml.Unmarshal(data, &values); err != nil {
		return nil, err
	}
	if values == nil {
		values = map[string]any{}
	}
	return values, nil
}

// globals is the key of the values that all charts see.
const globals = "global"

// clone copies a value, so that changing it leaves the original alone.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = clone(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = clone(x)
		}
		return out
	}
	return v
}

// coalesce adds to values what a chart and its dependencies have and they do not (pkg/chartutil/
// coalesce.go: CoalesceValues, MergeValues). A null in values removes what is below it; with nulls,
// it stays, to do so later.
func coalesce(c *chart.Chart, values map[string]any, nulls bool) map[string]any {
	coalesceOwn(c, values, nulls)
	for _, child := range c.Dependencies() {
		below, ok := values[child.Name()].(map[string]any)
		if !ok {
			if _, there := values[child.Name()]; there {
				continue // not a table, which Helm refuses
			}
			below = map[string]any{}
			values[child.Name()] = below
		}
		coalesceGlobals(below, values)
		coalesce(child, below, nulls)
	}
	return values
}

// coalesceOwn adds the chart's own values.
func coalesceOwn(c *chart.Chart, values map[string]any, nulls bool) {
	isChild := func(key string) bool {
		return slices.ContainsFunc(c.Dependencies(), func(d *chart.Chart) bool { return d.Name() == key })
	}
	for key, own := range clone(c.Values).(map[string]any) {
		has, ok := values[key]
		if !ok {
			values[key] = own
			continue
		}
		if has == nil && !nulls {
			delete(values, key)
			continue
		}
		to, isTable := has.(map[string]any)
		if from, ok := own.(map[string]any); ok && isTable {
			// What is for a child keeps its nulls, which remove values of the child's own.
			addTables(to, from, nulls || isChild(key))
		}
	}
}

// coalesceGlobals hands globals down to a dependency; those of the parent win.
func coalesceGlobals(to, from map[string]any) {
	below, ok := to[globals].(map[string]any)
	if !ok {
		if _, there := to[globals]; there {
			return
		}
		below = map[string]any{}
	}
	above, ok := from[globals].(map[string]any)
	if _, there := from[globals]; there && !ok {
		return
	}
	for key, v := range above {
		table, isTable := v.(map[string]any)
		has, exists := below[key]
		hasTable, hasIsTable := has.(map[string]any)
		switch {
		case isTable && !exists:
			below[key] = clone(table)
		case isTable && hasIsTable:
			below[key] = addTables(clone(table).(map[string]any), hasTable, true)
		case isTable || hasIsTable: // one is a table, and one is not: the chart's own stays
		default:
			below[key] = v
		}
	}
	to[globals] = below
}

// addTables adds to a table what another one has and it does not. With nulls, they stay; without,
// a null removes the key.
func addTables(to, from map[string]any, nulls bool) map[string]any {
	for key, v := range from {
		has, ok := to[key]
		switch {
		case !ok:
			to[key] = v
		case has == nil && !nulls:
			delete(to, key)
		default:
			a, isA := has.(map[string]any)
			b, isB := v.(map[string]any)
			if isA && isB {
				addTables(a, b, nulls)
			}
		}
	}
	return to
}

// mergeTables puts one set of values over another, as several files given with -f are
// (pkg/cli/values/options.go: mergeMaps): a null stays, to remove what the chart has.
func mergeTables(over, under map[string]any) map[string]any {
	for key, v := range under {
		has, ok := over[key]
		a, isA := has.(map[string]any)
		b, isB := v.(map[string]any)
		switch {
		case !ok:
			over[key] = v
		case isA && isB:
			mergeTables(a, b)
		}
	}
	return over
}
