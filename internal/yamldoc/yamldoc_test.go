package yamldoc_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

const policy = `# the front door
apiVersion: v1
kind: "Some Kind"
metadata:
  name: web   # a name
  labels: {app: shop, "tier": 'a''b'}
spec:
  - first: |
      literal # no comment
      more

    second: >-
      folded
  - plain over
    two lines
  - &a [1, 2,
     3] # end
  - *a
`

// Every pointer leads to the text that is written there.
func TestSpans(t *testing.T) {
	f := yamldoc.Parse("a.yaml", []byte(policy))
	if len(f.Problems) > 0 {
		t.Fatal(f.Problems)
	}
	for pointer, want := range map[string]string{
		"/kind":                 `3:7 "Some Kind"`,
		"/metadata":             `5:3 name: web   # a name\n  labels: {app: shop, "tier": 'a''b'}`,
		"/metadata/name":        `5:9 web`,
		"/metadata/labels":      `6:11 {app: shop, "tier": 'a''b'}`,
		"/metadata/labels/app":  `6:17 shop`,
		"/metadata/labels/tier": `6:31 'a''b'`,
		"/spec/0/first":         `8:12 |\n      literal # no comment\n      more`,
		"/spec/0/second":        `12:13 >-\n      folded`,
		"/spec/1":               `14:5 plain over\n    two lines`,
		"/spec/2":               `16:5 &a [1, 2,\n     3]`,
		"/spec/2/2":             `17:6 3`,
		"/spec/3":               `18:5 *a`,
		"/spec/3/1":             `16:12 2`,
	} {
		found := yamldoc.Find(f.Documents[0].Root, pointer)
		if found.Rest != "" {
			t.Errorf("%s: %s does not exist", pointer, found.Rest)
			continue
		}
		s := f.Span(found.Value)
		text := strings.ReplaceAll(string(f.Content[s.Start.Offset:s.End.Offset]), "\n", `\n`)
		if got := fmt.Sprintf("%d:%d %s", s.Start.Line, s.Start.Col, text); got != want {
			t.Errorf("%s\n got %s\nwant %s", pointer, got, want)
		}
	}
}

// What a person is pointed to is never more than one line, and no comment.
func TestKeySpan(t *testing.T) {
	f := yamldoc.Parse("a.yaml", []byte(policy))
	for pointer, want := range map[string]string{
		"/metadata":     "name: web",
		"/spec":         "- first: |",
		"/spec/0/first": "|",
		"/spec/1":       "plain over",
		"/spec/2":       "&a [1, 2,",
	} {
		s := f.KeySpan(yamldoc.Find(f.Documents[0].Root, pointer).Value)
		if got := string(f.Content[s.Start.Offset:s.End.Offset]); got != want {
			t.Errorf("%s: got %q, want %q", pointer, got, want)
		}
	}
}

func TestFindNearestParent(t *testing.T) {
	f := yamldoc.Parse("a.yaml", []byte("a:\n  b: {c: 1}\n  m/n: x\n"))
	for pointer, want := range map[string]string{"/a/b/c": "", "/a/b/d/e": "/d/e", "/x": "/x", "/a/b/c/0": "/0", "/a/m~1n": ""} {
		if got := yamldoc.Find(f.Documents[0].Root, pointer).Rest; got != want {
			t.Errorf("%s: rest %q, want %q", pointer, got, want)
		}
	}
}

// Columns count characters, offsets count bytes; neither CRLF nor a byte order mark moves them.
func TestPositionsOfOddFiles(t *testing.T) {
	for name, content := range map[string]string{
		"lf":   "a: 1\nb: {é: x, k: here}\n",
		"crlf": "a: 1\r\nb: {é: x, k: here}\r\n",
		"bom":  "\uFEFFa: 1\nb: {é: x, k: here}\n",
		"docs": "---\nb: {é: x, k: here}\n",
	} {
		f := yamldoc.Parse(name, []byte(content))
		if len(f.Problems) > 0 || len(f.Documents) != 1 {
			t.Errorf("%s: %v, %d documents", name, f.Problems, len(f.Documents))
			continue
		}
		s := f.Span(yamldoc.Find(f.Documents[0].Root, "/b/k").Value)
		if s.Start.Line != 2 || s.Start.Col != 14 || string(f.Content[s.Start.Offset:s.End.Offset]) != "here" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// What is wrong is said where it is, and what is right beside it is read.
func TestProblems(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c]\n", c, c, c-1)
	}
	for _, c := range []struct {
		name, content, want string
		documents           int
	}{
		{"empty", "", "", 0},
		{"only comments", "# a\n---\n# b\n", "", 0},
		{"wrong indentation", "a: 1\nb:\n  c: 1\n d: 2\n---\nok: 1\n", "4:2 this is not YAML", 1},
		{"tab", "a:\n\tb: 1\n", "2:1 this is not YAML: the line is indented with a tab", 0},
		{"unclosed", "a: [1, 2\nb: 3\n", "1:1 this is not YAML", 0},
		{"template", "a: {{ .Values.x }}\n---\nb: 1\n", "1:4 this is a template", 1},
		{"Jinja", "{% if x %}\na: 1\n{% endif %}\n", "1:1 this is a template", 0},
		{"a value that begins with @", "a: @b\n", "1:1 this is not YAML: a value may not begin with @", 0},
		{"template line", "{{- if x }}\na: 1\n{{ end }}\n", "1:1 this is a template", 0},
		{"duplicate key", "a: 1\nb: 2\na: 3\n", `3:1 the key "a" is there twice`, 1},
		{"alias bomb", bomb, "aliases make this document", 0},
		{"alias loop", "a: &a [*a]\n", "1:8 this alias stands for something that contains it", 0},
		{"binary", "a: \xff\xfe\n", "1:4 this is not UTF-8", 0},
		{"list as key", "? [a]\n: b\n", "1:3 a key must be a word", 0},
		{"merge of a word", "a: 1\nb:\n  <<: c\n", "3:3 << merges a mapping, or a list of mappings, and here is something else", 0},
		{"merge of an alias of a list", "a: &a [{b: 1}]\nb: {<<: *a}\n", "2:5 << merges a mapping", 0},
		{"merge of mappings", "a: &a {b: 1}\nb: {<<: [*a, {c: 2}], \"<<\": d}\n", "", 1},
		{"many JSON objects", `{"a": 1}{"b": 2}` + "\n{\n\t\"c\": 3}\n", "", 3},
		{"directive", "%YAML 1.1\n---\na: 1\n...\n---\nb: 1\n", "", 2},
		{"deep", strings.Repeat("[", 20000), "1:1 this is not YAML: exceeded max depth", 0},
	} {
		start := time.Now()
		f := yamldoc.Parse("a.yaml", []byte(c.content))
		var got string
		if len(f.Problems) > 0 {
			p := f.Problems[0]
			got = fmt.Sprintf("%d:%d %s", p.At.Start.Line, p.At.Start.Col, p.Message)
		}
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if len(f.Documents) != c.documents {
			t.Errorf("%s: %d documents, want %d", c.name, len(f.Documents), c.documents)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s: took %v", c.name, d)
		}
	}
}

func TestTooLarge(t *testing.T) {
	f := yamldoc.Parse("big.yaml", make([]byte, yamldoc.MaxFileSize+1))
	if len(f.Problems) != 1 || f.Problems[0].Kind != yamldoc.Size {
		t.Errorf("%v", f.Problems)
	}
}

func TestComments(t *testing.T) {
	f := yamldoc.Parse("a.yaml", []byte(policy))
	var got []string
	for _, c := range f.Comments() {
		got = append(got, fmt.Sprintf("%d:%d %s %v", c.Span.Start.Line, c.Span.Start.Col, c.Text, c.Alone))
	}
	want := "1:1 # the front door true\n5:15 # a name false\n17:9 # end false"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// Documents are read many at a time, and mean what each means on its own: anchors and directives
// end with their document, and a broken one breaks no other.
func TestDocumentsAreApart(t *testing.T) {
	documents := []string{
		"a: 1\n", "---\nb: [1, {c: x}] # comment\n", "---\n", "---\n# nothing\n", "--- {flow: on}\n", "---\nkeep: &k 1\n", "---\nlost: *k\n",
		"---\nopen: [1\n", "---\ntext: |\n  x\n\n\n", "---\nä: 'ö\n  ü'\n", "---\nend: 1\n...\n", "---\r\nwin: 1\r\n", "---\nlast: &k 2\nuse: *k\n",
		"%TAG ! tag:example.com,2000:\n---\ntagged: !x y\n", "---\nuntagged: !x y\n",
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var text, want strings.Builder
		line, problems := 0, 0
		for range 1 + r.IntN(8) {
			d := documents[r.IntN(len(documents))]
			switch {
			case text.Len() > 0 && d[0] == '%' && !strings.HasSuffix(text.String(), "...\n"):
				text.WriteString("...\n")
				line++
			case text.Len() > 0 && d[0] != '-' && d[0] != '%':
				d = "---\n" + d
			}
			alone := yamldoc.Parse("a.yaml", []byte(d))
			problems += len(alone.Problems)
			for _, a := range alone.Documents {
				fmt.Fprintln(&want, describe(a.Root, line))
			}
			text.WriteString(d)
			line += strings.Count(d, "\n")
		}
		f := yamldoc.Parse("a.yaml", []byte(text.String()))
		var got strings.Builder
		for _, d := range f.Documents {
			fmt.Fprintln(&got, describe(d.Root, 0))
		}
		if got.String() != want.String() || len(f.Problems) != problems {
			t.Fatalf("%s\ngot %s\nwant %s\n%d problems, want %d", text.String(), got.String(), want.String(), len(f.Problems), problems)
		}
	}
}

// describe says what a tree is, and where, after so many lines.
func describe(n *yamldoc.Node, lines int) string {
	out := fmt.Sprintf("%d:%d %d %d %s %q", n.Line+lines, n.Column, n.Kind, n.Style, n.Tag, n.Value)
	for _, c := range n.Content {
		out += " (" + describe(c, lines) + ")"
	}
	return out
}
