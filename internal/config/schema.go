package config

import (
	"encoding/json"
	"fmt"

	"github.com/tierlint/tierlint/internal/model"
)

// schema is a JSON schema, or a part of one.
type schema map[string]any

// SchemaID is where the schema of the settings file is published.
const SchemaID = "https://raw.githubusercontent.com/tierlint/tierlint/main/docs/tierlint.schema.json"

// Schema is the JSON schema (draft 7, which editors know) of the settings file.
func Schema(known Known) ([]byte, error) {
	p := &parser{known: known}
	s := object(p.settings(&Settings{}))
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["$id"] = SchemaID
	s["title"] = "Settings of tierlint (" + File + ")"
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the JSON schema: %w", err)
	}
	return append(data, '\n'), nil
}

// object is the schema of a mapping with these fields and no others. A field whose value is null
// is as good as absent.
func object(fields []field) schema {
	properties := schema{}
	for _, f := range fields {
		properties[f.name] = schema{"description": f.doc, "anyOf": []schema{f.schema, {"type": "null"}}}
	}
	return schema{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
}

func (p *parser) environmentSchema() schema {
	s := object(p.environment(&Environment{}))
	s["type"], s["required"] = "object", []string{"paths"}
	return s
}

func text() schema { return schema{"type": "string", "minLength": 1} }

func textList() schema { return schema{"type": "array", "items": text()} }

func levelSchema() schema {
	// To a reader of YAML 1.1 off and on are false and true.
	return schema{"enum": []any{"off", "on", "note", "warning", "error", false, true}}
}

// checksSchema has the checks that are known, and whatever rules of their own people have.
func checksSchema(known Known) schema {
	p := &parser{}
	properties := schema{}
	for _, id := range known.Checks {
		properties[id] = schema{"anyOf": []schema{levelSchema(), object(p.level(&Level{}, known.Options[id]))}}
	}
	own := object(append(p.level(&Level{}, nil), field{"options", "What is said to the rule.", schema{"type": "object"}, nil}))
	return schema{
		"type": "object", "properties": properties,
		"additionalProperties": schema{
			"description": "A rule of your own, from a folder that `rego` names.",
			"anyOf":       []schema{levelSchema(), own},
		},
	}
}

func optionsSchema(names []string) schema {
	properties := schema{}
	for _, n := range names {
		properties[n] = schema{}
	}
	return schema{"type": "object", "properties": properties, "additionalProperties": false}
}

// versionSchema takes a text, and the number that 3.31 is to a reader of YAML.
func versionSchema() schema {
	pattern, numbers := "", []json.Number{}
	for v := model.V329; v <= model.V332; v++ {
		if pattern != "" {
			pattern += "|"
		}
		pattern += fmt.Sprint(uint8(v))
		numbers = append(numbers, json.Number(v.String()))
	}
	return schema{"anyOf": []schema{
		{"type": "string", "pattern": `^v?3\.(` + pattern + `)(\.[0-9A-Za-z-]+)?$`},
		{"type": "number", "enum": numbers},
	}}
}
