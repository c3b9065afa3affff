package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// Known are the names that settings may use.
type Known struct {
	Platforms, Checks []string
	// Options are the options that checks have, by the check's ID and the option's name, with what holds where
	// nothing is said.
	Options map[string]map[string]any
	// Rego adds the checks that the rules in folders make, and their options; nil: there are none.
	Rego func(folders []string, to *Known) error
	// Exists says whether there is a file or folder, by its path from the settings' folder; nil:
	// nobody looks.
	Exists func(path string) bool
}

// Parse reads a settings file. It is strict: what it does not know is an error. The error joins all
// that is wrong, each with its place; file is the name in it.
func Parse(file string, data []byte, known Known) (Settings, error) {
	p := &parser{file: yamldoc.Parse(file, data), known: known}
	for _, problem := range p.file.Problems {
		p.errs = append(p.errs, fmt.Errorf("%s: %s", problem.At, problem.Message))
	}
	var out Settings
	for i, d := range p.file.Documents {
		switch {
		case d.Root.ShortTag() == "!!null":
		case i > 0:
			p.complain(d.Root, errors.New("the settings are one document, and this is another"))
		default:
			p.addRules(d.Root)
			p.mapping(d.Root, "the settings", p.settings(&out))
		}
	}
	if err := errors.Join(p.errs...); err != nil {
		return Settings{}, err
	}
	return out, nil
}

// addRules adds the rules that the settings name to what is known, because other settings are about them.
func (p *parser) addRules(root *yaml.Node) {
	if p.known.Rego == nil {
		return
	}
	var folders []string
	for _, n := range yamldoc.Items(root, "/rego") {
		if n.Kind == yaml.ScalarNode && p.exists(n.Value) == nil { // else the settings say so below
			folders = append(folders, n.Value)
		}
	}
	if err := p.known.Rego(folders, &p.known); err != nil {
		p.complain(yamldoc.Find(root, "/rego").Value, err)
	}
}

// parser reads one settings file.
type parser struct {
	file  *yamldoc.File
	known Known
	errs  []error
}

// field is a key of a mapping: what it is for, what its value may be, and how that is read.
type field struct {
	name, doc string
	schema    schema
	read      func(*yaml.Node)
}

// complain records what is wrong at a node.
func (p *parser) complain(n *yaml.Node, err error) {
	p.errs = append(p.errs, fmt.Errorf("%s: %w", p.file.KeySpan(n), err))
}

// each calls f for the keys of a mapping.
func (p *parser) each(n *yaml.Node, what string, f func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.complain(n, fmt.Errorf("%s must be a mapping of names to values", what))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		f(n.Content[i], n.Content[i+1])
	}
}

// mapping reads a mapping that has only these fields.
func (p *parser) mapping(n *yaml.Node, what string, fields []field) {
	p.each(n, what, func(key, value *yaml.Node) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key.Value })
		switch {
		case i < 0:
			var names []string
			for _, f := range fields {
				names = append(names, f.name)
			}
			p.complain(key, unknown("setting", key.Value, names))
		case value.ShortTag() == "!!null":
			// As if it were not there: a key whose values are all commented out.
		default:
			fields[i].read(value)
		}
	})
}

// scalar reads a single value.
func (p *parser) scalar(name string, set func(string) error) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode {
			p.complain(n, fmt.Errorf("%s must be a single value", name))
		} else if err := set(n.Value); err != nil {
			p.complain(n, err)
		}
	}
}

// list reads a list of single values, such as the example.
func (p *parser) list(name, example string, add func(string) error) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			p.complain(n, fmt.Errorf("%s must be a list, such as [%s]", name, example))
			return
		}
		for _, item := range n.Content {
			p.scalar("an item of "+name, add)(item)
		}
	}
}

// near suggests a name that begins alike or contains the other.
func near(got string, names []string) string {
	for _, n := range names {
		if got != "" && (strings.Contains(n, got) || strings.Contains(got, n)) {
			return fmt.Sprintf(", did you mean %q?", n)
		}
	}
	return ""
}
