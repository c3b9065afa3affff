package checks

import (
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// fixes puts the pods' port in the place of the Service's. It is safe: no pod that the rule is for
// listens on what is written.
func (w *writtenPort) fixes(c *model.Cluster, ports []string) []diag.Fix {
	if len(ports) != 1 || !w.single() {
		return nil
	}
	return change(c, w.rules[0].Policy, w.port.At, "match the pod port "+ports[0], true, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.Set(ports[0])
	})
}
