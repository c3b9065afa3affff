// Package platform holds built-in contexts: what a cluster has before anybody adds to it, as
// plain manifests, so that policies which never mention DNS can still be checked against it.
package platform

import (
	"bytes"
	"embed"
	"fmt"

	"sigs.k8s.io/yaml"
)

//go:embed manifests/*.yaml
var manifests embed.FS

// Platform is a kind of cluster.
type Platform struct {
	Name string
	// Manifests are its objects, as YAML documents.
	Manifests []byte
	// DNS names the Services that pods resolve names with: "namespace/name".
	DNS []string
}

// platforms are all there are, in the order of their names.
func platforms() []Platform {
	const usual = "kube-system/kube-dns"
	return []Platform{
		{Name: "aks", DNS: []string{usual}},
		{Name: "eks", DNS: []string{usual}},
		{Name: "gardener", DNS: []string{usual}},
		{Name: "gke", DNS: []string{usual}},
		{Name: "k3s", DNS: []string{usual}},
		{Name: "kubernetes", DNS: []string{usual}},
		{Name: "nodelocaldns", DNS: []string{usual}},
		{Name: "openshift", DNS: []string{"openshift-dns/dns-default"}},
		{Name: "rke2", DNS: []string{"kube-system/rke2-coredns-rke2-coredns"}},
	}
}

// Names lists the platforms.
func Names() []string {
	var out []string
	for _, p := range platforms() {
		out = append(out, p.Name)
	}
	return out
}

// Get returns the platform of a name.
func Get(name string) (Platform, bool) {
	for _, p := range platforms() {
		if p.Name == name {
			data, err := manifests.ReadFile("manifests/" + name + ".yaml")
			p.Manifests = data
			return p, err == nil
		}
	}
	return Platform{}, false
}

// Documents returns the manifests as JSON, one an object.
func (p Platform) Documents() ([][]byte, error) {
	var out [][]byte
	for i, doc := range bytes.Split(p.Manifests, []byte("\n---\n")) {
		data, err := yaml.YAMLToJSONStrict(doc)
		if err != nil {
			return nil, fmt.Errorf("platform %s, document %d: %w", p.Name, i, err)
		}
		if !bytes.Equal(data, []byte("null")) {
			out = append(out, data)
		}
	}
	return out, nil
}
