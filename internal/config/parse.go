package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/source"
)

// Known are the names that settings may use.
type Known struct {
	Platforms, Checks []string
}

// Parse reads a settings file. It is strict: what it does not know is an error. The error joins all
// that is wrong, each with its place; file is the name in it.
func Parse(file string, data []byte, known Known) (Settings, error) {
	var doc yaml.Node
	p := &parser{file: file, known: known}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return Settings{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) == 1 && doc.Content[0].ShortTag() != "!!null" {
		p.settings(doc.Content[0])
	}
	if err := errors.Join(p.errs...); err != nil {
		return Settings{}, err
	}
	return p.out, nil
}

type parser struct {
	file  string
	known Known
	out   Settings
	errs  []error
}

// complain records what is wrong at a node.
func (p *parser) complain(n *yaml.Node, err error) {
	at := source.Span{File: p.file, Start: source.Pos{Line: n.Line, Col: n.Column}}
	p.errs = append(p.errs, fmt.Errorf("%s: %w", at, err))
}

// each calls f for the keys of a mapping, each once.
func (p *parser) each(n *yaml.Node, what string, f func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.complain(n, fmt.Errorf("%s must be a mapping of names to values", what))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			p.complain(key, fmt.Errorf("%q is there twice", key.Value))
			continue
		}
		seen[key.Value] = true
		f(key, n.Content[i+1])
	}
}

func (p *parser) settings(n *yaml.Node) {
	set := map[string]func(*yaml.Node) error{
		"platform": func(v *yaml.Node) (err error) {
			p.out.Platform, err = ParsePlatform(v.Value, p.known.Platforms)
			return
		},
		"calicoVersion": func(v *yaml.Node) (err error) { p.out.Version, err = ParseVersion(v.Value); return },
		"failOn":        func(v *yaml.Node) (err error) { p.out.FailOn, err = ParseFailOn(v.Value); return },
	}
	p.each(n, "the settings", func(key, value *yaml.Node) {
		switch scalar := set[key.Value]; {
		case scalar != nil && value.Kind != yaml.ScalarNode:
			p.complain(value, fmt.Errorf("%s must be a single value", key.Value))
		case scalar != nil:
			if err := scalar(value); err != nil {
				p.complain(value, err)
			}
		case key.Value == "podCIDRs":
			p.podCIDRs(value)
		case key.Value == "checks":
			p.checks(value)
		default:
			p.complain(key, unknown("setting", key.Value, []string{"platform", "calicoVersion", "podCIDRs", "failOn", "checks"}))
		}
	})
}

func (p *parser) podCIDRs(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		p.complain(n, errors.New("podCIDRs must be a list of networks, such as [10.244.0.0/16]"))
		return
	}
	for _, v := range n.Content {
		net, err := netip.ParsePrefix(v.Value)
		if err != nil {
			p.complain(v, fmt.Errorf("%q is not a network such as 10.244.0.0/16", v.Value))
			continue
		}
		p.out.PodCIDRs = append(p.out.PodCIDRs, net.Masked())
	}
	slices.SortFunc(p.out.PodCIDRs, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
}

func (p *parser) checks(n *yaml.Node) {
	p.out.Checks = map[string]Level{}
	p.each(n, "checks", func(key, value *yaml.Node) {
		if !slices.Contains(p.known.Checks, key.Value) {
			p.complain(key, fmt.Errorf("unknown check %q%s; `tierlint checks` lists them", key.Value, near(key.Value, p.known.Checks)))
			return
		}
		severity, ok := diag.ParseSeverity(value.Value)
		// YAML 1.1 has false for off.
		off := value.Value == "off" || value.Value == "false"
		on := value.Value == "on" || value.Value == "true"
		if !ok && !off && !on || value.Kind != yaml.ScalarNode {
			p.complain(value, unknown("level of a check", value.Value, []string{"off", "on", "note", "warning", "error"}))
			return
		}
		p.out.Checks[key.Value] = Level{Off: off, Severity: severity}
	})
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
