package yamldoc_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	kyaml "sigs.k8s.io/yaml"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// scalars are those on which YAML 1.1, YAML 1.2 and their readers differ.
var scalars = []string{
	"yes", "No", "on", "OFF", "y", "N", "true", "False", "~", "null", "Null", "''", `"yes"`, "0777", "0o17", "0x1F", "0b101",
	"1_000", "-1", "+5", "+0", "007", "1e3", "1.5", ".5", "-.5", "1.", "12:30:45", "2001-01-01", "2001-12-14t21:59:43.10-05:00",
	"9223372036854775807", "18446744073709551615", "99999999999999999999", "!!str 1", `!!int "7"`, "!!float 1", "!!bool yes",
	"!!binary aGVsbG8=", "!custom x", "abc", "a b", "1 2", "<", "=", "'a''b'", `"a\u00e9\n"`, "10.0.0.0/8", "53", "0", "-0", "",
	"1e400", "- 1", "+", "-", ".", "..", "0x", "08", "1__0", "0.1e-5", "name", "to", "yess", "oN", "~x", "nULL",
	"10m", "100Mi", "1.2.3", "10.0.0.1", "2001:db8::/32", "2001-12-14T21:59:43Z", "2001-12-14 21:59:43.10", "0b12", "0xg", "0xFe", "1_0m", "12e", "12e3x", "1 a",
}

// JSON means what kubectl reads.
func TestJSONEqualsKubectl(t *testing.T) {
	for _, s := range scalars {
		same(t, "v: "+s+"\n")
		same(t, s+": v\n")
		same(t, "- [a, {b: x}]\n- "+s+"\n")
	}
	same(t, "a: &a {x: 1, y: 2}\nb: {x: 0, <<: *a}\nc: {<<: [*a, {z: 3, x: 4}], z: 5}\nd: *a\n")
	same(t, "a: 1\nb: 2\na: 3\n")
	same(t, "a: |\n  x\n  y\n\nb: >\n  x\n  y\nc: x\n  y\n\n  z\n")
	same(t, `{"a": 1.0, "b": "A\/", "c": [null, true]}`)
}

func TestJSONEqualsKubectlOnRandomTrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		same(t, randomTree(r, 0))
	}
}

func randomTree(r *rand.Rand, depth int) string {
	pad := strings.Repeat("  ", depth)
	var b strings.Builder
	list := r.IntN(2) == 0
	for i := range 1 + r.IntN(3) {
		key := pad + "- "
		if !list {
			key = fmt.Sprintf("%sk%d: ", pad, i)
		}
		if depth < 3 && r.IntN(3) == 0 {
			b.WriteString(strings.TrimRight(key, " ") + "\n" + randomTree(r, depth+1))
		} else {
			b.WriteString(key + scalars[r.IntN(len(scalars))] + "\n")
		}
	}
	return b.String()
}

// same checks that we read a document as kubectl's library does, or that both refuse it.
func same(t *testing.T, text string) {
	t.Helper()
	want, wantErr := kyaml.YAMLToJSON([]byte(text))
	f := yamldoc.Parse("a.yaml", []byte(text))
	if len(f.Documents) != 1 {
		if wantErr == nil && string(want) != "null" {
			t.Errorf("%q: %v; kubectl reads %s", text, f.Problems, want)
		}
		return
	}
	got, err := yamldoc.JSON(f.Documents[0].Root)
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%q: error %v; kubectl's is %v", text, err, wantErr)
		return
	}
	if err != nil {
		return
	}
	var a, b any
	if json.Unmarshal(got, &a) != nil || json.Unmarshal(want, &b) != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("%q: got %s, kubectl reads %s", text, got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range scalars {
		f.Add("a: " + s + "\n---\nb: [" + s + "]\n")
	}
	f.Add(policy)
	f.Fuzz(func(t *testing.T, text string) {
		file := yamldoc.Parse("a.yaml", []byte(text))
		for _, d := range file.Documents {
			if s := file.Span(d.Root); s.End.Offset < s.Start.Offset || s.End.Offset > len(text) {
				t.Errorf("span %+v of %q", s, text)
			}
			if k := file.KeySpan(d.Root); k.Start.Line != k.End.Line {
				t.Errorf("%q: %+v is on two lines", text, k)
			}
			yamldoc.JSON(d.Root)
		}
		file.Comments()
	})
}
