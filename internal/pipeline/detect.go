package pipeline

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/platform"
	"github.com/tierlint/tierlint/internal/report"
)

// platformOf is what an environment's cluster is: what somebody said, what an object gives away
// for certain, or the default. Objects that contradict each other are a gap.
func platformOf(said string, e *rendered) (report.Platform, []model.Gap) {
	out := report.Platform{Environment: e.Name, Name: cmp.Or(said, DefaultPlatform)}
	if said != "" {
		return out, nil
	}
	signs := map[string]*load.Object{}
	var first, second string
	for _, o := range e.objects {
		group, _, ok := strings.Cut(o.APIVersion, "/")
		if !ok {
			group = ""
		}
		name := platform.Detect(group, o.Kind, o.Namespace, o.Name)
		if name == "" || signs[name] != nil {
			continue
		}
		signs[name] = o
		switch {
		case first == "":
			first = name
		case second == "":
			second = name
		}
	}
	switch {
	case first == "":
	case second == "":
		out.Name, out.DetectedFrom = first, signs[first].Origin("/kind").String()
	default:
		at := signs[second].Origin("/kind")
		return out, []model.Gap{{
			At: at, Message: fmt.Sprintf("%s is of %s, but %s (%s) is of %s, so the platform is taken to be %s",
				signs[second], second, signs[first], signs[first].Origin("/kind"), first, out.Name),
			Settle: "say which it is: --platform, or platform in the settings",
		}}
	}
	return out, nil
}
