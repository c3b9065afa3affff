package regocheck

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheRulesOfTheDocs: what docs/rego.md shows compiles, and its first rule and its tests are those of the example.
func TestTheRulesOfTheDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/rego.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```rego\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 3 {
		t.Fatalf("only %d rules", len(blocks))
	}
	example := func(name string) string {
		text, err := os.ReadFile("../../fixtures/examples/payments/policy/" + name)
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	for _, b := range blocks {
		text := b[1]
		if strings.Contains(text, "_test\n") {
			if text != example("payments_test.rego") {
				t.Error("the tests are not those of fixtures/examples/payments")
			}
			continue
		}
		if !strings.Contains(text, "\ndeny ") {
			text += "deny := set()\n" // it shows the METADATA alone
		}
		r, err := LoadFolders(repository(t, "-- rules/r.rego --\n"+text), []string{"rules"}, nil)
		if err != nil || len(r.Problems) > 0 || len(r.Checks) != 1 {
			t.Errorf("%v %v in\n%s", err, r.Problems, text)
		}
	}
	if blocks[0][1] != example("payments.rego") {
		t.Error("the first rule is not that of fixtures/examples/payments")
	}
}
