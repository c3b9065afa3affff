package chart

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/tierlint/tierlint/internal/source"
)

// maxIncludes is the number of includes in each other, as in Helm.
const maxIncludes = 1000

// cloning is what a text for tpl costs more than a byte of it: the templates of the chart are copied.
const cloning = 8 << 10

// errIncludes says that includes go on and on.
var errIncludes = fmt.Errorf("more than %d includes in each other", maxIncludes)

// engine runs the templates of one chart (pkg/engine/engine.go).
type engine struct {
	*loading
	bounds
	root    *template.Template
	origins map[string]*templateFile // by the name of the template
	sites   []site
	out     *tracer // of what is being rendered
	depth   int     // of includes and tpl
	tpls    int     // texts that tpl has run
	// undefined is the templates that are included and nowhere defined, and the problem that says so.
	undefined map[string]int
}

// templateFile is where a template is from.
type templateFile struct {
	path  string // in the tree; empty: from an archive
	at    source.Span
	text  string
	shift int // bytes in the file in front of the text: a byte order mark
}

func newEngine(ctx context.Context, l *loading) *engine {
	e := &engine{loading: l, bounds: bounds{ctx: ctx}, origins: map[string]*templateFile{}}
	e.root = template.New("").Option("missingkey=zero").Funcs(e.functions())
	e.late(e.root)
	return e
}

// late gives a set of templates the functions that are about the set.
func (e *engine) late(t *template.Template) {
	t.Funcs(template.FuncMap{"include": e.include(t), "tpl": e.tpl(t)})
}

// parse reads all templates, and returns those that are to be run, in Helm's order: what one does to
// the values, with set or merge, the next ones see.
func (e *engine) parse(all []scoped) []scoped {
	var out []scoped
	for _, s := range all {
		e.origins[s.name] = e.originOf(s)
		if tooNested(s.text) {
			e.problem(Refused, e.origins[s.name].at, "this template is not rendered: more than %d blocks are in each other", maxNested)
			continue
		}
		// With their own functions, templates of an archive and of the tree are alike.
		if _, err := e.root.New(s.name).Parse(s.text); err != nil {
			at, message := e.located(s.name, err)
			e.problem(Broken, at, "Helm refuses this template, and with it the whole chart: %s", message)
			continue
		}
		if base := path.Base(s.name); !strings.HasPrefix(base, "_") {
			out = append(out, s)
		}
	}
	defined := e.root.Templates()
	slices.SortFunc(defined, func(a, b *template.Template) int { return strings.Compare(a.Name(), b.Name()) })
	for _, t := range defined {
		e.instrument(t.Tree)
	}
	return out
}

func (e *engine) originOf(s scoped) *templateFile {
	f := &templateFile{path: e.pathOf(s.from.Data), text: s.text, at: e.chartFile()}
	if f.path == "" {
		return f
	}
	f.at = e.span(f.path)
	if loaded, err := e.t.Load(f.path); err == nil {
		f.shift = len(loaded.Content) - len(f.text)
	}
	return f
}

// render runs one template; nil if there is nothing in it.
func (e *engine) render(s scoped) *Text {
	if e.over() {
		return nil
	}
	e.out, e.depth, e.nested = &tracer{e: e}, 0, 0
	s.data["Template"] = map[string]any{"Name": s.name, "BasePath": s.base}
	err := execute(e.root.Lookup(s.name), e.out, s.data)
	switch {
	case errors.Is(err, errTooMuch) || errors.Is(err, errIncludes):
		at, message := e.located(s.name, err)
		e.problem(Refused, at, "this template is not rendered: it loops, or makes %s", bound(message)).Help = "a template that ends; or the chart under exclude in the settings"
		return nil
	case e.ctx.Err() != nil:
		return nil
	case err != nil:
		e.failed(s, err)
		return nil
	}
	if path.Base(s.name) == "NOTES.txt" || strings.TrimSpace(e.out.buf.String()) == "" {
		return nil
	}
	return e.out.text(s.name)
}

// bound is the bound that a template went beyond, without the function that noticed.
func bound(message string) string {
	if i := strings.LastIndex(message, "error calling "); i >= 0 {
		_, message, _ = strings.Cut(message[i:], ": ")
	}
	return strings.TrimSuffix(message, " ("+errTooMuch.Error()+")")
}

// execute runs a template. Templates of a chart may make text/template itself fail in odd ways.
func execute(t *template.Template, out *tracer, data any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the template crashes: %v", r)
		}
	}()
	return t.Execute(out, data)
}

// failed reports a template that stops with an error.
func (e *engine) failed(s scoped, err error) {
	at, message := e.located(s.name, err)
	var wish *wishError
	switch {
	case errors.As(err, &wish):
		e.problem(Needs, at, "this template is not rendered: it says %q", inLine(wish.message)).Help =
			valuesHelp
	default:
		e.refused(at, message, err)
	}
}

// valuesHelp says how a chart gets values that it asks for.
const valuesHelp = "a file of values that has what the chart asks for: values of an environment in .tierlint.yaml, or valuesFile in helmCharts"

// undefined is how text/template says that there is no template of a name.
var undefined = regexp.MustCompile(`template "([^"]+)" not defined|no template "([^"]+)" associated with template`)

// nothing is how text/template says that there is nothing of which to read a field.
var nothing = regexp.MustCompile(`at <([^<>]+)>: nil pointer evaluating interface {}\.(\w+)$`)

// refused reports a template that Helm refuses. What is missing in many templates is said once.
func (e *engine) refused(at source.Span, message string, err error) {
	if m := undefined.FindStringSubmatch(message); m != nil {
		name := m[1] + m[2]
		if e.undefined == nil {
			e.undefined = map[string]int{}
		}
		if i, again := e.undefined[name]; again {
			if p := &e.loading.out.Problems[i]; at.File < p.At.File {
				p.At = at
			}
		} else {
			e.undefined[name] = len(e.loading.out.Problems)
			p := e.problem(Needs, at, "this template, and others that include it, are not rendered: no file defines the template %q", name)
			p.Help = "the file that defines it, in the repository: often templates/_helpers.tpl"
			if slices.ContainsFunc(e.loading.out.Problems, func(p Problem) bool { return p.Kind == Missing }) {
				p.Help = "the chart that defines it, in charts/: helm dependency build puts it there"
			}
		}
		return
	}
	if m := nothing.FindStringSubmatch(inLine(err.Error())); m != nil {
		above, _, _ := strings.Cut(m[1], "."+m[2])
		message = fmt.Sprintf("there is no %s, of which the template reads %s", above, m[2])
	}
	e.problem(Needs, at, "Helm refuses this template with these values: %s", message).Help =
		"correct the template, or " + valuesHelp
}

// include runs a defined template and returns what it writes.
func (e *engine) include(t *template.Template) func(string, any) (string, error) {
	return func(name string, data any) (string, error) {
		if e.depth >= maxIncludes {
			return "", fmt.Errorf("including %q: %w", name, errIncludes)
		}
		return e.capture(func(out *tracer) error { return t.ExecuteTemplate(out, name, data) })
	}
}

// tpl runs a text as a template.
func (e *engine) tpl(t *template.Template) func(string, any) (string, error) {
	return func(text string, data any) (string, error) {
		if e.depth >= maxIncludes {
			return "", errIncludes
		}
		if !strings.Contains(text, "{{") {
			return text, nil
		}
		if tooNested(text) {
			return "", errIncludes
		}
		if err := e.spend(cloning); err != nil {
			return "", err
		}
		own, err := t.Clone()
		if err != nil {
			return "", err
		}
		own.Option("missingkey=zero") // which Clone forgets, see golang.org/issue/43022
		e.late(own)
		e.tpls++
		name := fmt.Sprintf("tpl %d", e.tpls)
		if own, err = own.New(name).Parse(text); err != nil {
			return "", fmt.Errorf("the text for tpl is no template: %w", err)
		}
		for _, d := range own.Templates() {
			if d.Tree != nil && d.Tree.ParseName == name {
				e.instrument(d.Tree)
			}
		}
		return e.capture(func(out *tracer) error { return own.Execute(out, data) })
	}
}

// capture collects what a template in a template writes.
func (e *engine) capture(run func(*tracer) error) (string, error) {
	outer := e.out
	inner := &tracer{e: e, inner: true}
	e.out = inner
	e.depth++
	err := run(inner)
	e.depth--
	e.out = outer
	outer.included(inner)
	return inner.buf.String(), err
}

// place is how errors of text/template say where they are.
var place = regexp.MustCompile(`^template: (.+?):(\d+)(?::(\d+))?: `)

// located is where an error of text/template is, and what it says in the end.
func (e *engine) located(name string, err error) (source.Span, string) {
	text := err.Error()
	message := innermost(err)
	f := e.origins[name]
	m := place.FindStringSubmatch(text)
	if m == nil || e.origins[m[1]] == nil {
		return f.at, message
	}
	return e.origins[m[1]].line(e, m[2], m[3]), message
}

// executing is what text/template writes before the cause of an error.
var executing = regexp.MustCompile(`^(?s:.*)(?:executing .*? at <.*?>: |template: [^ ]+?:\d+(?::\d+)?: )`)

// innermost is the cause of an error of text/template, in one line.
func innermost(err error) string {
	text := executing.ReplaceAllString(inLine(err.Error()), "")
	const most = 300
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// instrument makes the templates of a tree say where they are, and count what they do.
func (e *engine) instrument(t *parse.Tree) {
	if t == nil || t.Root == nil {
		return
	}
	f := e.origins[t.ParseName]
	e.list(t.Root, f)
	t.Root.Nodes = append([]parse.Node{call("tierlintEnter")}, append(t.Root.Nodes, call("tierlintLeave"))...)
}
