package load

import (
	"fmt"
	"strings"

	kjson "sigs.k8s.io/json"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// problem is something wrong with an object.
type problem struct {
	check    string
	severity diag.Severity // zero: error
	at       string        // JSON pointer
	spoils   []string      // pointers to what does not mean what it says for it; empty: what is at at
	key      bool          // at the key of at, not at its value
	message  string
	help     string
	settle   string // what would say whether it is so; empty: it is
	fixes    []diag.Fix
}

// report says what is wrong with an object: as a diagnostic if it is under review, else as a gap.
func (l *loader) report(o *model.Object, p problem) {
	if !o.Reviewed() {
		l.c.Gaps = append(l.c.Gaps, model.Gap{At: o.Origin(p.at), Message: o.String() + ": " + p.message})
		return
	}
	severity := p.severity
	if severity == diag.Default {
		severity = diag.Error
	}
	at := o.Origin(p.at)
	if p.key {
		at = o.KeyOrigin(p.at)
	}
	d := diag.Diagnostic{
		Check: p.check, Severity: severity, At: at, Object: o.String(), Message: p.message, Help: p.help, Settle: p.settle, Fixes: p.fixes,
	}
	if len(p.spoils) == 0 {
		p.spoils = []string{p.at}
	}
	for _, pointer := range p.spoils {
		d.Parts = append(d.Parts, diag.Part{Object: d.Object, Pointer: pointer})
	}
	l.diags = append(l.diags, d)
}

// decode fills v from the object, as the API server does: field names in their exact case,
// nothing converted. It says no if the server would reject the object for a value's type.
func (l *loader) decode(o *Object, v any) bool {
	data, err := o.JSON()
	if err == nil {
		err = kjson.UnmarshalCaseSensitivePreserveInts(data, v)
	}
	return err == nil || l.undecodable(o, err)
}

// quiet is decode for a look ahead at what is decoded, and perhaps reported, again later.
func quiet(o *Object, v any) bool {
	data, err := o.JSON()
	return err == nil && kjson.UnmarshalCaseSensitivePreserveInts(data, v) == nil
}

// decodeStrict is decode for kinds whose unknown fields are worth a finding.
func (l *loader) decodeStrict(o *Object, v any) bool {
	data, err := o.JSON()
	if err != nil {
		return l.undecodable(o, err)
	}
	strict, err := kjson.UnmarshalStrict(data, v)
	if err != nil {
		return l.undecodable(o, err)
	}
	l.reportFields(o, v, strict)
	return true
}

func (l *loader) reportStrict(o *Object, v any, err error) {
	at := ""
	if fe, ok := err.(kjson.FieldError); ok {
		at = pointerOf(fe.FieldPath())
	}
	field := at[strings.LastIndex(at, "/")+1:]
	p := problem{check: CheckManifest, at: at, message: err.Error()}
	if strings.HasPrefix(err.Error(), "unknown field") {
		p.key = true
		if in := parent(at); in != "" { // beside spec, it changes nothing
			p.spoils = []string{in}
		}
		p.message = fmt.Sprintf("%s has no field %q here: %s", o.Kind, field, o.dropped("the field"))
		if p.help = fieldHelp(o, at); p.help == "" {
			p.help, p.fixes = knownField(o, v, at)
		}
		if at == "/status" {
			p.severity = diag.Note // it says nothing of the policy
		}
		switch {
		case o.raw():
			p.check = CheckPolicy
			p.message = fmt.Sprintf("%s has no field %q here: the API server drops it, which usually makes the rest match more", o.Kind, field)
		case field == "protocol" && o.protocolMisplaced(at):
			p.message = fmt.Sprintf("protocol is a field of the rule, not of its %s, and without it the rule may not have ports: "+rejected,
				lastOf(parent(at)), o.Kind)
		}
	}
	l.report(&o.Object, p)
}

// pointerOf turns a path such as spec.ingress[1].form into a JSON pointer.
func pointerOf(path string) string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	return "/" + strings.ReplaceAll(path, ".", "/")
}
