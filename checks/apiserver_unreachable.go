package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/eval"
	"github.com/tierlint/tierlint/internal/model"
)

// APIServerUnreachable finds workloads that need the API server and that policy keeps from it.
var APIServerUnreachable = &check.Check{
	ID:       "apiserver-unreachable",
	Title:    "Workloads cannot reach the API server, which is no pod and listens on its own port",
	Doc:      apiserverUnreachableDoc,
	Since:    "0.1",
	Severity: diag.Error,

	SwallowedBy: []string{"policy-types"},
	FollowsFrom: []string{"service-address"},
	Run:         reportAPIServer,
}

func reportAPIServer(p *check.Pass) error {
	v, err := inventoryOf(p)
	if err != nil {
		return err
	}
	a, c := v.analysis, p.Cluster
	var all, onlyManaged []*broken
	meant := meantForAPI(c, a, v)
	needs := slices.DeleteFunc(apiNeeds(c), func(n *model.Need) bool {
		return n.Usual && slices.ContainsFunc(meant, func(m *model.Need) bool { return m.From[0].Endpoint == n.From[0].Endpoint })
	})
	for _, n := range slices.Concat(needs, meant) {
		x := breakNeed(c, a, n)
		switch {
		case x == nil || x.direction != model.Egress:
		case apiServerAssumed(c) && onPort(a, x.packet, otherPorts(c)...) != model.Denied:
			if !n.Guessed && onPort(a, x.packet, 443) == model.Allowed {
				onlyManaged = append(onlyManaged, x)
			}
		default:
			all = append(all, x)
		}
	}
	for _, b := range breaksOf(a, all) {
		message := fmt.Sprintf("the API server is out of reach for %s: %s", check.Endpoints(b.clients()), b.whyOf(b.client(), "it")) + b.because()
		help := b.apiHelp()
		if b.onlyPods(a) {
			message, help = b.leadsToPods(help)
		}
		if err := b.report(p, apiSeverity(c, a, b), message, help, b.apiFix(p)...); err != nil {
			return err
		}
	}
	for _, b := range breaksOf(a, onlyManaged) {
		message := fmt.Sprintf("the API server is in reach for %s only if it listens on 443 behind its Service, as in managed control planes; elsewhere it listens on %d, which is what policy sees",
			check.Endpoints(b.clients()), b.all[0].packet.DstPort)
		help := b.apiHelp() + "\n(an export of EndpointSlice default/kubernetes among the inputs says which port it is)"
		if err := b.report(p, diag.Note, message, help); err != nil {
			return err
		}
	}
	return nil
}

func apiNeeds(c *model.Cluster) []*model.Need {
	var out []*model.Need
	for _, n := range c.Needs {
		if n.Kind == model.APIAccess {
			out = append(out, n)
		}
	}
	return out
}

// otherAPIPorts is where API servers listen that do not listen on 6443: those of clouds, minikube,
// MicroK8s and IBM Cloud, and those that are reached through a port of their host cluster's nodes.
var otherAPIPorts = [...]uint16{443, 8443, 16443, 2040, 30000}

// otherPorts is those of them that the API servers of the cluster may listen on: 443, which those who manage control
// planes use, only if it may be a platform on which they do not run on nodes of the cluster.
func otherPorts(c *model.Cluster) []uint16 {
	switch c.Platform {
	case "openshift", "k3s", "rke2":
		if !c.PlatformGuessed {
			return otherAPIPorts[1:]
		}
	case "kubernetes", "nodelocaldns":
		if c.PlatformSaid {
			return otherAPIPorts[1:]
		}
	}
	return otherAPIPorts[:]
}

// apiServerAssumed says whether only the platform says where the API server is and listens.
func apiServerAssumed(c *model.Cluster) bool {
	return slices.ContainsFunc(c.APIServers, func(b model.Backend) bool {
		return b.Peer.Endpoint != nil && b.Peer.Endpoint.Assumed()
	})
}

// onPort is the best that becomes of a packet, as it leaves, on other ports.
func onPort(a *eval.Analysis, p model.Packet, ports ...uint16) model.Verdict {
	best := model.Denied
	for _, p.DstPort = range ports {
		best = max(best, decision(a, p, model.Egress).Verdict)
	}
	return best
}

func (b *breaks) clients() []*model.Endpoint {
	var out []*model.Endpoint
	for _, x := range b.all {
		out = append(out, x.packet.Src.Endpoint)
	}
	return out
}

// client is the first of the clients, which is "it" where there are no others.
func (b *breaks) client() string {
	first := b.all[0].packet.Src
	if slices.ContainsFunc(b.clients(), func(e *model.Endpoint) bool { return e != first.Endpoint }) {
		return check.Name(first)
	}
	return "it"
}

// because says why one of the workloads needs it.
func (b *breaks) because() string {
	return fmt.Sprintf("; %s needs the API server, because %s", check.Name(b.all[0].packet.Src), b.all[0].need.What)
}

// labelledForIt says whether a workload has a label by which a policy is to let it reach the API
// server. If the inputs lack that policy, another place has it.
func labelledForIt(e *model.Endpoint) bool {
	for k := range e.Own {
		if strings.Contains(k, "api-server") || strings.Contains(k, "apiserver") {
			return true
		}
	}
	return false
}

// apiSeverity: it is certain of workloads in the files that have rights, in namespaces that are
// there too, unless nothing at all is let out, which others may amend, or 443 is, and only the platform says that this
// is not the port. It is a note where other places have to have what would show the need, or the policy that meets it.
func apiSeverity(c *model.Cluster, a *eval.Analysis, b *breaks) diag.Severity {
	certain := func(x *broken) bool {
		e := x.packet.Src.Endpoint
		return !x.need.Guessed && !e.Phantom && !e.Assumed() && !x.closed && !labelledForIt(e) && writtenNamespace(c, e.Namespace) &&
			(!apiServerAssumed(c) || onPort(a, x.packet, 443) != model.Allowed)
	}
	if slices.ContainsFunc(b.all, certain) {
		return diag.Error
	}
	if !slices.ContainsFunc(b.all, func(x *broken) bool { return !x.need.Usual && !labelledForIt(x.packet.Src.Endpoint) }) {
		return diag.Note
	}
	return diag.Warning
}

// apiHelp is the rule to write.
func (b *breaks) apiHelp() string { return b.write(b.apiPeer()) }

// apiPeer is the API server as a peer: by its Service where policies can name that, else by its address, for which
// an example stands where no file has it.
func (b *breaks) apiPeer() (kubernetes, calico string) {
	kubernetes = "ipBlock: {cidr: 192.0.2.0/24}  # with the addresses of the control plane's nodes"
	if peer := b.all[0].packet.Dst.Addr; peer.IsValid() {
		kubernetes = fmt.Sprintf("ipBlock: {cidr: %s/%d}", peer, peer.BitLen())
	}
	return kubernetes, "services: {name: kubernetes, namespace: default}"
}

// apiFix adds the rule, where it is no example.
func (b *breaks) apiFix(p *check.Pass) []diag.Fix {
	if b.policy.API == model.KubernetesNetworkPolicy && !b.all[0].packet.Dst.Addr.IsValid() {
		return nil
	}
	return b.ruleFix(p, b.ruleToWrite(b.apiPeer()))
}
