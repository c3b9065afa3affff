package load

import (
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// The keys under which Calico shows names and inherited labels to selectors.
// Source: libcalico-go/lib/backend/k8s/conversion/constants.go and
// api/pkg/apis/projectcalico/v3/constants.go, v3.31.0.
const (
	namespacePrefix   = "pcns."
	accountPrefix     = "pcsa."
	nameLabel         = "projectcalico.org/name"
	namespaceLabel    = "projectcalico.org/namespace"
	orchestratorLabel = "projectcalico.org/orchestrator"
	accountLabel      = "projectcalico.org/serviceaccount"
	metadataNameLabel = "kubernetes.io/metadata.name"
)

// objectMeta is what loading reads of metadata. The names are known before; here they are so that what is no text, as
// y is not, makes the object one that the API server rejects.
type objectMeta struct {
	Name            string            `json:"name"`
	Namespace       string            `json:"namespace"`
	Labels          map[string]string `json:"labels"`
	Annotations     map[string]string `json:"annotations"`
	GenerateName    string            `json:"generateName"`
	OwnerReferences []ownerReference  `json:"ownerReferences"`
}

type ownerReference struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Controller bool   `json:"controller"`
}

// space is a namespace and what it gives to the things in it.
type space struct {
	*model.Namespace
	inherited selector.Labels
}

func (l *loader) addNamespaces() {
	for _, o := range l.objects["/Namespace"] {
		var v struct {
			Metadata objectMeta `json:"metadata"`
		}
		if l.decode(o, &v) {
			l.spaces[o.Name] = l.newSpace(o.Object, v.Metadata.Labels, true)
			if _, ok := v.Metadata.Annotations[isolationAnnotation]; ok {
				l.reportIsolation(o)
			}
		}
	}
}

// isolationAnnotation isolated a namespace before NetworkPolicy was an API of its own: it went with
// extensions/v1beta1 (CHANGELOG-1.7.md of Kubernetes, "Action Required", NetworkPolicy).
const isolationAnnotation = "net.beta.kubernetes.io/network-policy"

func (l *loader) reportIsolation(o *Object) {
	l.report(&o.Object, problem{
		check: CheckManifest, severity: diag.Note, key: true,
		at:      "/metadata/annotations/" + strings.ReplaceAll(isolationAnnotation, "/", "~1"),
		message: "this annotation isolates nothing: no cluster reads it since Kubernetes 1.7",
		help:    "a NetworkPolicy in the namespace with `podSelector: {}` and `policyTypes: [Ingress]`, in its place",
	})
}

// space returns the namespace, which is made up if it is in no manifest.
func (l *loader) space(name string) *space {
	s, ok := l.spaces[name]
	if !ok {
		s = l.newSpace(model.Object{APIVersion: "v1", Kind: "Namespace", Name: name}, nil, false)
		l.spaces[name] = s
	}
	return s
}

// newSpace makes a namespace. Of one that a repository does not give, and of a platform's, only
// the name is known, for people and distributions label namespaces. An export is all there is.
func (l *loader) newSpace(o model.Object, labels map[string]string, known bool) *space {
	all := map[string]string{}
	for k, v := range labels {
		all[k] = v
	}
	all[metadataNameLabel] = o.Name // by the API server
	s := &space{Namespace: &model.Namespace{Object: o, Labels: all, Known: known}}
	s.inherited.Known = map[string]string{namespacePrefix + nameLabel: o.Name}
	for k, v := range all {
		s.inherited.Known[namespacePrefix+k] = v
	}
	if !l.live && (!known || platformObject(&o)) {
		s.inherited.Open = []string{namespacePrefix + "*"}
	}
	return s
}

// account is a service account and what it gives to its pods.
type account struct {
	inherited selector.Labels
	automount *bool
}

func (l *loader) addAccounts() {
	for _, o := range l.objects["/ServiceAccount"] {
		var v struct {
			Metadata  objectMeta `json:"metadata"`
			Automount *bool      `json:"automountServiceAccountToken"`
		}
		if l.decode(o, &v) {
			a := l.newAccount(o.Name, v.Metadata.Labels, !platformObject(&o.Object))
			a.automount = v.Automount
			l.accounts[o.ID()] = a
		}
	}
}

// account returns the service account, which is made up if it is in no manifest.
func (l *loader) account(namespace, name string) *account {
	id := namespace + "/" + name
	a, ok := l.accounts[id]
	if !ok {
		a = l.newAccount(name, nil, false)
		l.accounts[id] = a
	}
	return a
}

func (l *loader) newAccount(name string, labels map[string]string, known bool) *account {
	a := &account{inherited: selector.Labels{Known: map[string]string{accountPrefix + nameLabel: name}}}
	for k, v := range labels {
		a.inherited.Known[accountPrefix+k] = v
	}
	if !known && !l.live {
		a.inherited.Open = []string{accountPrefix + "*"}
	}
	return a
}

// podLabels are what selectors see of a pod. Labels that claim to be inherited are dropped:
// libcalico-go/lib/backend/syncersv1/updateprocessors/workloadendpointprocessor.go, v3.31.0.
func (l *loader) podLabels(namespace, accountName string, own map[string]string, open []string) selector.Labels {
	s, a := l.space(namespace), l.account(namespace, accountName)
	known := make(map[string]string, len(own)+len(s.inherited.Known)+len(a.inherited.Known)+3)
	for k, v := range own {
		if !strings.HasPrefix(k, namespacePrefix) && !strings.HasPrefix(k, accountPrefix) {
			known[k] = v
		}
	}
	known[namespaceLabel] = namespace
	known[orchestratorLabel] = "k8s"
	known[accountLabel] = accountName
	out := selector.Labels{Known: known}
	inherit(&out, s.inherited)
	inherit(&out, a.inherited)
	out.Open = append(out.Open, open...)
	return out
}

// inherit adds what a profile gives; a thing's own labels win
// (felix/labelindex/named_port_index.go:125-138, v3.31.0).
func inherit(l *selector.Labels, from selector.Labels) {
	for k, v := range from.Known {
		if _, own := l.Known[k]; !own {
			l.Known[k] = v
		}
	}
	l.Open = append(l.Open, from.Open...)
}

// inheritProfile gives a host endpoint the labels of a profile. There are only those of namespaces
// and service accounts (libcalico-go/lib/backend/k8s/resources/profile.go:128-156, v3.31.0).
func (l *loader) inheritProfile(labels *selector.Labels, profile string) {
	if ns, ok := strings.CutPrefix(profile, "kns."); ok {
		inherit(labels, l.space(ns).inherited)
	}
	if rest, ok := strings.CutPrefix(profile, "ksa."); ok {
		ns, name, _ := strings.Cut(rest, ".")
		inherit(labels, l.account(ns, name).inherited)
	}
}
