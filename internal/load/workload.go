package load

import (
	"slices"
	"strings"
)

// workload is what loading reads of anything that has a pod template.
type workload struct {
	Metadata objectMeta `json:"metadata"`
	Spec     struct {
		ManualSelector bool         `json:"manualSelector"`
		Replicas       *int32       `json:"replicas"`
		Template       *podTemplate `json:"template"`
		JobTemplate    struct {
			Spec struct {
				Template *podTemplate `json:"template"`
			} `json:"spec"`
		} `json:"jobTemplate"`
	} `json:"spec"`
	object *Object
	open   []string
}

// workloadKinds are the kinds with a pod template, and the labels that their controllers add to
// pods with values that manifests do not tell.
var workloadKinds = map[string][]string{
	"/ReplicationController":             nil,
	"apps/Deployment":                    {"pod-template-hash"},
	"apps/ReplicaSet":                    nil,
	"apps/StatefulSet":                   {"controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"},
	"apps/DaemonSet":                     {"controller-revision-hash", "pod-template-generation"},
	"batch/Job":                          jobLabels,
	"batch/CronJob":                      jobLabels,
	"argoproj.io/Rollout":                {"rollouts-pod-template-hash"},
	"apps.openshift.io/DeploymentConfig": {"deployment", "deploymentconfig"},
	"apps.kruise.io/CloneSet":            {"pod-template-hash", "controller-revision-hash", "apps.kruise.io/*"},
	"apps.kruise.io/StatefulSet":         {"controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kruise.io/*"},
	"apps.kruise.io/DaemonSet":           {"controller-revision-hash", "pod-template-generation", "apps.kruise.io/*"},
}

// MakesPods says whether a kind has pods, in any group: those that are read, and the virtual machines of KubeVirt.
func MakesPods(kind string) bool {
	if kind == "Pod" || kind == "VirtualMachine" {
		return true
	}
	for key := range workloadKinds {
		if strings.HasSuffix(key, "/"+kind) {
			return true
		}
	}
	return false
}

var jobLabels = []string{"controller-uid", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-completion-index"}

// addWorkloads makes endpoints of Pods, and of the workloads whose Pods are not in the inputs.
func (l *loader) addWorkloads(pods []*pod) {
	workloads := l.decodeWorkloads()
	owned := map[string]bool{} // "namespace/name" of workloads, and "Kind namespace/name"
	replaced := replacedOwners(workloads)
	for _, p := range pods {
		if p.finished() {
			continue // its address may be another's by now
		}
		if p.object.Context != "" && slices.ContainsFunc(owners(p), func(o string) bool { return replaced[o] }) {
			continue // it is of the cluster now, and goes when what is under review comes
		}
		e := l.addEndpoint(p.object, "", &p.podTemplate, nil)
		e.Addrs = p.addrs()
		for _, o := range owners(p) {
			owned[o] = true
		}
	}
	present := map[string]bool{}
	for _, w := range workloads {
		present[w.id()] = true
	}
	// An owner of something owned has pods too: a CronJob of a Job, a Deployment of a ReplicaSet.
	for range 2 {
		for _, w := range workloads {
			if o := controller(w.Metadata); o != nil && w.isOwned(owned) {
				owned[o.Kind+" "+w.object.Namespace+"/"+o.Name] = true
			}
		}
	}
	for _, w := range workloads {
		o := controller(w.Metadata)
		child := o != nil && present[o.Kind+" "+w.object.Namespace+"/"+o.Name]
		if child || w.isOwned(owned) {
			continue
		}
		l.addTemplate(w)
	}
}

// replacedOwners are the workloads under review, as owners names them: pods of theirs in a context
// are those that they had before.
func replacedOwners(workloads []*workload) map[string]bool {
	out := map[string]bool{}
	for _, w := range workloads {
		if w.object.Context == "" {
			out[w.id()], out[w.object.ID()] = true, true
		}
	}
	return out
}

func (w *workload) id() string { return w.object.Kind + " " + w.object.ID() }

func (w *workload) isOwned(owned map[string]bool) bool {
	return owned[w.id()] || owned[w.object.ID()]
}

func (l *loader) decodeWorkloads() []*workload {
	var out []*workload
	for key, open := range workloadKinds {
		for _, o := range l.objects[key] {
			w := &workload{object: o, open: open}
			if l.decode(o, w) {
				out = append(out, w)
			}
		}
	}
	slices.SortFunc(out, func(a, b *workload) int { return compareObjects(&a.object.Object, &b.object.Object) })
	return out
}

func (l *loader) addTemplate(w *workload) {
	at, t := "/spec/template", w.Spec.Template
	if w.object.Kind == "CronJob" {
		at, t = "/spec/jobTemplate/spec/template", w.Spec.JobTemplate.Spec.Template
	}
	if t == nil {
		l.report(&w.object.Object, problem{check: CheckManifest, at: "/spec",
			message: w.object.Kind + " has no pod template: the API server rejects it"})
		return
	}
	e := l.addEndpoint(w.object, at, t, w.open)
	e.Outer = w.Metadata.Labels
	if job := w.job(); job != "" {
		// k8s.io/kubernetes/pkg/registry/batch/job/strategy.go, generateSelector, v1.33
		for _, k := range []string{"job-name", "batch.kubernetes.io/job-name"} {
			e.Labels.Known[k] = job
		}
	}
}

// job is the name of the Job that labels the pods, or "". Those of a CronJob are called after it and the
// minute (k8s.io/kubernetes/pkg/controller/cronjob/utils.go, getJobName, v1.33), here one that has passed.
func (w *workload) job() string {
	switch {
	case w.object.Kind == "CronJob":
		return w.object.Name + "-0"
	case w.object.Kind == "Job" && !w.Spec.ManualSelector:
		return w.object.Name
	}
	return ""
}

// controller is the owner that manages the object, or nil.
func controller(m objectMeta) *ownerReference {
	for i, o := range m.OwnerReferences {
		if o.Controller || len(m.OwnerReferences) == 1 {
			return &m.OwnerReferences[i]
		}
	}
	return nil
}

// owners names the workloads that a Pod is of: as "Kind namespace/name" where the Pod says so,
// else "namespace/name" after the pattern of the names that controllers give.
func owners(p *pod) []string {
	namespace := p.object.Namespace
	kind, name := "", strings.TrimSuffix(p.Metadata.GenerateName, "-")
	if o := controller(p.Metadata); o != nil {
		kind, name = o.Kind+" ", o.Name
	}
	if name == "" {
		return nil
	}
	out := []string{kind + namespace + "/" + name}
	hash := p.Metadata.Labels["pod-template-hash"]
	if deployment, ok := strings.CutSuffix(name, "-"+hash); ok && hash != "" {
		owner := "Deployment " + namespace + "/" + deployment
		if kind == "" {
			owner = namespace + "/" + deployment
		}
		out = append(out, owner)
	}
	return out
}
