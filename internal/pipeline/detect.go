package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/platform"
	"github.com/tierlint/tierlint/internal/report"
)

// platformOf is what an environment's cluster is: what somebody said, what an object gives away
// for certain, or the default. Objects that contradict each other are a gap. What is in every
// environment, because it conflicts with nothing, may be meant for another cluster than this: it
// counts where nothing else tells, and then the platform is guessed.
func platformOf(said string, e *rendered) (p report.Platform, guessed bool, unclear []model.Gap) {
	p = report.Platform{Environment: e.Name, Name: cmp.Or(said, DefaultPlatform)}
	if said != "" {
		return p, false, nil
	}
	signs := e.signs(false)
	if len(signs) == 0 {
		signs, guessed = e.signs(true), true
	}
	switch len(signs) {
	case 0:
		return p, false, nil
	case 1:
		p.Name, p.DetectedFrom = signs[0].platform, signs[0].Origin("/kind").String()
		return p, guessed, nil
	}
	return p, false, []model.Gap{{
		At: signs[1].Origin("/kind"), Message: fmt.Sprintf("%s is of %s, but %s (%s) is of %s, so the platform is taken to be %s",
			signs[1], signs[1].platform, signs[0], signs[0].Origin("/kind"), signs[0].platform, p.Name),
		Settle: "say which it is: --platform, or platform in the settings",
	}}
}

// sign is the first object that gives a platform away.
type sign struct {
	*load.Object
	platform string
}

// signs is one for each platform, of what is in every environment or of the rest.
func (e *rendered) signs(everywhere bool) []sign {
	var out []sign
	for _, o := range e.objects {
		if e.everywhere[o] != everywhere {
			continue
		}
		group, _, ok := strings.Cut(o.APIVersion, "/")
		if !ok {
			group = ""
		}
		name := platform.Detect(group, o.Kind, o.Namespace, o.Name)
		if name != "" && !slices.ContainsFunc(out, func(s sign) bool { return s.platform == name }) {
			out = append(out, sign{o, name})
		}
	}
	return out
}
