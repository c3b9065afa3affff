package pipeline_test

import (
	"testing"

	"github.com/tierlint/tierlint/checks"
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest"
)

// Whatever writes a wrong field, the finding is on the line that must change.
func TestLines(t *testing.T) {
	var port []*check.Check
	for _, c := range checks.All {
		if c.ID == "service-port" || c.ID == "port-not-listened" {
			port = append(port, c)
		}
	}
	checktest.Run(t, "testdata", port...)
}
