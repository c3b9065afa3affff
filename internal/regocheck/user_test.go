package regocheck

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/pipeline"
)

// repository writes the files of a txtar and returns where.
func repository(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const shop = `
-- shop.yaml --
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: web}]
`

// found checks shop with the rules in a folder named rules, and tells each finding on a line.
func found(t *testing.T, rules string) []string {
	t.Helper()
	dir := repository(t, shop+rules)
	r, err := LoadFolders(dir, []string{"rules"}, []string{"default-deny"})
	if err != nil {
		t.Fatal(err)
	}
	res, err := pipeline.Run(t.Context(), pipeline.Options{Dir: dir, Paths: []string{"shop.yaml"}, Checks: r.Checks})
	if err != nil {
		t.Fatal(err)
	}
	if res.Failure != nil {
		t.Error(res.Failure)
	}
	all := append(res.Findings, r.Problems...)
	diag.Sort(all)
	var out []string
	for _, d := range all {
		if len(d.At.File) > 0 && d.Check != "default-deny" {
			out = append(out, d.At.String()+": "+d.Severity.String()+": "+d.Message+" ["+d.Check+"]")
		}
	}
	return out
}

func TestOwnRules(t *testing.T) {
	for _, tt := range []struct {
		name, rules string
		want        []string
	}{
		{
			"about the whole document", `
-- rules/r.rego --
package tierlint.rules.own
deny contains {"message": "one replica", "object": w.object, "pointer": "/spec/replicas"} if some w in input.model.workloads
`, []string{"shop.yaml:11:13: error: one replica [own]"},
		},
		{
			"of Conftest, with another package line", `
-- rules/r.rego --
package tierlint.objects.replicas
deny contains msg if {
	input.kind == "Deployment"
	input.spec.replicas < 2
	msg := sprintf("%s has one replica", [input.metadata.name])
}
warn contains {"msg": "a warning", "details": 7} if input.kind == "Namespace"
`, []string{"shop.yaml:3:18: warning: a warning [replicas]", "shop.yaml:8:9: error: web has one replica [replicas]"},
		},
		{
			"of Conftest, with its own package line", `
-- rules/r.rego --
package main
deny[msg] {
	input.kind == "Deployment"
	msg := "never"
}
`, []string{"rules/r.rego:1:1: error: nothing here runs: main has findings, but is the name of no rule [rego-invalid]"},
		},
		{
			"that return what is no finding", `
-- rules/a.rego --
package tierlint.rules.a
deny contains "text" if true
-- rules/b.rego --
package tierlint.rules.b
deny contains {"message": "x", "object": "Namespace shop", "help": ["y"]} if true
-- rules/c.rego --
package tierlint.rules.c
deny contains {"message": "x"} if true
`, []string{
				"rules/a.rego:2:1: error: a finding is a text, not an object [rego-invalid]",
				"rules/b.rego:2:1: error: a finding's help is of type array, not text [rego-invalid]",
				"rules/c.rego:2:1: error: a finding does not say what it is about [rego-invalid]",
			},
		},
		{
			"of Conftest, from before Rego v1", `
-- rules/r.rego --
package tierlint.objects.old
import data.something
deny[msg] {
	input.kind == "Deployment"
	not input.spec.strategy
	msg := "no strategy"
}
`, []string{"shop.yaml:8:9: error: no strategy [old]"},
		},
		{
			"with METADATA, data and a library of their own", `
-- rules/r.rego --
# METADATA
# title: Names
# custom: {id: names, severity: note}
package tierlint.rules.naming
import data.mine.helpers
deny contains {"message": "bad name", "object": w.object} if {
	some w in input.model.workloads
	helpers.bad(w.name)
}
-- rules/helpers.rego --
package mine.helpers
bad(name) if name in data.names.forbidden
bad(name) if name == data.names.optional.other[_]
-- rules/names/data.yaml --
forbidden: [web]
`, []string{"shop.yaml:8:9: note: bad name [names]"},
		},
		{
			"beside tests, other files and other programs' folders", `
-- rules/r.rego --
package tierlint.rules.own
deny contains {"message": "runs", "object": "Namespace shop"}
-- rules/r_test.rego --
package tierlint.rules.own_test
deny contains nope(1)
-- rules/fixture.json --
{"not": data
-- rules/.git/data.json --
[]
`, []string{"shop.yaml:3:18: error: runs [own]"},
		},
		{
			"about a file", `
-- rules/r.rego --
package tierlint.rules.own
deny contains {"message": "this file", "file": o.file} if some o in input.objects
`, []string{"shop.yaml:1:1: error: this file [own]"},
		},
		{
			"with a connection that shows it", `
-- rules/r.rego --
package tierlint.rules.own
deny contains {
	"message": "open", "object": w.object, "severity": "warning",
	"witness": {"from": "203.0.113.7", "to": w.object, "protocol": "TCP", "port": 80},
} if some w in input.model.workloads
`, []string{"shop.yaml:8:9: warning: open [own]"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := found(t, tt.rules); !slices.Equal(got, tt.want) {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestBrokenRules: what is wrong is a finding at its line, and the rule beside it runs.
func TestBrokenRules(t *testing.T) {
	const good = `
-- rules/good.rego --
package tierlint.rules.good
deny contains {"message": "runs", "object": "Namespace shop"}
`
	for _, tt := range []struct{ name, rules, want string }{
		{"not Rego", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains\n", "rules/r.rego:3:1: error: this is not Rego: unexpected eof token: expected rule key term"},
		{"a misspelt field", "-- rules/r.rego --\npackage tierlint.rules.r\n\ndeny contains \"x\" if input.model.teirs\n", "rules/r.rego:3:22: error: the rule does not compile: there is no input.model.teirs, but input.model has calico, "},
		{"no such function", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains \"x\" if nope(1)\n", "rules/r.rego:2:22: error: the rule does not compile: undefined function nope"},
		{"a library that is broken, and who uses it", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains \"x\" if data.mine.f(1)\n-- rules/mine.rego --\npackage mine\nf(x) if nope(x)\n", "rules/mine.rego:2:9: error: the rule does not compile: undefined function nope"},
		{"a package that is no rule", "-- rules/r.rego --\npackage main\ndeny contains \"x\"\n", "rules/r.rego:1:1: error: nothing here runs: main has findings, but is the name of no rule"},
		{"an ID twice", "-- rules/r.rego --\npackage tierlint.rules.default_deny\ndeny contains \"x\"\n", "rules/r.rego:1:1: error: the rule does not run: its ID default-deny is that of a check that comes with tierlint"},
		{"METADATA with a typo", "-- rules/r.rego --\n# METADATA\n# custom: {severty: note}\npackage tierlint.rules.r\ndeny contains \"x\"\n", `rules/r.rego:1:1: error: METADATA: custom: unknown field "severty"`},
		{"no message", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains {\"object\": \"Namespace shop\"}\n", "rules/r.rego:2:1: error: a finding has no message"},
		{"an object that does not exist", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains {\"message\": \"x\", \"object\": \"Namespace nowhere\"}\n", "rules/r.rego:2:1: error: a finding is about \"Namespace nowhere\", which is not the `object` of anything in the input"},
		{"a pointer to nothing", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains {\"message\": \"x\", \"object\": \"Namespace shop\", \"pointer\": \"/spec/nothing\"}\n", "rules/r.rego:2:1: error: a finding points at /spec/nothing of Namespace shop, where nothing is"},
		{"a field that findings do not have", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains {\"message\": \"x\", \"object\": \"Namespace shop\", \"line\": 7}\n", `rules/r.rego:2:1: error: a finding cannot be read: unknown field "line"`},
		{"a pointer that is none", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains {\"message\": \"x\", \"object\": \"Namespace shop\", \"pointer\": \"spec\"}\n", `rules/r.rego:2:1: error: a finding points at "spec", and a JSON pointer begins with /`},
		{"an import of nothing", "-- rules/r.rego --\npackage tierlint.objects.r\nimport data.kubernetes\ndeny contains \"x\" if kubernetes.is_pod\n", "rules/r.rego:2:1: error: nothing is at data.kubernetes, so a rule that asks for it finds nothing"},
		{"a name that a package does not have", "-- rules/r.rego --\npackage tierlint.rules.r\nimport data.mine\ndeny contains \"x\" if mine.baad\n-- rules/mine.rego --\npackage mine\nbad if input.version == 1\n", "error: nothing is at data.mine.baad, so a rule that asks for it finds nothing"},
		{"no set", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny := true\n", "rules/r.rego:2:1: error: the findings are a boolean, not a set"},
		{"a witness that is none", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains {\"message\": \"x\", \"object\": \"Namespace shop\", \"witness\": {\"from\": \"a/b\", \"to\": \"shop/web\"}}\n", "rules/r.rego:2:1: error: a finding's witness is no connection: source: no pod or workload a/b"},
		{"an error while it runs", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains \"x\" if {\n\tto_number(\"x\") == 1\n}\n", "rules/r.rego:3:2: error: the rule stops here: to_number: "},
		{"two values for one name", "-- rules/r.rego --\npackage tierlint.rules.r\ndeny contains \"x\" if y == 1\ny := input.version\ny := 2 if input.version\n", "rules/r.rego:4:1: error: the rule stops here: "},
		{"data that cannot be read", "-- rules/data.json --\n{\"a\": 1,\n\"b\n}\n", "error: the data cannot be read: "},
		{"data that is no mapping", "-- rules/data.json --\n[1]\n", "rules/data.json:1:1: error: the data is no mapping of names to values"},
		{"no package", "-- rules/r.rego --\n# nothing\n", "rules/r.rego:1:1: error: this is not Rego: empty module"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := found(t, good+tt.rules)
			if !slices.Contains(got, "shop.yaml:3:18: error: runs [good]") {
				t.Errorf("the other rule did not run: %q", got)
			}
			if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, tt.want) && strings.HasSuffix(s, "[rego-invalid]") }) {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), tt.want)
			}
		})
	}
}

// TestLimits: a rule that takes too much is stopped, and says so at its line.
func TestLimits(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"time", `some i in numbers.range(1, 1000000000); i < 0`, "it was stopped, because it took more than "},
		{"a loop without end", `every a in numbers.range(1, 3000) { every b in numbers.range(1, 3000) { every c in numbers.range(1, 3000) { a + b + c > 0 } } }`, "it was stopped, because it took more than 300ms"},
		{"memory", `a := concat("", [x | some i in numbers.range(1, 1000); x := "abcdefghijklmnopqrstuvwxyz0123456789"]); b := concat("", [a | some i in numbers.range(1, 1000)]); c := concat("", [b | some i in numbers.range(1, 10)]); d := concat(c, ["", sprintf("%d", [count(c)]), ""]); e := concat("", [d, c, "x"]); count([f | some i in numbers.range(1, 10000); f := concat("", [e, sprintf("%d", [i])])]) > 0`, "it was stopped, because it took more than 256 MiB of memory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && tt.name == "memory" {
				t.Skip("takes half a GiB")
			}
			modules, err := parse(files("package tierlint.rules.r\ndeny contains \"x\" if {"+tt.body+"}"), everyFile)
			if err != nil {
				t.Fatal(err)
			}
			prog, err := compile(modules)
			if err != nil {
				t.Fatal(err)
			}
			l := strictLimits()
			l.memory = 256 << 20
			if tt.name != "memory" {
				l.time = 300 * time.Millisecond
			}
			s := &set{compiled: func() (*program, error) { return prog, nil }, forgiving: true, limits: l}
			checks, problems := checksOf(modules, s, nil)
			if len(checks) != 1 || len(problems) > 0 {
				t.Fatal(checks, problems)
			}
			var got []string
			p := passes(t, "fixtures/examples/clean")[0]
			p.Check, p.Report = checks[0], func(d diag.Diagnostic) { got = append(got, d.At.String()+": "+d.Message) }
			began := time.Now()
			if err := checks[0].Run(p); err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || !strings.Contains(got[0], tt.want) || !strings.HasPrefix(got[0], "rules/some-rule/some-rule.rego:2:1: ") {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			t.Log(time.Since(began))
		})
	}
}

// TestOddObjects has an object that is no JSON, and two workloads of one name: rules are told of the rest.
func TestOddObjects(t *testing.T) {
	dir := repository(t, `
-- odd.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: odd}
data:
  limit: .inf
---
apiVersion: v1
kind: Pod
metadata: {name: twice}
spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Pod
metadata: {name: twice}
spec: {containers: [{name: web, image: web}]}
-- rules/r.rego --
package tierlint.rules.odd
deny contains {"message": sprintf("%d objects", [count(input.objects)]), "object": w.object} if {
	some w in input.model.workloads
	tierlint.verdict(w.object, "192.0.2.1", "TCP", 80).verdict == "allow"
}
`)
	r, err := LoadFolders(dir, []string{"rules"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := pipeline.Run(t.Context(), pipeline.Options{Dir: dir, Paths: []string{"odd.yaml"}, Checks: r.Checks})
	if err != nil {
		t.Fatal(err)
	}
	if res.Failure != nil {
		t.Error(res.Failure)
	}
	var out []string
	for _, d := range res.Findings {
		out = append(out, d.At.String()+" "+d.Check+" "+d.Message)
	}
	t.Log(strings.Join(out, "\n"))
	if !slices.ContainsFunc(out, func(s string) bool { return strings.Contains(s, "rules in Rego do not see this object") }) {
		t.Error("nothing says that rules do not see the ConfigMap")
	}
	if !slices.ContainsFunc(out, func(s string) bool { return strings.Contains(s, " odd ") }) {
		t.Error("the rule found nothing")
	}
}
