package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Find reads the nearest settings file: in the folder of the first path or above it, up to the top
// of the git repository; outside of a repository up to dir, the working directory, if the path is
// in it. The result's path is empty if there is none.
func Find(dir string, paths []string) (path string, data []byte, err error) {
	for _, d := range upward(dir, start(dir, paths)) {
		path := filepath.Join(d, File)
		data, err := os.ReadFile(path)
		if err == nil {
			return path, data, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", nil, fmt.Errorf("reading the settings: %w", err)
		}
	}
	return "", nil, nil
}

// start is the folder of the first path that is not standard input; dir if there is none.
func start(dir string, paths []string) string {
	for _, p := range paths {
		if p == "-" {
			continue
		}
		if !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			p = filepath.Dir(p)
		}
		return filepath.Clean(p)
	}
	return filepath.Clean(dir)
}

// upward lists the folders from one up to that which has .git, or else to dir if that is above,
// or else just the first.
func upward(dir, from string) []string {
	var out []string
	for d := from; ; d = filepath.Dir(d) {
		out = append(out, d)
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return out
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	dir = filepath.Clean(dir)
	for i, d := range out {
		if d == dir {
			return out[:i+1]
		}
	}
	return out[:1]
}
