package yamldoc

import (
	"fmt"
	"strings"
	"testing"
)

// TestLongList edits an object of a List that is longer than any object may be.
func TestLongList(t *testing.T) {
	filler := fmt.Sprintf("- kind: Other\n  data: %q\n", strings.Repeat("x", maxEdited))
	for name, tt := range map[string]struct{ before, item, after, want string }{
		"the first":                {"kind: List\nitems:\n", "- port: 80 # http\n", filler, "- port: 81 # http\n"},
		"the last":                 {"items:\n" + filler, "- kind: Service\n  port: 80\n", "", "- kind: Service\n  port: 81\n"},
		"the last before a key":    {"items:\n" + filler, "- port: 80\n", "kind: List\n", "- port: 81\n"},
		"indented":                 {"items:\n  - a: 1\n", "  - port: 80\n", strings.ReplaceAll("  "+filler, "\n  ", "\n    "), "  - port: 81\n"},
		"with an anchor":           {"items:\n", "- name: &x web\n  port: 80\n  again: *x\n", filler, "- name: &x web\n  port: 81\n  again: *x\n"},
		"before a comment":         {"items:\n", "- port: 80\n# next\n", filler, "- port: 81\n# next\n"},
		"not with another's alias": {"items:\n- name: &x web\n", "- name: *x\n  port: 80\n", filler, ""},
		"not with a dash alone":    {"items:\n", "-\n  port: 80\n", filler, ""},
		"not if it is long":        {"items:\n", "- port: 80\n" + strings.TrimPrefix(filler, "- kind: Other\n"), "", ""},
		"not if it is in braces":   {"items: [\n", "{port: 80},\n", "{a: " + strings.Repeat("x", maxEdited) + "}]\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse("f.yaml", []byte(tt.before+tt.item+tt.after))
			items := Find(f.Documents[0].Root, "/items").Value
			for _, item := range items.Content {
				found := Find(item, "/port")
				if found.Rest != "" {
					continue
				}
				p, ok := f.Place(found.Value)
				if ok != (tt.want != "") {
					t.Fatalf("it has a place: %v", ok)
				} else if !ok {
					return
				}
				edits, ok := p.Set("81")
				check(t, strings.TrimSuffix(strings.TrimPrefix(edited(t, f, edits, ok), tt.before), tt.after), tt.want)
				return
			}
			t.Fatal("no port")
		})
	}
}
