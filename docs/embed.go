// Package docs carries the pages of the checks into the program, where `tierlint checks ID` prints
// them.
package docs

import "embed"

// Checks has checks/ID.md for every check. The pages are generated: go test ./checks -update.
//
//go:embed checks/*.md
var Checks embed.FS
