package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Find reads the nearest settings file: in dir or a folder above it, up to the top of the git
// repository; outside of a repository only in dir. The path is empty if there is none.
func Find(dir string) (path string, data []byte, err error) {
	for _, d := range upward(dir) {
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

// upward lists dir and its parents up to the one that has .git; just dir if none has.
func upward(dir string) []string {
	var out []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		out = append(out, d)
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return out
		}
		if d == filepath.Dir(d) {
			return out[:1]
		}
	}
}
