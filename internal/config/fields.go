package config

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// settings are the keys of the file. The parser, the JSON schema and the docs come from here.
func (p *parser) settings(s *Settings) []field {
	return append(p.cluster(&s.Cluster), []field{
		{
			"failOn", "The mildest severity that makes `tierlint check` exit with 1.",
			schema{"enum": FailOnValues()},
			p.scalar("failOn", func(v string) (err error) { s.FailOn, err = ParseFailOn(v); return }),
		},
		{
			"exclude", "Files and folders that are not looked at, unless a kustomization includes them. * is anything in one name, ** any number of folders.",
			textList(), p.list("exclude", `"**/examples"`, p.glob(&s.Exclude, false)),
		},
		{
			"checks", "What to do with each check; `tierlint checks` lists them.",
			checksSchema(p.known), func(n *yaml.Node) { p.checks(n, s) },
		},
		{
			"environments", "What each cluster gets, by name. Where they are not written, roots that define the same object are alternatives; `tierlint environments` shows them.",
			schema{"type": "object", "additionalProperties": p.environmentSchema()},
			func(n *yaml.Node) { p.environments(n, s) },
		},
		{
			"baseline", "A file of findings that are known and hidden, made by `tierlint check --write-baseline`.",
			text(), p.scalar("baseline", func(v string) error { s.Baseline = v; return notEmpty(v) }),
		},
		{
			"rego", "Folders with rules of your own, written in Rego, and their data.",
			textList(), p.list("rego", "policy", func(v string) error {
				s.Rego = append(s.Rego, v)
				return p.exists(v)
			}),
		},
	}...)
}

// cluster are the keys that describe a cluster: all of them, or one by name.
func (p *parser) cluster(c *Cluster) []field {
	return []field{
		{
			"platform", "The kind of cluster. It says which objects, such as DNS, are there before anybody adds any. Left out: detected from the manifests where that is certain, else kubernetes.",
			schema{"enum": p.known.Platforms},
			p.scalar("platform", func(v string) (err error) { c.Platform, err = ParsePlatform(v, p.known.Platforms); return }),
		},
		{
			"calicoVersion", "The version of Calico that the cluster runs.",
			versionSchema(),
			p.scalar("calicoVersion", func(v string) (err error) { c.Version, err = ParseVersion(v); return }),
		},
		{
			"podCIDRs", "The networks of pods' addresses.",
			textList(), p.list("podCIDRs", "10.244.0.0/16", func(v string) error { return c.addPodCIDR(v) }),
		},
		{
			"context", "Files and folders with objects that are in the cluster, but are not under review, such as an export made by kubectl.",
			textList(), p.list("context", "cluster/export.yaml", func(v string) error {
				c.Context = append(c.Context, v)
				return p.exists(v)
			}),
		},
	}
}

// environment are the keys of one environment.
func (p *parser) environment(e *Environment) []field {
	paths := field{
		"paths", "The folders and files that are in this environment. * is anything in one name, ** any number of folders.",
		textList(), p.list("paths", "clusters/prod", p.glob(&e.Paths, true)),
	}
	values := field{
		"values", "Files of values for the charts in this environment; of two that say something, the later counts.",
		textList(), p.list("values", "chart/values-prod.yaml", func(v string) error {
			e.Values = append(e.Values, v)
			return p.exists(v)
		}),
	}
	return append([]field{paths, values}, p.cluster(&e.Cluster)...)
}

func (p *parser) environments(n *yaml.Node, s *Settings) {
	p.each(n, "environments", func(key, value *yaml.Node) {
		e := Environment{Name: key.Value}
		if e.Name == "" {
			p.complain(key, errors.New("an environment needs a name"))
		}
		p.mapping(value, "an environment", p.environment(&e))
		if len(e.Paths) == 0 && value.Kind == yaml.MappingNode {
			p.complain(key, fmt.Errorf("environment %s has no paths, so nothing is in it", e.Name))
		}
		s.Environments = append(s.Environments, e)
	})
}

func (p *parser) checks(n *yaml.Node, s *Settings) {
	s.Checks = map[string]Level{}
	p.each(n, "checks", func(key, value *yaml.Node) {
		if !slices.Contains(p.known.Checks, key.Value) {
			p.complain(key, fmt.Errorf("unknown check %q%s; `tierlint checks` lists them", key.Value, near(key.Value, p.known.Checks)))
			return
		}
		var l Level
		if value.Kind == yaml.MappingNode {
			p.mapping(value, "a check", p.level(&l, p.known.Options[key.Value]))
		} else {
			p.level(&l, nil)[0].read(value)
		}
		s.Checks[key.Value] = l
	})
}

// level are the keys of one check, which has these options.
func (p *parser) level(l *Level, options map[string]any) []field {
	out := []field{{
		"severity", "off, on (with the check's own severity) or another severity.", levelSchema(),
		p.scalar("a level", func(v string) error {
			severity, ok := diag.ParseSeverity(v)
			// In YAML 1.1 off is false, and on is true.
			off, on := v == "off" || v == "false", v == "on" || v == "true"
			if !ok && !off && !on {
				return unknown("level of a check", v, levels())
			}
			l.Off, l.Severity = off, severity
			return nil
		}),
	}}
	if len(options) == 0 {
		return out
	}
	names := slices.Sorted(maps.Keys(options))
	return append(out, field{
		"options", "What is said to the rule: " + strings.Join(names, ", ") + ".", optionsSchema(names),
		func(n *yaml.Node) { p.options(n, l, options) },
	})
}

func (p *parser) options(n *yaml.Node, l *Level, known map[string]any) {
	l.Options = map[string]any{}
	p.each(n, "options", func(key, value *yaml.Node) {
		usual, ok := known[key.Value]
		if !ok {
			p.complain(key, unknown("option", key.Value, slices.Sorted(maps.Keys(known))))
			return
		}
		v, err := yamldoc.Value(value)
		if err == nil && !alike(v, usual) {
			example, _ := json.Marshal(usual)
			err = fmt.Errorf("option %s must be of the kind of its default, %s", key.Value, example)
		}
		if err != nil {
			p.complain(value, err)
			return
		}
		l.Options[key.Value] = v
	})
}

// alike says whether a value is of the kind of another: a text, a number, a boolean, a mapping, or a list of such.
func alike(v, usual any) bool {
	switch usual := usual.(type) {
	case nil:
		return true
	case string:
		_, ok := v.(string)
		return ok
	case bool:
		_, ok := v.(bool)
		return ok
	case map[string]any:
		_, ok := v.(map[string]any)
		return ok
	case []any:
		list, ok := v.([]any)
		return ok && (len(usual) == 0 || !slices.ContainsFunc(list, func(item any) bool { return !alike(item, usual[0]) }))
	}
	switch v.(type) {
	case int64, uint64, float64:
		return true
	}
	return false
}

// levels are what a person may write of a check.
func levels() []string { return []string{"off", "on", "note", "warning", "error"} }

func (c *Cluster) addPodCIDR(v string) error {
	net, err := netip.ParsePrefix(v)
	if err != nil {
		return fmt.Errorf("%q is not a network such as 10.244.0.0/16", v)
	}
	c.PodCIDRs = append(c.PodCIDRs, net.Masked())
	slices.SortFunc(c.PodCIDRs, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return nil
}

// glob reads a glob. One without anything special must name something that is there, if asked.
func (p *parser) glob(to *[]string, there bool) func(string) error {
	return func(v string) error {
		*to = append(*to, v)
		switch {
		case notEmpty(v) != nil:
			return notEmpty(v)
		case checkGlob(v) != nil:
			return fmt.Errorf("%q is not a glob: a bracket is not closed", v)
		case there && !isGlob(v):
			return p.exists(v)
		}
		return nil
	}
}

func (p *parser) exists(path string) error {
	if path != "" && p.known.Exists != nil && !p.known.Exists(path) {
		return fmt.Errorf("there is no file or folder %s", path)
	}
	return notEmpty(path)
}

func notEmpty(path string) error {
	if path == "" {
		return errors.New("this must be a path, and is empty")
	}
	return nil
}
