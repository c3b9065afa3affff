package report

import (
	"fmt"
	"slices"
	"testing"
)

// What clusters are taken for is a sentence for each platform, however many clusters there are.
func TestPlatformsInWords(t *testing.T) {
	one := []Platform{{Name: "openshift", DetectedFrom: "route.yaml:2:7"}}
	some := []Platform{
		{Environment: "dev", Name: "kubernetes"},
		{Environment: "prod", Name: "openshift", DetectedFrom: "route.yaml:2:7"},
		{Environment: "staging", Name: "openshift", DetectedFrom: "route.yaml:2:7"},
		{Environment: "test", Name: "rke2", DetectedFrom: "test/chart.yaml:2:7"},
	}
	var many []Platform
	for i := range 100 {
		many = append(many, Platform{fmt.Sprintf("c%02d", i), "openshift", fmt.Sprintf("c%02d/route.yaml:2:7", i/2)})
	}
	for _, c := range []struct {
		platforms []Platform
		want      []string
	}{
		{nil, nil},
		{one, []string{"Platform: openshift, detected from route.yaml:2:7."}},
		{some, []string{
			"Platform of prod, staging: openshift, detected from route.yaml:2:7.",
			"Platform of test: rke2, detected from test/chart.yaml:2:7.",
		}},
		{many, []string{"Platform of all 100 environments: openshift, detected from c00/route.yaml:2:7 and 49 other places."}},
		{append(many, some[0]), []string{"Platform of c00, c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19 and 80 more: " +
			"openshift, detected from c00/route.yaml:2:7 and 49 other places."}},
	} {
		if got := (Summary{Platforms: c.platforms}).Details(); !slices.Equal(got, c.want) {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}
