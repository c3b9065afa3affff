package suppress

import (
	"strings"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// AnnotationName is the annotation that hides findings about its object.
const AnnotationName = "tierlint.dev/ignore"

// AnnotationPointer is where an object has the annotation.
const AnnotationPointer = "/metadata/annotations/tierlint.dev~1ignore"

// Annotated is a rendered object that has the annotation.
type Annotated struct {
	Object      string // as in diagnostics
	Environment string // empty: the only one
	Text        string // of the annotation
	At          source.Span
	// Written is where the object itself is.
	Written source.Span
}

// annotations are the directives on objects. They are also about what is found on the lines of the
// object, whatever object the finding names.
func annotations(objects []Annotated, files map[string]*yamldoc.File) []*directive {
	var out []*directive
	for _, o := range objects {
		for line := range strings.Lines(o.Text) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			d := parse(strings.TrimSpace(line))
			d.kind, d.at, d.object, d.environment = Annotation, o.At, o.Object, o.Environment
			if f := files[o.Written.File]; f != nil && o.Written.Start.IsValid() {
				d.lines = holding(f, o.Written.Start.Line)
			}
			out = append(out, d)
		}
	}
	return out
}
