package report

import "github.com/tierlint/tierlint/internal/diag"

// style is an ANSI select graphic rendition.
type style string

const (
	bold   style = "1"
	dim    style = "2"
	red    style = "1;31"
	green  style = "1;32"
	yellow style = "1;33"
	blue   style = "34"
	cyan   style = "1;36"
)

func severityStyle(s diag.Severity) style {
	switch s {
	case diag.Error:
		return red
	case diag.Warning:
		return yellow
	}
	return cyan
}

// paint colours a text, if there is colour.
func (o Options) paint(s style, text string) string {
	if !o.Color || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// Good colours what is allowed or well.
func (o Options) Good(text string) string { return o.paint(green, text) }

// Bad colours what is blocked or wrong.
func (o Options) Bad(text string) string { return o.paint(red, text) }

// Doubtful colours what is not known.
func (o Options) Doubtful(text string) string { return o.paint(yellow, text) }

// Faint colours what matters less.
func (o Options) Faint(text string) string { return o.paint(dim, text) }
