package pipeline

import "testing"

const withoutCopy = `
-- base/kustomization.yaml --
resources: [https://example.org/a.yaml]
-- prod/kustomization.yaml --
resources: [../base]
-- staging/kustomization.yaml --
resources: [../base]
`

// What a base lacks is said once, however many overlays there are.
func TestAGapOfABaseIsSaidOnce(t *testing.T) {
	res := run(t, Options{Dir: repo(t, withoutCopy)})
	if len(res.Gaps) != 1 || res.Gaps[0].At.String() != "base/kustomization.yaml:1:13" {
		t.Errorf("gaps: %+v", res.Gaps)
	}
}
