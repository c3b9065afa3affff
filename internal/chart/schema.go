package chart

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v3/pkg/chart"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
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
		at = l.span(p)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.Schema))
	if err != nil {
		l.problem(Broken, at, "Helm refuses this schema of values, which is not JSON: %s", inLine(err.Error()))
		return
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(nowhere{})
	compiler.RegisterVocabulary(counted())
	compiler.AssertVocabs()
	const name = "file:///values.schema.json"
	if err := compiler.AddResource(name, doc); err != nil {
		l.problem(Broken, at, "Helm refuses this schema of values: %s", inLine(err.Error()))
		return
	}
	schema, err := compiler.Compile(name)
	var elsewhere *jsonschema.LoadURLError
	if errors.As(err, &elsewhere) {
		l.problem(Missing, at, "this schema of values names another one, which is not fetched, so the values are not compared with it").Help = "the other schema in the same file, under $defs"
		return
	}
	if err != nil {
		l.problem(Broken, at, "Helm refuses this schema of values: %s", inLine(strings.ReplaceAll(err.Error(), name, "values.schema.json")))
		return
	}
	switch err := validate(schema, values); {
	case errors.Is(err, errTooMuch):
		l.problem(Refused, at, "the values are not compared with this schema: it takes more than %d comparisons", maxCompared).Help = "keep its parts from naming each other over and over"
	case err != nil:
		l.problem(Needs, l.violated(c, err, at), "Helm refuses the chart, for its values are not what values.schema.json allows: %s", violation(err)).Help =
			valuesHelp
	}
}

// maxCompared is the number of times that a part of a schema is compared with a part of the values.
const maxCompared = 1_000_000

// validate compares values with a schema.
func validate(schema *jsonschema.Schema, values map[string]any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("comparing the values with the schema: %v (%w)", r, errTooMuch)
		}
	}()
	return schema.Validate(values)
}

// counted makes a schema count how often its parts are compared: a few that name each other twice
// make a number of comparisons without end.
func counted() *jsonschema.Vocabulary {
	n := new(comparisons)
	return &jsonschema.Vocabulary{
		URL:     "tierlint:count",
		Compile: func(*jsonschema.CompilerContext, map[string]any) (jsonschema.SchemaExt, error) { return n, nil },
	}
}

// comparisons is a number of comparisons.
type comparisons int

// Validate implements jsonschema.SchemaExt. It has no other way to stop than a panic.
func (n *comparisons) Validate(*jsonschema.ValidatorContext, any) {
	if *n++; *n > maxCompared {
		panic("too many comparisons")
	}
}

// violated is the value that a schema does not allow, where it is the chart's own; else the schema.
func (l *loading) violated(c *chart.Chart, err error, schema source.Span) source.Span {
	var wrong *jsonschema.ValidationError
	if !errors.As(err, &wrong) || l.overridden || !c.IsRoot() {
		return schema
	}
	for len(wrong.Causes) > 0 {
		wrong = wrong.Causes[0]
	}
	f, err := l.t.Load(path.Join(l.dir, "values.yaml"))
	if err != nil || len(f.Documents) == 0 {
		return schema
	}
	pointer := ""
	for _, step := range wrong.InstanceLocation {
		pointer += "/" + yamldoc.Escape(step)
	}
	found := yamldoc.Find(f.Documents[0].Root, pointer)
	if found.Rest != "" {
		return schema // from another chart, or taken out
	}
	return f.KeySpan(found.Value)
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
