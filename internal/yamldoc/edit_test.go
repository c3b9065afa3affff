package yamldoc

import (
	"strings"
	"testing"
)

// place is that of the value at a pointer in the last document of a text.
func place(t *testing.T, text, pointer string) (*File, Place) {
	t.Helper()
	f := Parse("f.yaml", []byte(text))
	if len(f.Documents) == 0 {
		t.Fatalf("no documents: %v", f.Problems)
	}
	found := Find(f.Documents[len(f.Documents)-1].Root, pointer)
	if found.Rest != "" {
		t.Fatalf("%s is not there", pointer)
	}
	p, ok := f.Place(resolveAlias(found.Value))
	if !ok {
		t.Fatalf("%s has no place", pointer)
	}
	return f, p
}

// edited is a text after an edit; "" if there is none.
func edited(t *testing.T, f *File, edits []Edit, ok bool) string {
	t.Helper()
	if !ok {
		return ""
	}
	out, ok := Apply(f.Content, 0, edits)
	if !ok {
		t.Fatalf("the edits overlap: %+v", edits)
	}
	return string(out)
}

func check(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

func TestSet(t *testing.T) {
	for name, tt := range map[string]struct{ text, pointer, value, want string }{
		"a number":                   {"a: 80 # http\n", "/a", "8080", "a: 8080 # http\n"},
		"plain":                      {"a: b\n", "/a", "c.d", "a: c.d\n"},
		"in single quotes":           {"a: 'b'\n", "/a", "c's", "a: 'c''s'\n"},
		"in double quotes":           {"a: \"b\"\n", "/a", "c", "a: \"c\"\n"},
		"in a flow list":             {"a: [53, 80]\n", "/a/0", "5353", "a: [5353, 80]\n"},
		"with an anchor":             {"a: &x b\nc: *x\n", "/a", "d", "a: &x d\nc: *x\n"},
		"in the second document":     {"a: 1\n---\n# note\na: 2\n", "/a", "3", "a: 1\n---\n# note\na: 3\n"},
		"with CRLF":                  {"a: 80\r\nb: 1\r\n", "/a", "81", "a: 81\r\nb: 1\r\n"},
		"without an end of line":     {"a: 80", "/a", "81", "a: 81"},
		"behind a tab":               {"a:\t80\t# http\n", "/a", "81", "a:\t81\t# http\n"},
		"after a byte order mark":    {"\uFEFFa: 80\n", "/a", "81", "\uFEFFa: 81\n"},
		"JSON":                       {`{"a": "b"}`, "/a", "c", `{"a": "c"}`},
		"not where it would be more": {"a: b\n", "/a", "c: d", ""},
		"not if the type changes":    {"a: 80\n", "/a", "http", ""},
		"not a block scalar":         {"a: |\n  b\n", "/a", "c", ""},
		"not a list":                 {"a: [b]\n", "/a", "c", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, tt.pointer)
			edits, ok := p.Set(tt.value)
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
}

const item = "- action: Allow\n  ports: [53]\n  to:\n    name: dns"

func TestInsertAtTheEnd(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"not indented": {
			"a:\n- b: 1\n- b: 2 # two\nc: 3\n",
			"a:\n- b: 1\n- b: 2 # two\n- action: Allow\n  ports: [53]\n  to:\n    name: dns\nc: 3\n",
		},
		"indented": {
			"a:\n  - b: 1\n  # below\nc: 3\n",
			"a:\n  - b: 1\n  - action: Allow\n    ports: [53]\n    to:\n      name: dns\n  # below\nc: 3\n",
		},
		"with wide dashes": {
			"a:\n-   b: 1\n",
			"a:\n-   b: 1\n-   action: Allow\n    ports: [53]\n    to:\n      name: dns\n",
		},
		"with dashes alone": {
			"a:\n  -\n    b: 1\n",
			"a:\n  -\n    b: 1\n  - action: Allow\n    ports: [53]\n    to:\n      name: dns\n",
		},
		"with CRLF": {
			"a:\r\n- b: 1\r\n",
			"a:\r\n- b: 1\r\n- action: Allow\r\n  ports: [53]\r\n  to:\r\n    name: dns\r\n",
		},
		"without an end of line": {
			"a:\n- b: 1",
			"a:\n- b: 1\n- action: Allow\n  ports: [53]\n  to:\n    name: dns",
		},
		"with tabs before comments": {
			"a:\n- b: 1\t# one\n",
			"a:\n- b: 1\t# one\n- action: Allow\n  ports: [53]\n  to:\n    name: dns\n",
		},
		"before another document": {
			"a:\n- b: 1\n---\na:\n- b: 2\n",
			"a:\n- b: 1\n---\na:\n- b: 2\n- action: Allow\n  ports: [53]\n  to:\n    name: dns\n",
		},
		"behind a block scalar": {
			"a:\n- b: |\n    text\n    more\nc: 1\n",
			"a:\n- b: |\n    text\n    more\n- action: Allow\n  ports: [53]\n  to:\n    name: dns\nc: 1\n",
		},
		"behind a list": {
			"a:\n- b:\n  - c\n  - d\n",
			"a:\n- b:\n  - c\n  - d\n- action: Allow\n  ports: [53]\n  to:\n    name: dns\n",
		},
		"in flow style":         {"a: [{b: 1}] # c\n", "a: [{b: 1}, {action: Allow, ports: [53], to: {name: dns}}] # c\n"},
		"a comma at the end":    {"a: [\n  {b: 1}, # c\n]\n", "a: [\n  {b: 1}, # c\n  {action: Allow, ports: [53], to: {name: dns}}\n]\n"},
		"a line for each":       {"a: [\n  {b: 1} # c\n]\n", "a: [\n  {b: 1}, # c\n  {action: Allow, ports: [53], to: {name: dns}}\n]\n"},
		"JSON":                  {`{"a": [{"b": 1}]}`, `{"a": [{"b": 1}, {"action": "Allow", "ports": [53], "to": {"name": "dns"}}]}`},
		"an empty list":         {"a: [] # none\nb: 1\n", "a: # none\n- action: Allow\n  ports: [53]\n  to:\n    name: dns\nb: 1\n"},
		"an empty list in flow": {"{a: []}\n", "{a: [{action: Allow, ports: [53], to: {name: dns}}]}\n"},
		"nothing":               {"a:\nb:\n  - c\n", "a:\n  - action: Allow\n    ports: [53]\n    to:\n      name: dns\nb:\n  - c\n"},
		"nothing at the end":    {"a:", "a:\n- action: Allow\n  ports: [53]\n  to:\n    name: dns"},
		"null":                  {"a: null\n", "a:\n- action: Allow\n  ports: [53]\n  to:\n    name: dns\n"},
		"not into a mapping":    {"a: {b: 1}\n", ""},
		"not into a text":       {"a: b\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, "/a")
			edits, ok := p.Insert(len(p.Node().Content), item)
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
}

func TestInsertBefore(t *testing.T) {
	for name, tt := range map[string]struct {
		text  string
		index int
		want  string
	}{
		"the first":               {"a:\n  # about b\n  - b\n", 0, "a:\n  - new\n  # about b\n  - b\n"},
		"the second":              {"a:\n- b # one\n# about c\n- c\n", 1, "a:\n- b # one\n- new\n# about c\n- c\n"},
		"in flow style":           {"a: [b, c]\n", 1, "a: [b, new, c]\n"},
		"on lines of their own":   {"a: [\n  b,\n  c\n]\n", 0, "a: [\n  new,\n  b,\n  c\n]\n"},
		"not inside of a line":    {"a:\n- - b\n- c\n", 9, ""},
		"a list in a list, later": {"a:\n- - b\n- c\n", 1, "a:\n- - b\n- new\n- c\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, "/a")
			edits, ok := p.Insert(tt.index, "[new]")
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
	f, p := place(t, "a:\n- - b\n", "/a/0")
	if edits, ok := p.Insert(0, "[new]"); ok {
		t.Errorf("the first item of a list in a list: %s", edited(t, f, edits, ok))
	}
}

func TestInsertKey(t *testing.T) {
	for name, tt := range map[string]struct{ text, pointer, want string }{
		"before a key":                {"s:\n  p: {}\n  # in\n  ingress:\n  - a\n", "/s", "s:\n  p: {}\n  types: [A, B]\n  # in\n  ingress:\n  - a\n"},
		"at the end":                  {"s:\n  p: {} # c\nt: 1\n", "/s", "s:\n  p: {} # c\n  types: [A, B]\nt: 1\n"},
		"at the end of the file":      {"s:\n  p: {}", "/s", "s:\n  p: {}\n  types: [A, B]"},
		"in flow style":               {"s: {p: 1, ingress: [a]}\n", "/s", "s: {p: 1, types: [A, B], ingress: [a]}\n"},
		"at the end in flow style":    {"s: {p: 1}\n", "/s", "s: {p: 1, types: [A, B]}\n"},
		"JSON":                        {`{"s": {"p": 1}}`, "/s", `{"s": {"p": 1, "types": ["A", "B"]}}`},
		"with CRLF":                   {"s:\r\n  p: 1\r\n", "/s", "s:\r\n  p: 1\r\n  types: [A, B]\r\n"},
		"behind a key beside a dash":  {"s:\n- ingress: [a]\n  p: 1\n", "/s/0", "s:\n- ingress: [a]\n  types: [A, B]\n  p: 1\n"},
		"with an anchor":              {"s: &x\n  p: 1\nt: *x\n", "/s", "s: &x\n  p: 1\n  types: [A, B]\nt: *x\n"},
		"not what is there":           {"s:\n  types: [A]\n", "/s", ""},
		"not into an empty mapping":   {"s: {}\n", "/s", ""},
		"not where a text would grow": {"s:\n  p: |+\n    text\n\n\n", "/s", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, tt.pointer)
			edits, ok := p.InsertKey("types", "[A, B]", "ingress", "egress")
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
}

func TestInsertSeveral(t *testing.T) {
	const two = "- {a: 1, b: {c: 2}}\n- {a: 3}"
	for name, tt := range map[string]struct{ text, want string }{
		"in block style": {"a:\n- b\n", "a:\n- b\n- a: 1\n  b: {c: 2}\n- a: 3\n"},
		"in flow style":  {"a: [b]\n", "a: [b, {a: 1, b: {c: 2}}, {a: 3}]\n"},
		"on their lines": {"a: [\n  b\n]\n", "a: [\n  b,\n  {a: 1, b: {c: 2}},\n  {a: 3}\n]\n"},
		"into nothing":   {"a: []\n", "a:\n- a: 1\n  b: {c: 2}\n- a: 3\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, "/a")
			edits, ok := p.Insert(len(p.Node().Content), two)
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
}

func TestRewrite(t *testing.T) {
	const services = "services:\n  name: dns\n  namespace: kube-system"
	for name, tt := range map[string]struct{ text, want string }{
		"in block style":    {"d:\n  selector: x\n  ports:\n  - 53\ne: 1\n", "d:\n  services:\n    name: dns\n    namespace: kube-system\ne: 1\n"},
		"in flow style":     {"d: {ports: [53]} # c\n", "d: {services: {name: dns, namespace: kube-system}} # c\n"},
		"before a comment":  {"d:\n  ports:\n  - 53 # dns\n", "d:\n  services:\n    name: dns\n    namespace: kube-system # dns\n"},
		"with CRLF":         {"d:\r\n  ports: [53]\r\n", "d:\r\n  services:\r\n    name: dns\r\n    namespace: kube-system\r\n"},
		"not over comments": {"d:\n  ports:\n  # dns\n  - 53\n", ""},
		"not a list":        {"d: [53]\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, "/d")
			edits, ok := p.Rewrite(services)
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
}

func TestFold(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"literal":            {"s: | # why\n  a &&\n  b\nt: 1\n", "s: >- # why\n  a &&\n  b\nt: 1\n"},
		"folded":             {"s: >\n  a &&\n  b\n", "s: >-\n  a &&\n  b\n"},
		"stripped":           {"s: |-\n  a &&\n  b\n", "s: >-\n  a &&\n  b\n"},
		"one line":           {"s: |\n  a\n", "s: >-\n  a\n"},
		"lines further in":   {"s: |\n  a &&\n    b &&\n\tc\n", ""},
		"indented more":      {"s: |\n  a &&\n    b\n", "s: >-\n  a &&\n  b\n"},
		"folded, yet broken": {"s: >-\n  a &&\n    b\n", "s: >-\n  a &&\n  b\n"},
		"empty lines":        {"s: |\n  a &&\n\n  b\n\nt: 1\n", "s: >-\n  a &&\n  b\n\nt: 1\n"},
		"with CRLF":          {"s: |\r\n  a &&\r\n  b\r\n", "s: >-\r\n  a &&\r\n  b\r\n"},
		"no end of line":     {"s: |\n  a &&\n  b", "s: >-\n  a &&\n  b"},
		"a quoted text":      {"s: \"a\\nb\"\n", ""},
		"an indentation":     {"s: |2\n  a\n  b\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse("f.yaml", []byte(tt.text))
			if len(f.Documents) == 0 {
				if tt.want != "" {
					t.Fatal(f.Problems)
				}
				return
			}
			f, p := place(t, tt.text, "/s")
			edits, ok := p.Fold()
			got := edited(t, f, edits, ok)
			check(t, got, tt.want)
			if ok && strings.Contains(Text(Parse("", []byte(got)).Documents[0].Root, "/s"), "\n") {
				t.Errorf("%q still has a line break", got)
			}
		})
	}
}

func TestFolded(t *testing.T) {
	check(t, Folded("a &&\n\n    b\r\n"), "a && b")
}

func TestShared(t *testing.T) {
	for name, tt := range map[string]struct {
		text, pointer string
		want          bool
	}{
		"no anchor":               {"a: {b: 1}\n", "/a/b", false},
		"an anchor nobody uses":   {"a: &x {b: 1}\n", "/a/b", false},
		"the anchor":              {"a: &x {b: 1}\nc: *x\n", "/a/b", true},
		"the alias":               {"a: &x {b: 1}\nc: *x\n", "/c/b", true},
		"merged":                  {"a: &x {b: 1}\nc: {<<: *x}\n", "/c/b", true},
		"beside what is repeated": {"a: &x {b: 1}\nc: {<<: *x, d: 1}\n", "/c/d", false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, p := place(t, tt.text, tt.pointer); p.Shared() != tt.want {
				t.Errorf("got %v", !tt.want)
			}
		})
	}
}

func TestNoPlace(t *testing.T) {
	f := Parse("f.yaml", []byte("a: 1\na: 2\n"))
	if _, ok := f.Place(f.Documents[0].Root); ok {
		t.Error("a document with a key twice can be edited")
	}
	other := Parse("g.yaml", []byte("a: 1\n"))
	if _, ok := f.Place(other.Documents[0].Root); ok {
		t.Error("a node of another file has a place")
	}
}

func TestEqual(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"{a: 1, b: [x]}", "b:\n- x\na: 1\n", true},
		{"a: 1", "a: '1'", false},
		{"a: 1", "a: 1\nb: 2", false},
		{"[a, b]", "[b, a]", false},
		{"{a: &x [1], b: *x}", "{a: [1], b: [1]}", true},
	} {
		a, b := Parse("", []byte(tt.a)).Documents[0].Root, Parse("", []byte(tt.b)).Documents[0].Root
		if Equal(a, b) != tt.want {
			t.Errorf("%q and %q: got %v", tt.a, tt.b, !tt.want)
		}
	}
}

func TestRename(t *testing.T) {
	for name, tt := range map[string]struct{ text, pointer, key, want string }{
		"a mapping":              {"spec:\n  ingres: # in\n  - from: []\n", "/spec/ingres", "ingress", "spec:\n  ingress: # in\n  - from: []\n"},
		"a scalar":               {"a: 1\nb: 2\n", "/b", "c", "a: 1\nc: 2\n"},
		"in a flow mapping":      {"a: {port: [1]}\n", "/a/port", "ports", "a: {ports: [1]}\n"},
		"JSON":                   {`{"port": 1}`, "/port", "ports", `{"ports": 1}`},
		"not to one that exists": {"a: 1\nb: 2\n", "/b", "a", ""},
		"not an item of a list":  {"a: [b]\n", "/a/0", "c", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, tt.pointer)
			edits, ok := p.Rename(tt.key)
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
}

func TestQuote(t *testing.T) {
	for name, tt := range map[string]struct{ text, pointer, want string }{
		"a number":            {"a: 1.10 # version\n", "/a", "a: \"1.10\" # version\n"},
		"a boolean":           {"a: {b: yes}\n", "/a/b", "a: {b: \"yes\"}\n"},
		"with an anchor":      {"a: &x true\nb: *x\n", "/a", "a: &x \"true\"\nb: *x\n"},
		"not what is quoted":  {"a: '1'\n", "/a", ""},
		"not a mapping":       {"a: {}\n", "/a", ""},
		"not what has a type": {"a: !!int 1\n", "/a", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, p := place(t, tt.text, tt.pointer)
			edits, ok := p.Quote()
			check(t, edited(t, f, edits, ok), tt.want)
		})
	}
}
