package discover

import (
	"fmt"
	"strings"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// policies is the network policies of some files.
type policies struct {
	at    source.Span // the name of the first
	first string      // "NetworkPolicy web"
	n     int
}

// add takes in those of a file.
func (s *policies) add(f *yamldoc.File) {
	for _, d := range f.Documents {
		group, _, _ := strings.Cut(yamldoc.Text(d.Root, "/apiVersion"), "/")
		kind, name := yamldoc.Text(d.Root, "/kind"), yamldoc.Find(d.Root, "/metadata/name")
		if !policyGroup(group) || !strings.HasSuffix(kind, "NetworkPolicy") || name.Rest != "" || name.Value == nil ||
			yamldoc.Find(d.Root, "/spec").Rest != "" {
			continue
		}
		if s.n++; s.n == 1 {
			s.at, s.first = f.Span(name.Value), kind+" "+name.Value.Value
		}
	}
}

// String is the first, and how many more there are.
func (s *policies) String() string {
	if s.n == 1 {
		return s.first
	}
	return fmt.Sprintf("%s and %d more", s.first, s.n-1)
}

func policyGroup(group string) bool {
	switch group {
	case "networking.k8s.io", "projectcalico.org", "crd.projectcalico.org", "policy.networking.k8s.io":
		return true
	}
	return false
}
