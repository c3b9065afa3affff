package checks

import (
	"fmt"
	"slices"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// labelOfCronJob is for a selector that asks for the name of a CronJob in the label in which pods have the
// name of their Job, which is called after the CronJob and the minute.
func (v *inventory) labelOfCronJob(w *written, terms []selector.Term, among []*model.Endpoint) (diag.Diagnostic, bool) {
	for _, t := range terms {
		if t.Key != "job-name" && t.Key != "batch.kubernetes.io/job-name" {
			continue
		}
		i := slices.IndexFunc(among, func(e *model.Endpoint) bool { return e.Kind == "CronJob" && slices.Contains(t.Values, e.Name) })
		if i < 0 {
			continue
		}
		e := among[i]
		return diag.Diagnostic{
			At: w.origin(t.Key),
			Message: fmt.Sprintf("%s: pods have the name of their Job in %s, and the Jobs of %s are called %s-NUMBER, another one each time",
				w.loses(), t.Key, e.String(), e.Name),
			Help:    fmt.Sprintf("a label of your own in the pod template of %s, and that one here", e.String()),
			Related: []diag.Related{{At: e.KeyOrigin("/spec/jobTemplate"), Message: "the template of " + e.String()}},
		}, true
	}
	return diag.Diagnostic{}, false
}
