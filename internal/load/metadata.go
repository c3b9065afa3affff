package load

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/tierlint/tierlint/internal/yamldoc"
)

// metadata checks the labels and annotations of an object, which the API server
// (k8s.io/apimachinery/pkg/api/validation/objectmeta.go, v0.33) and Calico's API
// (libcalico-go/lib/validator/v3/validator.go:2143-2191, v3.31.0) do alike. What is put in the
// place of a placeholder is not known.
func (c *kubernetesChecker) metadata(m metav1.Object) {
	labels := m.GetLabels()
	for _, k := range sortedKeys(labels) {
		at := "/metadata/labels/" + yamldoc.Escape(k)
		if len(validation.IsQualifiedName(k)) > 0 && !substituted(k) {
			c.labelKey(at, k)
		} else if !substituted(labels[k]) {
			c.labelValue(at, labels[k])
		}
	}
	for _, k := range sortedKeys(m.GetAnnotations()) {
		if len(validation.IsQualifiedName(strings.ToLower(k))) > 0 && !substituted(k) {
			c.addWith("/metadata/annotations/"+yamldoc.Escape(k), keyHelp, "%q cannot be the key of an annotation", k)
		}
	}
}

// substituted says whether something is put in the place of a part of a text before it is applied, as
// Flux does with ${name}.
func substituted(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "<") && placeholder(text)
}

// badMetadata reports labels and annotations that Calico's API rejects, and says whether there are any.
func (l *loader) badMetadata(o *Object, v any) bool {
	var c kubernetesChecker
	if m, ok := v.(metav1.Object); ok {
		c.metadata(m)
	}
	for _, p := range c.problems {
		p.message += ": " + fmt.Sprintf(rejected, o.Kind)
		l.report(&o.Object, p)
	}
	return len(c.problems) > 0
}

// inMetadata says whether a field is among the labels or annotations of its object.
func inMetadata(at string) bool {
	return strings.HasPrefix(at, "/metadata/labels") || strings.HasPrefix(at, "/metadata/annotations")
}
