package chart_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tierlint/tierlint/internal/chart"
	"github.com/tierlint/tierlint/internal/discover"
)

// files makes a tree of a chart named c, whose Chart.yaml is there already, from name and text in turn.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{"c/Chart.yaml": {Data: []byte("apiVersion: v2\nname: c\nversion: 1.0.0\n")}}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func render(t *testing.T, fsys fstest.MapFS, opts chart.Options) (text string, problems []string) {
	t.Helper()
	r := chart.Render(t.Context(), discover.NewTree(fsys, "."), "c", opts)
	for _, x := range r.Texts {
		text += strings.TrimSpace(string(x.File.Content)) + "\n"
	}
	for _, p := range r.Problems {
		problems = append(problems, fmt.Sprintf("%s: %s", p.At, p.Message))
	}
	return text, problems
}

// Values, dependencies and functions mean what they do in Helm. The name of a release that nobody names,
// and kinds among the API versions, are where this differs from `helm template`.
func TestMeaning(t *testing.T) {
	const sub = "apiVersion: v2\nname: db\nversion: 1.2.3\n"
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		opts  chart.Options
		want  string
	}{
		{"values, and those on top of them",
			files("c/values.yaml", "a: {x: 1, v: 2, z: 3}\nb: [1, 2]\n", "c/templates/a.yaml", "{{ toJson .Values }}"),
			chart.Options{Values: []map[string]any{
				{"a": map[string]any{"x": 5.0, "z": nil}}, {"b": []any{3.0}, "a": map[string]any{"x": 6.0}},
			}}, `{"a":{"v":2,"x":6},"b":[3]}`},
		{"numbers are floats", files("c/values.yaml", "small: 8080\nlarge: 1234567\n", "c/templates/a.yaml", "{{ .Values.small }} {{ .Values.large }} {{ int .Values.large }}"),
			chart.Options{}, "8080 1.234567e+06 1234567"},
		{"what is missing is nothing", files("c/templates/a.yaml", "a{{ .Values.x }}b{{ .Values.x | quote }}"), chart.Options{}, `ab`},
		{"the release", files("c/templates/a.yaml", "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Service }} {{ .Chart.Version }} {{ .Template.Name }}"),
			chart.Options{Release: "shop", Namespace: "prod"}, "shop prod Helm 1.0.0 c/templates/a.yaml"},
		{"the release, if nobody names it", files("c/templates/a.yaml", "{{ .Release.Name }} {{ .Release.Namespace }}"), chart.Options{}, "c default"},
		{"the cluster", files("c/templates/a.yaml", `{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has "projectcalico.org/v3" }} {{ .Capabilities.APIVersions.Has "policy/v1beta1/PodSecurityPolicy" }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}`),
			chart.Options{}, "v1.33.0 33 true false true"},
		{"include, tpl and define", files("c/values.yaml", "t: '{{ .Release.Name }}-{{ include \"n\" . }}'\n", "c/templates/_h.tpl", `{{ define "n" }}n{{ end }}`, "c/templates/a.yaml", `{{ tpl .Values.t . }}`),
			chart.Options{Release: "r"}, "r-n"},
		{"no cluster and no network", files("c/templates/a.yaml", `{{ lookup "v1" "Secret" "a" "b" }} {{ getHostByName "example.com" | quote }}`), chart.Options{}, `map[] ""`},
		{"files", files("c/conf/a.txt", "one\ntwo\n", "c/templates/a.yaml", `{{ .Files.Get "conf/a.txt" | trim | quote }} {{ range $n, $_ := .Files.Glob "conf/*" }}{{ $n }}{{ end }} {{ .Files.Lines "conf/a.txt" }}`),
			chart.Options{}, `"one\ntwo" conf/a.txt [one two]`},
		{"a dependency sees its own values and the globals",
			files("c/values.yaml", "global: {g: 1}\ndb: {own: parent}\n", "c/charts/db/Chart.yaml", sub, "c/charts/db/values.yaml", "own: child\nmore: child\n",
				"c/charts/db/templates/a.yaml", "{{ .Values.own }} {{ .Values.more }} {{ .Values.global.g }} {{ .Chart.Name }}"),
			chart.Options{}, "parent child 1 db"},
		{"a condition turns a dependency off",
			files("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.x.x, condition: db.enabled}\n", "c/values.yaml", "db: {enabled: false}\n",
				"c/charts/db/Chart.yaml", sub, "c/charts/db/templates/a.yaml", "db", "c/templates/a.yaml", "c"), chart.Options{}, "c"},
		{"a tag, too, unless a condition turns it on",
			files("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: db, version: '*', tags: [t], condition: db.enabled}\n- {name: db, version: '*', alias: other, tags: [t]}\n", "c/values.yaml", "tags: {t: false}\ndb: {enabled: true}\n",
				"c/charts/db/Chart.yaml", sub, "c/charts/db/templates/a.yaml", "{{ .Chart.Name }}"), chart.Options{}, "db"},
		{"one chart under two names",
			files("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: db, version: '*', alias: one}\n- {name: db, version: '*', alias: two}\n", "c/values.yaml", "one: {v: 1}\ntwo: {v: 2}\n",
				"c/charts/db/Chart.yaml", sub, "c/charts/db/templates/a.yaml", "{{ .Chart.Name }}={{ .Values.v }}"), chart.Options{}, "one=1\ntwo=2"},
		{"exported values",
			files("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- name: db\n  version: '*'\n  import-values: [data, {child: deep.er, parent: there}]\n", "c/values.yaml", "mine: 1\n", "c/templates/a.yaml", "{{ .Values.mine }} {{ .Values.port }} {{ .Values.there.x }}",
				"c/charts/db/Chart.yaml", sub, "c/charts/db/values.yaml", "exports: {data: {port: 5432, mine: 2}}\ndeep: {er: {x: 7}}\n"), chart.Options{}, "1 5432 7"},
		{"a dependency elsewhere in the repository",
			files("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: db, version: '*', repository: 'file://../db'}\n", "db/Chart.yaml", sub, "db/templates/a.yaml", "db"), chart.Options{}, "db"},
		{"the methods of values", files("c/values.yaml", "a: {b: {c: 1}}\n", "c/templates/a.yaml", `{{ dig "a" "b" "c" "none" .Values.AsMap }} {{ .Values.PathValue "a.b.c" }} {{ (.Values.Table "a").b | toJson }} {{ .Values.YAML | nospace }}`),
			chart.Options{}, `1 1 {"c":1} a:b:c:1`},
		{"what one template does to the values, those after it see",
			files("c/values.yaml", "a: {x: 1}\n", "c/templates/b.yaml", `b{{ $_ := set .Values.a "x" 2 }}`, "c/templates/a.yaml", "{{ .Values.a.x }}"), chart.Options{}, "2\nb"},
		{"a null takes out what a dependency has, where values are imported, too",
			files("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: db, version: '*', import-values: [data]}\n", "c/values.yaml", "db: {gone: null}\n",
				"c/charts/db/Chart.yaml", sub, "c/charts/db/values.yaml", "gone: 1\nown: null\nexports: {data: {x: 1}}\n", "c/charts/db/templates/a.yaml", `{{ omit .Values "global" "exports" | toJson }}`), chart.Options{}, "{}"},
		{"files that are ignored", files("c/.helmignore", "templates/b.yaml\n", "c/templates/a.yaml", "a", "c/templates/b.yaml", "b"), chart.Options{}, "a"},
		{"notes are not applied", files("c/templates/NOTES.txt", "hello", "c/templates/a.yaml", "a"), chart.Options{}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problems := render(t, c.files, c.opts)
			if strings.TrimSpace(got) != c.want || len(problems) > 0 {
				t.Errorf("got %q %q, want %q", got, problems, c.want)
			}
		})
	}
}

// What is wrong is said where it is, and the other templates are rendered.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name, template, want string
	}{
		{"no template", "a: b\n{{ if }}\n", "c/templates/a.yaml:2:1: Helm refuses this template, and with it the whole chart: missing value for if"},
		{"no such function", "{{ nope 1 }}", `c/templates/a.yaml:1:1: Helm refuses this template, and with it the whole chart: function "nope" not defined`},
		{"nothing to read a field of", "x:\n  y: {{ .Values.a.b.c }}\n", "c/templates/a.yaml:2:16: Helm refuses this template with these values: there is no .Values.a.b, of which the template reads c"},
		{"the chart wants a value", "x: {{ required \"give the name\" .Values.name }}", `c/templates/a.yaml:1:7: this template is not rendered: it says "give the name"`},
		{"the chart does not want a value", "{{ fail \"no such\nmode\" }}", `c/templates/a.yaml:1:1: Helm refuses this template, and with it the whole chart: unterminated quoted string`},
		{"a template that is nowhere", "x: {{ include \"lib.name\" . }}", `c/templates/a.yaml:1:7: this template, and others that include it, are not rendered: no file defines the template "lib.name"`},
		{"a crash of a function", "{{ index .Values.list 3 }}", "c/templates/a.yaml:1:4: Helm refuses this template with these values: error calling index: index of untyped nil"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problems := render(t, files("c/templates/a.yaml", c.template, "c/templates/b.yaml", "rest", "c/values.yaml", "a: {}\n"), chart.Options{})
			if len(problems) != 1 || problems[0] != c.want || got != "rest\n" {
				t.Errorf("got  %q %q\nwant %q", problems, got, c.want)
			}
		})
	}
}

// A chart that Helm does not load at all, or a part of which is elsewhere.
func TestProblemsOfTheChart(t *testing.T) {
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"no version", files("c/Chart.yaml", "apiVersion: v2\nname: c\n"), "c/Chart.yaml:1:1: Helm refuses this chart: validation: chart.metadata.version is required"},
		{"a Chart.yaml that cannot be used", fstest.MapFS{"c/Chart.yaml": {Data: []byte("../../outside.yaml"), Mode: fs.ModeSymlink}, "c/templates/a.yaml": {Data: []byte("a: b\n")}},
			"c/Chart.yaml:1:1: this symbolic link leads out of the repository and is not followed"},
		{"values that are not YAML", files("c/values.yaml", "a: [\n"), "c/values.yaml:1:1: this is not YAML: did not find expected node content; the document is not checked"},
		{"a chart to fetch", files("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- name: redis\n  version: 1.2.3\n  repository: https://charts.example.com\n"),
			"c/Chart.yaml:5:9: the chart redis 1.2.3 (https://charts.example.com) is not in charts/ and not fetched, so what it adds is not checked"},
		{"values of a dependency that are no table", files("c/values.yaml", "db: 3\n", "c/charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
			"c/Chart.yaml:1:1: Helm refuses the values of this chart: those of its dependency db are no mapping"},
		{"no values for a dependency", files("c/values.yaml", "db: null\n", "c/charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
			"c/Chart.yaml:1:1: Helm refuses the values of this chart: those of its dependency db are no mapping"},
		{"a schema whose parts name each other over and over", files("c/values.schema.json", doubling(40)),
			"c/values.schema.json:1:1: the values are not compared with this schema: it takes more than 1000000 comparisons"},
		{"values that the schema does not allow", files("c/values.yaml", "port: http\n", "c/values.schema.json", `{"properties": {"port": {"type": "integer"}}}`),
			"c/values.yaml:1:7: Helm refuses the chart, for its values are not what values.schema.json allows: - at '/port': got string, want integer"},
		{"a schema elsewhere", files("c/values.schema.json", `{"$ref": "https://example.com/schema.json"}`),
			"c/values.schema.json:1:1: this schema of values names another one, which is not fetched, so the values are not compared with it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, problems := render(t, c.files, chart.Options{}); len(problems) != 1 || problems[0] != c.want {
				t.Errorf("got  %q\nwant %q", problems, c.want)
			}
		})
	}
}

// doubling is a schema each of whose parts compares the values with the one before twice.
func doubling(parts int) string {
	defs := `"a0": {"type": "object"}`
	for i := range parts {
		defs += fmt.Sprintf(`, "a%d": {"allOf": [{"$ref": "#/$defs/a%[2]d"}, {"$ref": "#/$defs/a%[2]d"}]}`, i+1, i)
	}
	return fmt.Sprintf(`{"$defs": {%s}, "$ref": "#/$defs/a%d"}`, defs, parts)
}

// What loops, or grows without end, is stopped in no time and with little memory.
func TestBombs(t *testing.T) {
	for name, template := range map[string]string{
		"an empty loop":       `{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}`,
		"a loop over numbers": `{{ range 9000000000 }}{{ end }}`,
		"a list":              `{{ until 1000000000 }}`,
		"a list backwards":    `{{ untilStep 0 -1000000000 -1 }}`,
		"a sequence":          `{{ seq 1 1000000000 }}`,
		"a text":              `{{ repeat 1000000000 "x" }}`,
		"an indented text":    `{{ indent 1000000000 "x" }}`,
		"doubling a text":     `{{ $s := "x" }}{{ range until 50 }}{{ $s = print $s $s }}{{ end }}{{ $s }}`,
		"doubling a list":     `{{ $l := list "x" }}{{ range until 50 }}{{ $l = concat $l $l }}{{ end }}`,
		"doubling a tree":     `{{ $l := list "x" }}{{ range until 50 }}{{ $l = list $l $l }}{{ end }}{{ toYaml $l }}`,
		"printing a tree":     `{{ $l := list "x" }}{{ range until 50 }}{{ $l = list $l $l }}{{ end }}{{ $l }}`,
		"escaping a tree":     `{{ $l := list "x" }}{{ range until 50 }}{{ $l = list $l $l }}{{ end }}{{ html $l }}`,
		"comparing trees":     `{{ $l := list "x" }}{{ range until 50 }}{{ $l = list $l $l }}{{ end }}{{ sortAlpha (list $l $l) }}`,
		"a dictionary":        `{{ $l := dict "a" "x" }}{{ range until 50 }}{{ $l = dict "a" $l "b" $l }}{{ end }}{{ $l }}{{ toJson $l }}`,
		"replacing":           `{{ $s := repeat 1000000 "x" }}{{ replace "x" $s $s }}`,
		"joining":             `{{ join (repeat 1000000 "x") (until 100000) }}`,
		"wrapping a text":     `{{ $s := repeat 1000000 "x" }}{{ wrapWith 1 $s $s }}`,
		"widths":              `{{ printf (repeat 100000 "%999999d") 1 }}`,
		"values in values":    `{{ $l := list 1 }}{{ range until 200000 }}{{ $l = list $l }}{{ end }}{{ toYamlPretty $l }}`,
		"a value in itself":   `{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toYaml $d }}`,
		"blocks in blocks":    strings.Repeat("{{if 1}}", 100000) + strings.Repeat("{{end}}", 100000),
		"brackets":            `{{ fromToml (print "a = " (repeat 1000000 "[")) }}`,
		"a search":            `{{ regexFindAll "(a?){500}(a){500}" (repeat 1000000 "a") -1 }}`,
		"many texts":          `{{ $s := repeat 4000000 "x" }}{{ range until 100000 }}{{ $t := upper $s }}{{ end }}`,
		"sorting":             `{{ $s := until 200000 }}{{ range until 100000 }}{{ $t := sortAlpha $s }}{{ end }}`,
		"many templates":      `{{ range until 100000 }}{{ tpl "{{ 1 }}" $ }}{{ end }}`,
		"writing":             `{{ range until 100000 }}{{ repeat 100000 "x" }}{{ end }}`,
		"itself":              `{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`,
		"itself, as template": `{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`,
		"each other":          `{{ define "a" }}{{ template "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ template "b" . }}`,
		"a text of itself":    `{{ tpl .Values.t . }}`,
		"exponential":         `{{ define "a" }}{{ if . }}{{ include "a" (rest .) }}{{ include "a" (rest .) }}{{ end }}{{ end }}{{ include "a" (until 60) }}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			r := chart.Render(ctx, discover.NewTree(files("c/templates/a.yaml", template, "c/values.yaml", "t: '{{ tpl .Values.t . }}'\n"), "."), "c", chart.Options{})
			if len(r.Problems) != 1 || r.Problems[0].Kind != chart.Refused || len(r.Texts) > 0 || ctx.Err() != nil {
				t.Errorf("got %+v, %d texts, %v", r.Problems, len(r.Texts), ctx.Err())
			}
		})
	}
}

// What is random, or the time, in Helm is the same each time here.
func TestSameBytes(t *testing.T) {
	fsys := files("c/templates/a.yaml", `{{ randAlphaNum 9 }} {{ uuidv4 }} {{ now }} {{ date "2006" nil }} {{ genPrivateKey "rsa" }}
{{ $ca := genCA "x" 365 }}{{ $c := genSignedCert "x" nil nil 365 $ca }}{{ $c.Cert }} {{ htpasswd "a" "b" }} {{ shuffle "abc" }}
{{ keys (dict "b" 1 "a" 2 "c" 3) }} {{ values (dict "b" 1 "a" 2 "c" 3) }} {{ randInt 1 100 }} {{ ago now }} {{ .Files.AsConfig }}`, "c/x", "1", "c/y", "2")
	first, problems := render(t, fsys, chart.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for range 5 {
		if again, _ := render(t, fsys, chart.Options{}); again != first {
			t.Fatalf("got %q, and before %q", again, first)
		}
	}
}

// Nothing outside of the repository is read.
func TestLeaves(t *testing.T) {
	fsys := files("c/templates/a.yaml", "a")
	fsys["c/templates/out.yaml"] = &fstest.MapFile{Data: []byte("../../../etc/passwd"), Mode: 0o777 | 1<<27}
	_, problems := render(t, fsys, chart.Options{})
	if len(problems) != 1 || !strings.Contains(problems[0], "leads out of the repository") {
		t.Errorf("got %q", problems)
	}
}
