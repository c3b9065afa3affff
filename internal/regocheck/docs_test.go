package regocheck

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheRulesOfTheDocs: what docs/rego.md shows compiles, and its first rule is that of the example.
func TestTheRulesOfTheDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/rego.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```rego\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 3 {
		t.Fatalf("only %d rules", len(blocks))
	}
	for _, b := range blocks {
		text := b[1]
		if !strings.Contains(text, "\ndeny ") {
			text += "deny := set()\n" // it shows the METADATA alone
		}
		r, err := LoadFolders(repository(t, "-- rules/r.rego --\n"+text), []string{"rules"}, nil)
		if err != nil || len(r.Problems) > 0 || len(r.Checks) != 1 {
			t.Errorf("%v %v in\n%s", err, r.Problems, text)
		}
	}
	example, err := os.ReadFile("../../fixtures/examples/payments/policy/payments.rego")
	if err != nil || blocks[0][1] != string(example) {
		t.Errorf("the first rule is not that of fixtures/examples/payments (%v)", err)
	}
}
