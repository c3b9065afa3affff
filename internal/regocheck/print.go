package regocheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
)

// Sections are the parts of the input document that are made only if somebody asks for them.
func Sections() []string { return sections() }

// Document is what rules see of an environment, as indented JSON: the sections with these names, or those of a
// group, "model" or "facts"; all, if there are no names. The error says which name is that of no section.
func Document(e *check.Environment, names []string) ([]byte, error) {
	wanted, err := sectionsNamed(names)
	if err != nil {
		return nil, err
	}
	value, err := newInput(passOf(e)).document(wanted, nil)
	if err != nil {
		return nil, err
	}
	plain, err := ast.JSON(value)
	if err != nil {
		return nil, fmt.Errorf("writing the input document: %w", err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(plain); err != nil {
		return nil, fmt.Errorf("writing the input document: %w", err)
	}
	return b.Bytes(), nil
}

// passOf is a pass over an environment, of no check.
func passOf(e *check.Environment) *check.Pass {
	return &check.Pass{Environment: e.Name, Cluster: e.Cluster, Objects: e.Objects, Eval: e.Analysis}
}

func sectionsNamed(names []string) (wants, error) {
	w := wants{}
	if len(names) == 0 {
		names = sections()
	}
	for _, name := range names {
		found := false
		for _, s := range sections() {
			if s == name || strings.HasPrefix(s, name+".") {
				w[s], found = true, true
			}
		}
		if !found {
			return nil, &UnknownSection{name}
		}
	}
	return w, nil
}

// UnknownSection is the name of no section.
type UnknownSection struct{ Name string }

func (u *UnknownSection) Error() string {
	return fmt.Sprintf("unknown section %q: it is one of %s, or model or facts for all of these", u.Name, strings.Join(slices.Sorted(slices.Values(sections())), ", "))
}
