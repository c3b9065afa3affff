package report

import "github.com/tierlint/tierlint/internal/source"

// inRepository is a file's path from the top of the repository, for readers that know nothing of the
// working directory; false: it lies outside, and the path is as people see it.
func (r *Result) inRepository(file string) (string, bool) {
	if r.InRepository == nil {
		return file, true
	}
	if path, ok := r.InRepository(file); ok {
		return path, true
	}
	return file, false
}

// line is the line of a span, for formats that know no findings about whole files: those are shown
// at the first.
func line(s source.Span) int { return max(s.Start.Line, 1) }
