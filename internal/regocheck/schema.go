package regocheck

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/rego"
)

// inputSchema is the name by which OPA knows the schema of the input document.
var inputSchema = ast.MustParseRef("schema.input")

// schemas is what the compiler checks references to `input` against, so that a misspelt field is an
// error at its line.
func schemas() (*ast.SchemaSet, error) {
	dec := json.NewDecoder(bytes.NewReader(rego.InputSchema))
	dec.UseNumber()
	var schema any
	if err := dec.Decode(&schema); err != nil {
		return nil, fmt.Errorf("reading the schema of the input document: %w", err)
	}
	set := ast.NewSchemaSet()
	set.Put(inputSchema, schema)
	return set, nil
}

// typed says of the modules' packages, but for those that see plain objects, that their input is the document.
func typed(modules []*ast.Module) {
	said := map[string]*ast.Annotations{}
	for _, m := range modules {
		for _, a := range m.Annotations {
			if a.Scope == packageScope {
				said[m.Package.Path.String()] = a
			}
		}
	}
	for _, m := range modules {
		path := m.Package.Path.String()
		if aboutObjects(m) {
			continue
		}
		a := said[path]
		if a == nil {
			a = (&ast.Annotations{Scope: packageScope, Location: m.Package.Location}).Copy(m.Package)
			m.Annotations = append(m.Annotations, a)
			said[path] = a
		}
		if len(a.Schemas) == 0 {
			a.Schemas = []*ast.SchemaAnnotation{{Path: ast.InputRootRef, Schema: inputSchema}}
		}
	}
}

// packageScope is the scope of METADATA on a package.
const packageScope = "package"
