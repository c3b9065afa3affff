package checks

import (
	"fmt"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// RawCRD finds policies in the form in which Calico stores them, which nobody validates.
var RawCRD = &check.Check{
	ID:       "raw-crd",
	Title:    "The policy goes straight into Calico's storage, where nobody validates it",
	Doc:      rawCRDDoc,
	Since:    "0.1",
	Severity: diag.Note,
	Run:      reportRawPolicies,
}

// reportRawPolicies reports each file once, at its first policy of this form.
func reportRawPolicies(p *check.Pass) error {
	first := map[string]*model.Policy{}
	count := map[string]int{}
	var files []string
	for policy := range reviewedPolicies(p.Cluster) {
		if !policy.Raw {
			continue
		}
		at := policy.Origin("/apiVersion")
		if count[at.File]++; count[at.File] == 1 {
			files = append(files, at.File)
		}
		if f := first[at.File]; f == nil || at.Compare(f.Origin("/apiVersion").Span) < 0 {
			first[at.File] = policy
		}
	}
	for _, file := range files {
		policy := first[file]
		what := "this policy is"
		if n := count[file]; n > 1 {
			what = fmt.Sprintf("%d policies of this file are", n)
		}
		p.Report(diag.Diagnostic{
			At: policy.Origin("/apiVersion"), Object: policy.Object.String(),
			Message: what + " in the form in which Calico stores policies: nobody validates that, and without types it isolates both directions",
			Help:    "apiVersion: projectcalico.org/v3, applied through Calico's API server or calicoctl",
		})
	}
	return nil
}
