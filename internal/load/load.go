// Package load turns rendered objects into the model: it decodes them, does the API server's
// defaulting and validation, and converts what they say into Calico's terms. It is the only
// package that knows the API types of Kubernetes and Calico.
package load

import (
	"cmp"
	"io"
	"net/netip"
	"slices"

	"github.com/sirupsen/logrus"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
)

// The IDs of the diagnostics that loading may give.
const (
	CheckManifest  = "invalid-manifest"
	CheckPolicy    = "invalid-policy"
	CheckSelector  = "selector-invalid"
	CheckDuplicate = "duplicate-object"
	// CheckAPI is fields of the other API, CheckEnterprise those of Calico Enterprise, CheckVersion
	// kinds that the version of Calico does not enforce.
	CheckAPI        = "wrong-api"
	CheckEnterprise = "enterprise-field"
	CheckVersion    = "version-mismatch"
)

// Options say what the manifests cannot.
type Options struct {
	// Version of Calico; zero: model.DefaultVersion.
	Version model.Version
	// Platform is the name of a built-in context whose objects are added; empty: none.
	Platform string
	// PodCIDRs are where pods get their addresses, besides what IPPools and the like say.
	PodCIDRs []netip.Prefix
}

// QuietCalico stops Calico's libraries from logging what they think of the input, which
// diagnostics say better. They log to logrus' standard logger, so this is for main, once.
func QuietCalico() { logrus.SetOutput(io.Discard) }

// Cluster makes the cluster of what the objects say. Problems of the objects are diagnostics,
// or, where the object is not under review, gaps.
func Cluster(objs []*Object, opts Options) (*model.Cluster, []diag.Diagnostic) {
	assumed := opts.Version == 0
	opts.Version = cmp.Or(opts.Version, model.DefaultVersion)
	l := newLoader(opts)
	l.c.VersionAssumed = assumed
	l.index(objs)
	l.indexPlatform()
	l.addPools()
	pods := l.decodePods()
	l.addNamespaces()
	l.addAccounts()
	l.addWorkloads(pods)
	l.addOperated()
	l.addHosts()
	l.addNodes()
	l.addFelix()
	l.addAutoHosts()
	l.addSets()
	l.addServices()
	l.addTiers()
	l.addKubernetesPolicies()
	l.addCalicoPolicies()
	l.addAdminPolicies()
	l.addForeign()
	l.addDNS()
	l.addNodeCaches()
	l.addNeeds()
	l.addGaps()
	l.finish()
	return l.c, l.diags
}

// loader holds what is known while a cluster is put together.
type loader struct {
	opts  Options
	c     *model.Cluster
	diags []diag.Diagnostic

	objects   map[string][]*Object // by group/kind, in the order given
	needy     map[string][]*Object // by group/kind: what says that connections are needed
	foreign   []*Object            // of kinds that are not understood, but look like policy
	live      bool                 // the inputs are an export: pods have addresses, nothing else exists
	spaces    map[string]*space
	accounts  map[string]*account // by namespace/name
	pods      map[*model.Endpoint]*podTemplate
	services  map[string]*model.Service // by namespace/name
	tiers     map[string]*model.Tier
	sortKeys  map[*model.Policy]string // what breaks ties of order
	selectors map[string]parsed
	// reviewsBackends is the Services whose backends no context gives, by namespace/name.
	reviewsBackends map[string]bool
	prefixed        map[string]string
	standIns        map[string]int // numbers of placeholders, in the order in which they are read
}

func newLoader(opts Options) *loader {
	return &loader{
		opts:      opts,
		c:         &model.Cluster{Version: opts.Version, Platform: opts.Platform, PodCIDRs: slices.Clone(opts.PodCIDRs)},
		objects:   map[string][]*Object{},
		needy:     map[string][]*Object{},
		spaces:    map[string]*space{},
		accounts:  map[string]*account{},
		pods:      map[*model.Endpoint]*podTemplate{},
		services:  map[string]*model.Service{},
		tiers:     map[string]*model.Tier{},
		sortKeys:  map[*model.Policy]string{},
		selectors: map[string]parsed{},
		prefixed:  map[string]string{},
		standIns:  map[string]int{},

		reviewsBackends: map[string]bool{},
	}
}

// finish puts everything into the order that the model promises.
func (l *loader) finish() {
	c := l.c
	for _, s := range l.spaces {
		c.Namespaces = append(c.Namespaces, s.Namespace)
	}
	slices.SortFunc(c.Namespaces, func(a, b *model.Namespace) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(c.Endpoints, func(a, b *model.Endpoint) int { return compareObjects(&a.Object, &b.Object) })
	slices.SortFunc(c.Services, func(a, b *model.Service) int { return compareObjects(&a.Object, &b.Object) })
	slices.SortFunc(c.Sets, func(a, b *model.NetworkSet) int { return compareObjects(&a.Object, &b.Object) })
	slices.SortFunc(c.Staged, func(a, b *model.Policy) int { return compareObjects(&a.Object, &b.Object) })
	l.sortTiers()
	diag.Sort(l.diags)
}

func compareObjects(a, b *model.Object) int {
	return cmp.Or(cmp.Compare(a.ID(), b.ID()), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.APIVersion, b.APIVersion))
}
