// Package rego holds the rules that come with the tool, the library that they share, and the schema of
// what rules see.
package rego

import "embed"

// Files are lib and rules, each rule in a directory of its own with its tests.
//
//go:embed lib rules
var Files embed.FS

// InputSchema is the JSON schema (draft 7) of the document that rules see as `input`.
//
//go:embed schema/input.json
var InputSchema []byte
