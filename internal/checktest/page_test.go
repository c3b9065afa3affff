package checktest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
)

// noSecrets finds Services that are called secret.
func noSecrets(doc string) *check.Check {
	return &check.Check{
		ID: "no-secrets", Title: "A Service is called secret", Doc: doc, Since: "0.1", Severity: diag.Warning,
		Run: func(p *check.Pass) error {
			for _, s := range p.Cluster.Services {
				if s.Name == "secret" {
					p.Report(diag.Diagnostic{At: s.Origin("/metadata/name"), Message: "on " + p.Cluster.Platform})
				}
			}
			return nil
		},
	}
}

func example(file, name string) string {
	return "```yaml " + file + "\napiVersion: v1\nkind: Service\nmetadata:\n  name: " + name +
		"\nspec:\n  selector: {app: a}\n  ports:\n  - port: 80\n```\n"
}

func TestPage(t *testing.T) {
	page := Page(t, noSecrets("Why.\n\n"+example("bad.yaml", "secret")+"<!-- output platform: openshift -->\n\nBetter:\n\n"+
		example("good.yaml", "public")+"\n```sh\ntierlint check\n```\n"))
	for _, want := range []string{
		"# no-secrets: A Service is called secret\n\nSeverity warning, since 0.1.\n\nWhy.\n",
		"`bad.yaml`:\n\n```yaml\napiVersion: v1\n",
		"```text\nbad.yaml:4:9: warning: on openshift [no-secrets]\n",
		"`good.yaml`:\n\n```yaml\napiVersion: v1\n",
		"\n```sh\ntierlint check\n```\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
}

// recorder notes the errors of a test instead of failing it.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestPagesThatDoNotShowTheCheck(t *testing.T) {
	bad, good, output := example("bad.yaml", "secret"), example("good.yaml", "public"), "<!-- output -->\n"
	for _, tt := range []struct{ name, doc, want string }{
		{"no output", bad + good, "no <!-- output --> of a bad example"},
		{"nothing bad", good + output + good, "it finds nothing in this example"},
		{"nothing good", bad + output, "no good form after the last output"},
		{"good is bad", bad + output + example("good.yaml", "secret"), "the good form is not clean"},
		{"bad stays", example("service.yaml", "secret") + output + good, "the good form is not clean"},
		{"no end", bad + output + "```yaml good.yaml\n", "good.yaml has no end"},
		{"unknown platform", bad + "<!-- output platform: moon -->\n" + good, "moon"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{TB: t}
			Page(r, noSecrets(tt.doc))
			if len(r.errors) == 0 || !strings.Contains(r.errors[0], tt.want) {
				t.Errorf("errors %q, want %q", r.errors, tt.want)
			}
		})
	}
}
