package render

import (
	"cmp"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// asked is the entry of a kustomization that asked for a value which kustomize set: the last
// one to be applied that would set it so.
func (m *madePlaces) asked(pointer string, found yamldoc.Found) (source.Origin, bool) {
	if m.home == nil || found.Rest != "" || target(found.Value).Kind != yaml.ScalarNode {
		return source.Origin{}, false
	}
	v := value{root: m.root, pointer: pointer, text: target(found.Value).Value, object: m.written, current: m.res.GetName()}
	for _, l := range m.home.appliers() {
		if l.k.Root == nil {
			continue
		}
		if o, ok := m.transformed(l, v); ok { // which run after those that fields ask for
			return o, true
		}
		if at := v.entry(l.k.Root); at != "" {
			span := l.spanAt(at, false)
			return source.Origin{Span: span, Via: l.via(span)[1:]}, true
		}
		if o, ok := m.replaced(l, v); ok {
			return o, true
		}
	}
	return source.Origin{}, false
}

// value is a value of an object that kustomize set.
type value struct {
	root            *yamldoc.Node // of the object
	pointer         string
	text            string
	object, current string // the object's name before and after
}

// entry is a pointer to the entry of a kustomization that sets the value, or "". Entries that
// say the value come before those that say only where it goes.
func (v value) entry(root *yamldoc.Node) string {
	for _, find := range []func(*yamldoc.Node) string{
		v.image, v.replicas, v.annotation, v.label, v.name, v.namespace, v.generated,
	} {
		if at := find(root); at != "" {
			return at
		}
	}
	return ""
}

// last is the last step of the value's pointer.
func (v value) last() string {
	return yamldoc.Unescape(v.pointer[strings.LastIndexByte(v.pointer, '/')+1:])
}

func (v value) namespace(root *yamldoc.Node) string {
	if yamldoc.Text(root, "/namespace") == v.text && v.text != "" && (v.last() == "namespace" || v.pointer == "/metadata/name") {
		return "/namespace"
	}
	return ""
}

func (v value) name(root *yamldoc.Node) string {
	if v.last() == "namespace" {
		return ""
	}
	if p := yamldoc.Text(root, "/namePrefix"); p != "" && strings.Contains(v.text, p) {
		return "/namePrefix"
	}
	if s := yamldoc.Text(root, "/nameSuffix"); s != "" && strings.Contains(v.text, s) {
		return "/nameSuffix"
	}
	return ""
}

// pair is a pointer to the key of a mapping in a kustomization whose value is v's, or "".
func (v value) pair(root *yamldoc.Node, mapping string) string {
	at := mapping + "/" + yamldoc.Escape(v.last())
	f := yamldoc.Find(root, at)
	if f.Rest == "" && target(f.Value).Value == v.text {
		return at
	}
	return ""
}

func (v value) label(root *yamldoc.Node) string {
	if at := v.pair(root, "/commonLabels"); at != "" {
		return at
	}
	for i := range yamldoc.Items(root, "/labels") {
		if at := v.pair(root, fmt.Sprintf("/labels/%d/pairs", i)); at != "" {
			return at
		}
	}
	return ""
}

func (v value) annotation(root *yamldoc.Node) string {
	if strings.Contains(v.pointer, "/annotations/") {
		return v.pair(root, "/commonAnnotations")
	}
	return ""
}

func (v value) replicas(root *yamldoc.Node) string {
	for i, n := range yamldoc.Items(root, "/replicas") {
		name := yamldoc.Text(n, "/name")
		if v.last() == "replicas" && (name == v.object || name == v.current) && yamldoc.Text(n, "/count") == v.text {
			return fmt.Sprintf("/replicas/%d/count", i)
		}
	}
	return ""
}

func (v value) image(root *yamldoc.Node) string {
	if v.last() != "image" {
		return ""
	}
	for i, n := range yamldoc.Items(root, "/images") {
		name := cmp.Or(yamldoc.Text(n, "/newName"), yamldoc.Text(n, "/name"))
		if rest, ok := strings.CutPrefix(v.text, name); !ok || rest != "" && rest[0] != ':' && rest[0] != '@' {
			continue
		}
		for _, field := range []string{"/digest", "/newTag", "/newName"} {
			if text := yamldoc.Text(n, field); text != "" && strings.Contains(v.text, text) {
				return fmt.Sprintf("/images/%d%s", i, field)
			}
		}
	}
	return ""
}

// generated finds the generator of the object.
func (v value) generated(root *yamldoc.Node) string {
	for _, field := range []string{"/configMapGenerator", "/secretGenerator"} {
		for i, n := range yamldoc.Items(root, field) {
			if name := yamldoc.Text(n, "/name"); name != "" && strings.Contains(v.current, name) && v.object == "" {
				return fmt.Sprintf("%s/%d/name", field, i)
			}
		}
	}
	return ""
}

// generator is the place of the entry of the layer that generates an object, whose name may have
// got a hash.
func (l *layer) generator(kind, name string) (source.Span, bool) {
	field := map[string]string{"ConfigMap": "/configMapGenerator", "Secret": "/secretGenerator"}[kind]
	if field == "" || l.k.Root == nil {
		return source.Span{}, false
	}
	for i, n := range yamldoc.Items(l.k.Root, field) {
		text := yamldoc.Text(n, "/name")
		full := l.named(text)
		if text != "" && (name == text || name == full || strings.HasPrefix(name, full+"-")) {
			return l.spanAt(fmt.Sprintf("%s/%d/name", field, i), false), true
		}
	}
	return source.Span{}, false
}
