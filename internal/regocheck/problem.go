package regocheck

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// CheckInvalid is the ID of the check for rules that are broken.
const CheckInvalid = "rego-invalid"

// problem is what is wrong with a file of rules.
type problem struct {
	at      *ast.Location // nil: nobody knows
	message string
	help    string
}

func (p *problem) Error() string {
	if p.at == nil {
		return p.message
	}
	return fmt.Sprintf("%s:%d: %s", p.at.File, p.at.Row, p.message)
}

// diagnostic is the finding about it.
func (p *problem) diagnostic() diag.Diagnostic {
	return diag.Diagnostic{Check: CheckInvalid, Severity: diag.Error, At: originOf(p.at), Message: p.message, Help: p.help}
}

// originOf is the place of something in Rego: the first line of it.
func originOf(at *ast.Location) source.Origin {
	if at == nil {
		return source.Origin{}
	}
	text, _, _ := strings.Cut(string(at.Text), "\n")
	start := source.Pos{Offset: at.Offset, Line: max(at.Row, 1), Col: max(at.Col, 1)} // of what ends too early it is 0
	end := source.Pos{Offset: at.Offset + len(text), Line: start.Line, Col: start.Col + utf8.RuneCountInString(text)}
	return source.Origin{Span: source.Span{File: at.File, Start: start, End: end}}
}

// problemsOf takes an error of OPA's apart.
func problemsOf(err error, what string) []*problem {
	var several ast.Errors
	var one *ast.Error
	var own *problem
	switch {
	case errors.As(err, &several):
	case errors.As(err, &one):
		several = ast.Errors{one}
	case errors.As(err, &own):
		return []*problem{own}
	default:
		return []*problem{{message: what + ": " + err.Error()}}
	}
	var out []*problem
	for _, e := range several {
		p := &problem{at: e.Location, message: what + ": " + said(e)}
		if n := len(out); n > 0 && p.at != nil && out[n-1].at != nil && p.at.Equal(out[n-1].at) {
			out[n-1] = p // the parser says more of the same place
			continue
		}
		out = append(out, p)
	}
	return out
}

// said is what an error says, without the line of code that it shows.
func said(e *ast.Error) string {
	if d, ok := e.Details.(*ast.RefErrInvalidDetail); ok && d.Have == nil && len(d.OneOf) > 0 {
		known := make([]string, len(d.OneOf))
		for i, v := range d.OneOf {
			known[i] = strings.Trim(v.String(), `"`)
		}
		slices.Sort(known)
		return fmt.Sprintf("there is no %s, but %s has %s", d.Ref[:d.Pos+1], d.Ref[:d.Pos], strings.Join(known, ", "))
	}
	return strings.Join(strings.Fields(e.Message), " ")
}

// atRuntime is what is wrong with a rule that was stopped, or that stopped.
func atRuntime(err error, at *ast.Location) *problem {
	var own *problem
	var failed *topdown.Error
	switch {
	case errors.As(err, &own):
		if own.at == nil {
			own.at = at
		}
		return own
	case errors.As(err, &failed) && failed.Location != nil:
		return &problem{at: failed.Location, message: "the rule stops here: " + failed.Message}
	}
	return &problem{at: at, message: "the rule does not come to an end: " + err.Error()}
}

// isFault says whether it is the tool that failed, and not the rule.
func isFault(err error) bool {
	var own *problem
	var stopped *tooMuch
	var failed *topdown.Error
	var compile ast.Errors
	return !errors.As(err, &own) && !errors.As(err, &stopped) && !errors.As(err, &failed) && !errors.As(err, &compile)
}
