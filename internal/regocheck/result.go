package regocheck

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/source"
)

// result is one element of a rule's set of findings.
type result struct {
	place
	Message  string    `json:"message"`
	Help     string    `json:"help"`
	Related  []related `json:"related"`
	Witness  *witness  `json:"witness"`
	Severity string    `json:"severity"`
	// Msg is what Conftest calls the message.
	Msg string `json:"msg"`
}

type related struct {
	place
	Message string `json:"message"`
}

// place is what a rule points at: something in an object, or a whole file.
type place struct {
	Object  string  `json:"object"`
	Pointer *string `json:"pointer"`
	File    string  `json:"file"`
}

// witness is one connection that shows a finding.
type witness struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Protocol string `json:"protocol"`
	Port     int    `json:"port"`
}

// resultsOf reads a set of findings, each about the object if one is given.
func resultsOf(set any, object string) ([]result, error) {
	items, ok := set.([]any)
	if !ok {
		return nil, &problem{message: fmt.Sprintf("the findings are %s, not a set", kindOf(set))}
	}
	out := make([]result, 0, len(items))
	for _, item := range items {
		if message, ok := item.(string); ok && object != "" {
			item = map[string]any{"message": message}
		}
		if _, ok := item.(map[string]any); !ok {
			return nil, &problem{message: fmt.Sprintf("a finding is %s, not an object", kindOf(item)), help: `{"message": "one sentence", "object": ...}`}
		}
		var r result
		if err := readResult(item, &r, object == ""); err != nil {
			return nil, err
		}
		if object != "" {
			if r.Message == "" {
				r.Message = r.Msg
			}
			r.Object = object
		}
		if r.Message == "" {
			return nil, &problem{message: "a finding has no message", help: `"message": "one sentence"`}
		}
		out = append(out, r)
	}
	return out, nil
}

// readResult reads one finding. Those of rules about objects may have fields for others to read.
func readResult(item any, r *result, strict bool) error {
	text, err := json.Marshal(item)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if strict {
		dec.DisallowUnknownFields()
	}
	err = dec.Decode(r)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		kind := "text"
		switch wrong.Type.Kind() {
		case reflect.Int:
			kind = "whole number"
		case reflect.Slice:
			kind = "list"
		case reflect.Struct:
			kind = "object"
		}
		return &problem{message: fmt.Sprintf("a finding's %s is of type %s, not %s", wrong.Field, wrong.Value, kind)}
	}
	if err != nil {
		return &problem{message: fmt.Sprintf("a finding cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))}
	}
	return nil
}

func kindOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "an object"
	case string:
		return "a text"
	case bool:
		return "a boolean"
	case nil:
		return "null"
	case []any:
		return "a list"
	}
	return "a number"
}

// report reports a finding. The error is the rule's: it names an object that is not in the document, or
// shows a connection that is none.
func (in *input) report(p *check.Pass, r *result, e *entry) error {
	o, at, err := in.find(r.place)
	if err != nil {
		return err
	}
	d := diag.Diagnostic{At: at, Severity: e.severity, Message: r.Message, Help: r.Help}
	if o != nil {
		d.Object = o.String()
	}
	if r.Severity != "" {
		severity, ok := diag.ParseSeverity(r.Severity)
		if !ok {
			return &problem{message: fmt.Sprintf("a finding's severity is %q, not note, warning or error", r.Severity)}
		}
		d.Severity = severity
	}
	for _, rel := range r.Related {
		_, at, err := in.find(rel.place)
		if err != nil {
			return err
		}
		if at.File != "" {
			d.Related = append(d.Related, diag.Related{At: at, Message: rel.Message})
		}
	}
	if r.Witness != nil {
		if err := in.show(p, &d, r.Witness); err != nil {
			return err
		}
	}
	p.Report(d)
	return nil
}

// show adds a connection to a finding, with who decides it, once the second engine has said the same.
func (in *input) show(p *check.Pass, d *diag.Diagnostic, w *witness) error {
	a, err := in.oracle.verdict(question{w.From, w.To, w.Protocol, w.Port})
	switch {
	case err != nil:
		return &problem{message: "a finding's witness is no connection: " + err.Error()}
	case a.why != "":
		return &problem{message: "a finding's witness is no connection: " + a.why}
	}
	if a.Verdict == model.Allowed { // so do both ends
		if err := p.Confirm(a.resolved.Packet, 1-a.direction, model.Allowed); err != nil {
			return err
		}
	}
	if err := p.Confirm(a.resolved.Packet, a.direction, a.Verdict); err != nil {
		return err
	}
	d.Witness = check.Flow(a.resolved.Packet)
	d.Witness.Via = a.resolved.Flow.Via
	d.Decided = a.text()
	return nil
}

// find returns the object, if it is no file, and the place in it: a scalar itself, of anything longer its key.
func (in *input) find(p place) (*model.Object, source.Origin, error) {
	if p.File != "" && p.Object == "" {
		at := source.Pos{Line: 1, Col: 1}
		if !slices.ContainsFunc(in.all, func(o *load.Object) bool { return o.Origin("").File == p.File }) {
			return nil, source.Origin{}, &problem{message: fmt.Sprintf("a finding is about file %q, which no object in the input is in", p.File)}
		}
		return nil, source.Origin{Span: source.Span{File: p.File, Start: at, End: at}}, nil
	}
	if p.Object == "" {
		return nil, source.Origin{}, &problem{message: "a finding does not say what it is about", help: `"object": the object of something in the input`}
	}
	o := in.names.object(p.Object)
	if o == nil {
		return nil, source.Origin{}, &problem{
			message: fmt.Sprintf("a finding is about %q, which is not the `object` of anything in the input", p.Object),
			help:    `"object": the object of a workload, policy or other thing in the input`,
		}
	}
	pointer := objectName // which a nameless object, as of a template, need not have
	if p.Pointer != nil && *p.Pointer != "" {
		pointer = *p.Pointer
	}
	if pointer[0] != '/' {
		return nil, source.Origin{}, &problem{message: fmt.Sprintf("a finding points at %q, and a JSON pointer begins with /", pointer)}
	}
	if o.Positions != nil && pointer != objectName && !o.Positions.Has(pointer) && !o.Positions.Has(parent(pointer)) {
		return nil, source.Origin{}, &problem{message: fmt.Sprintf("a finding points at %s of %s, where nothing is", pointer, p.Object)}
	}
	at := o.Origin(pointer)
	if at.Start.Line != at.End.Line {
		at = o.KeyOrigin(pointer)
	}
	return o, at, nil
}

// objectName is the JSON pointer to an object's name.
const objectName = "/metadata/name"

// parent is the JSON pointer to what has the value at a pointer.
func parent(pointer string) string { return pointer[:max(strings.LastIndexByte(pointer, '/'), 0)] }

// strictly decodes a value of Rego's into out; fields that out does not have are an error.
func strictly(value, out any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(out)
}
