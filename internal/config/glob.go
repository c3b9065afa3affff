package config

import (
	"path"
	"strings"
)

// Match says whether a glob matches a path or a folder above it. Both are relative to one folder,
// with slashes. In a glob * stands for anything in one name, ? for one character, [a-z] for one of
// these, and ** for any number of folders.
func Match(glob, p string) bool {
	return match(strings.Split(path.Clean(glob), "/"), strings.Split(path.Clean(p), "/"))
}

func match(glob, p []string) bool {
	switch {
	case len(glob) == 0 || len(glob) == 1 && glob[0] == ".":
		return true // what is left of the path is below
	case glob[0] == "**":
		return len(glob) == 1 || match(glob[1:], p) || len(p) > 0 && match(glob, p[1:])
	case len(p) == 0:
		return false
	}
	ok, err := path.Match(glob[0], p[0])
	return err == nil && ok && match(glob[1:], p[1:])
}

// Depth is the number of names in a glob, from 1: of two globs that match a path, the deeper one
// says more.
func Depth(glob string) int {
	if glob = path.Clean(glob); glob == "." {
		return 1
	}
	return 2 + strings.Count(glob, "/")
}

// isGlob says whether a text has anything special in it.
func isGlob(s string) bool { return strings.ContainsAny(s, `*?[\`) }

// checkGlob says what is wrong with a glob.
func checkGlob(s string) error {
	_, err := path.Match(s, "")
	return err
}
