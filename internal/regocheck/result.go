package regocheck

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// result is one element of a rule's deny.
type result struct {
	place
	Message string    `json:"message"`
	Help    string    `json:"help"`
	Related []related `json:"related"`
}

type related struct {
	place
	Message string `json:"message"`
}

// place is what a rule points at.
type place struct {
	Object  string  `json:"object"`
	Pointer *string `json:"pointer"`
}

// diagnostic resolves what a rule points at. The error is the rule's: it names an object that is not in
// the document, or says nothing.
func (in *input) diagnostic(r result) (diag.Diagnostic, error) {
	if r.Message == "" {
		return diag.Diagnostic{}, fmt.Errorf("a finding has no message")
	}
	o, at, err := in.find(r.place)
	if err != nil {
		return diag.Diagnostic{}, err
	}
	d := diag.Diagnostic{At: at, Object: o.String(), Message: r.Message, Help: r.Help}
	for _, rel := range r.Related {
		_, at, err := in.find(rel.place)
		if err != nil {
			return diag.Diagnostic{}, err
		}
		if at.File != "" {
			d.Related = append(d.Related, diag.Related{At: at, Message: rel.Message})
		}
	}
	return d, nil
}

// find returns the object and the place in it: a scalar itself, of anything longer its key.
func (in *input) find(p place) (*model.Object, source.Origin, error) {
	o := in.names.objects[p.Object]
	if o == nil {
		return nil, source.Origin{}, fmt.Errorf("a finding is about %q, which is not the `object` of anything in the input", p.Object)
	}
	pointer := "/metadata/name"
	if p.Pointer != nil && *p.Pointer != "" {
		pointer = *p.Pointer
	}
	at := o.Origin(pointer)
	if at.Start.Line != at.End.Line {
		at = o.KeyOrigin(pointer)
	}
	return o, at, nil
}
