// Package rego holds the rules that come with the tool, and the library that they share.
package rego

import "embed"

// Files are lib and rules, each rule in a directory of its own with its tests.
//
//go:embed lib rules
var Files embed.FS
