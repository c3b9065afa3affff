package chart

import (
	"bytes"
	"errors"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v3/pkg/chart"

	"github.com/tierlint/tierlint/internal/source"
)

// checkSchema reports values that the chart's schema does not allow, so that Helm refuses it.
func (l *loading) checkSchema(c *chart.Chart, values map[string]any) {
	for _, child := range c.Dependencies() {
		if own, ok := values[child.Name()].(map[string]any); ok {
			l.checkSchema(child, own)
		}
	}
	if len(c.Schema) == 0 {
		return
	}
	at := l.chartFile()
	if p := l.pathOf(c.Schema); p != "" {
		at = source.Span{File: l.t.Display(p)}
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.Schema))
	if err != nil {
		l.problem(Broken, at, "Helm refuses this schema of values, which is not JSON: %s", inLine(err.Error()))
		return
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(nowhere{})
	const name = "file:///values.schema.json"
	if err := compiler.AddResource(name, doc); err != nil {
		l.problem(Broken, at, "Helm refuses this schema of values: %s", inLine(err.Error()))
		return
	}
	schema, err := compiler.Compile(name)
	var elsewhere *jsonschema.LoadURLError
	if errors.As(err, &elsewhere) {
		l.problem(Missing, at, "this schema of values names another one, which is not fetched, so the values are not compared with it").Help = "keep it in the same file"
		return
	}
	if err != nil {
		l.problem(Broken, at, "Helm refuses this schema of values: %s", inLine(strings.ReplaceAll(err.Error(), name, "values.schema.json")))
		return
	}
	if err := schema.Validate(any(values)); err != nil {
		l.problem(Needs, at, "Helm refuses the chart, for its values are not what this schema allows: %s", violation(err)).Help =
			"name a file of values for this chart that has what it asks for"
	}
}

// violation is what is wrong with the values, in one line.
func violation(err error) string {
	_, text, _ := strings.Cut(err.Error(), "\n")
	return inLine(strings.ReplaceAll(text, "\n", ";"))
}

// errNotFetched says that a schema is elsewhere.
var errNotFetched = errors.New("it is not fetched")

// nowhere loads nothing.
type nowhere struct{}

// Load implements jsonschema.URLLoader.
func (nowhere) Load(string) (any, error) { return nil, errNotFetched }
