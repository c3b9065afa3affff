package regocheck

import (
	"net/url"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
)

// custom is the part of METADATA that is this tool's own.
type custom struct {
	ID       string // default: the package's last name, with dashes
	Severity string // note, warning or error
	Since    string // the version of the tool that first had the rule
	Off      bool   // runs only if the settings say so
	Merge    string // "all": must hold in every environment that has the line; default: in any
	Exposes  bool   // what it finds lets through what should be kept out
	// Options are what settings may say to the rule, with what holds where they do not.
	Options map[string]any
}

// describe makes a check, without Run, of a package's METADATA. Where that may be missing, defaults says
// what it then is; nil: it may not.
func (p *pkg) describe(defaults *custom) (*check.Check, error) {
	meta := p.metadata()
	if meta == nil && defaults == nil {
		return nil, &problem{at: p.at(), message: "the package has no METADATA"}
	}
	at := p.at()
	own := custom{}
	if defaults != nil {
		own = *defaults
	}
	if meta == nil {
		meta = &ast.Annotations{}
	} else {
		at = meta.Location
	}
	fail := func(message string) (*check.Check, error) {
		return nil, &problem{at: at, message: "METADATA: " + message}
	}
	if err := strictly(meta.Custom, &own); err != nil {
		return fail("custom: " + strings.TrimPrefix(err.Error(), "json: "))
	}
	severity, ok := diag.ParseSeverity(own.Severity)
	switch {
	case !ok:
		return fail(`custom.severity is "` + own.Severity + `", not note, warning or error`)
	case own.Merge != "" && own.Merge != "all":
		return fail(`custom.merge is "` + own.Merge + `", not all`)
	case defaults == nil && (meta.Title == "" || meta.Description == ""):
		return fail("a rule needs a title and a description")
	}
	last := p.modules[0].Package.Path[len(p.modules[0].Package.Path)-1].Value.String()
	c := &check.Check{
		ID: own.ID, Title: meta.Title, Doc: page(meta), Since: own.Since, Severity: severity, Off: own.Off,
		Exposes: own.Exposes, Options: own.Options, Long: true,
	}
	if c.ID == "" {
		c.ID = strings.ReplaceAll(strings.Trim(last, `"`), "_", "-")
	}
	if c.Title == "" {
		c.Title = "Rule " + c.ID
	}
	if own.Merge == "all" {
		c.Merge = check.All
	}
	return c, nil
}

// metadata is what is said of the package; nil: nothing is.
func (p *pkg) metadata() *ast.Annotations {
	for _, m := range p.modules {
		i := slices.IndexFunc(m.Annotations, func(a *ast.Annotations) bool {
			return a.Scope == packageScope && a.Location != m.Package.Location
		})
		if i >= 0 {
			return m.Annotations[i]
		}
	}
	return nil
}

// page is the rule's page of documentation.
func page(meta *ast.Annotations) string {
	var b strings.Builder
	if text := strings.TrimSpace(meta.Description); text != "" {
		b.WriteString(text + "\n")
	}
	if len(meta.RelatedResources) == 0 {
		return b.String()
	}
	b.WriteString("\n## References\n\n")
	for _, r := range meta.RelatedResources {
		b.WriteString("- " + link(r.Ref, r.Description) + "\n")
	}
	return b.String()
}

func link(ref url.URL, text string) string {
	if text == "" {
		return "<" + ref.String() + ">"
	}
	return "[" + text + "](" + ref.String() + ")"
}
