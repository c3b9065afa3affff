package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/projectcalico/api/pkg/lib/numorstring"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// undecodable reports a decoding error and says false.
func (l *loader) undecodable(o *Object, err error) bool {
	p := problem{check: CheckManifest, message: strings.TrimPrefix(err.Error(), "json: ")}
	if e, ok := parseTypeError(err); ok {
		p.at = e.locate(o)
		p.message = e.describe(p.at)
		if e.wanted == "string" {
			p.help, p.fixes = quoted(o, p.at, e.is)
		}
	}
	if e := (*yamldoc.ValueError)(nil); errors.As(err, &e) {
		p.at = e.Pointer
		if infinite := (*json.UnsupportedValueError)(nil); errors.As(err, &infinite) {
			p.message, p.help = e.Text+" is a number that JSON does not have", "a number, such as 100"
		}
	}
	if p.at == "" {
		p.at = locateNumberOrName(o)
	}
	p.message += ": " + o.undecoded(err)
	l.report(&o.Object, p)
	return false
}

// undecoded is what comes of an object that cannot be decoded. The schema of Calico's storage takes
// any number or string for a port or protocol, but Calico lists objects all at once into types that
// do not (libcalico-go/lib/backend/k8s/resources/customresource.go, List, v3.31.0).
func (o *Object) undecoded(err error) string {
	if e, ok := parseTypeError(err); o.raw() && (!ok || e.numberOrName()) && locateNumberOrName(o) != "" {
		return "nobody validates " + rawVersion + ", and Calico cannot read this " + o.Kind + ", nor any other while this one is there"
	}
	return "the API server rejects this " + o.Kind + ", so nothing of it applies"
}

// locateNumberOrName finds the port or protocol that Calico's types refuse to decode; their errors
// say nothing of the place.
func locateNumberOrName(o *Object) string {
	data, err := o.JSON()
	var v any
	if err != nil || json.Unmarshal(data, &v) != nil {
		return ""
	}
	at, _ := badNumberOrName(v, "", "")
	return at
}

func badNumberOrName(v any, key, at string) (string, bool) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			if found, ok := badNumberOrName(item, key, at+"/"+strconv.Itoa(i)); ok {
				return found, true
			}
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if found, ok := badNumberOrName(v[k], k, at+"/"+k); ok {
				return found, true
			}
		}
	case string, float64:
		var as json.Unmarshaler
		switch key {
		case "ports", "notPorts":
			as = new(numorstring.Port)
		case "protocol", "notProtocol":
			as = new(numorstring.Protocol)
		default:
			return "", false
		}
		text, err := json.Marshal(v)
		return at, err == nil && as.UnmarshalJSON(text) != nil
	}
	return "", false
}

// typeError is a value of the wrong type, as Go's JSON decoder tells of it.
type typeError struct {
	field  []string // the path, without indices and keys of maps
	is     string   // bool, number, string, array, object
	wanted string   // a Go type
}

const typeErrorText = `^json: cannot unmarshal (\w+)(?: \S+)? into Go (?:struct field \w*\.(\S+)|value) of type (\S+)$`

func parseTypeError(err error) (typeError, bool) {
	m := regexp.MustCompile(typeErrorText).FindStringSubmatch(err.Error())
	if m == nil || m[2] == "" {
		return typeError{}, false
	}
	// The decoder counts a struct that another embeds as part of the path.
	path := strings.TrimPrefix(m[2], "podTemplate.")
	return typeError{field: strings.Split(path, "."), is: m[1], wanted: m[3]}, true
}

// numberOrName says whether the value is a port or protocol whose number does not fit.
func (e typeError) numberOrName() bool {
	return e.is == "number" && (e.wanted == "uint8" || e.wanted == "uint16")
}

// describe says what is wrong with the value at a pointer.
func (e typeError) describe(at string) string {
	if e.numberOrName() {
		largest := map[string]string{"uint8": "255", "uint16": "65535"}[e.wanted]
		return fmt.Sprintf("the number of %s is not from 1 to %s", strings.Join(e.field, "."), largest)
	}
	wanted, ok := map[string]string{
		"string": "a string", "bool": "true or false", "float64": "a number",
		"int": "a whole number", "int32": "a whole number", "uint16": "a port number",
	}[e.wanted]
	switch {
	case ok:
	case strings.HasPrefix(e.wanted, "[]"):
		wanted = "a list"
	case e.is == "object": // and a mapping will not do: a type of its own that is a string, v3.PolicyType
		wanted = "a string"
	default:
		wanted = "a mapping"
	}
	is := map[string]string{"bool": "a boolean", "number": "a number", "string": "a string", "array": "a list", "object": "a mapping"}[e.is]
	what := strings.Join(e.field, ".")
	if key := lastOf(at); key != e.field[len(e.field)-1] && strings.Trim(key, "0123456789") != "" {
		what = "the value of " + yamldoc.Unescape(key) + " in " + what // a map, such as labels
	}
	return fmt.Sprintf("%s is %s, and must be %s", what, is, wanted)
}

// locate finds the value: the first of the type at the path.
func (e typeError) locate(o *Object) string {
	data, err := o.JSON()
	if err != nil {
		return ""
	}
	var v any
	if json.Unmarshal(data, &v) != nil {
		return ""
	}
	if at, ok := e.find(v, e.field, ""); ok {
		return at
	}
	return "/" + strings.Join(e.field, "/")
}

func (e typeError) find(v any, path []string, at string) (string, bool) {
	if len(path) == 0 && e.matches(v) {
		return at, true
	}
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			if found, ok := e.find(item, path, at+"/"+strconv.Itoa(i)); ok {
				return found, true
			}
		}
	case map[string]any:
		if len(path) > 0 {
			return e.find(v[path[0]], path[1:], at+"/"+path[0])
		}
		for _, k := range sortedKeys(v) {
			if e.matches(v[k]) {
				return at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(k), true
			}
		}
	}
	return "", false
}

func (e typeError) matches(v any) bool {
	switch v.(type) {
	case bool:
		return e.is == "bool"
	case float64:
		return e.is == "number"
	case string:
		return e.is == "string"
	case []any:
		return e.is == "array"
	case map[string]any:
		return e.is == "object"
	}
	return false
}
