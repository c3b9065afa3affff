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

// MetricsUnreachable finds what Prometheus is told to scrape and cannot.
var MetricsUnreachable = &check.Check{
	ID:       "metrics-unreachable",
	Title:    "Prometheus cannot scrape what a monitor or an annotation tells it to",
	Doc:      metricsUnreachableDoc,
	Since:    "0.1",
	Severity: diag.Warning,

	SwallowedBy: []string{"policy-types"},
	Run: func(p *check.Pass) error {
		err := reportNeeds(p, model.MetricsScrape, func(b *breaks) (diag.Severity, string) {
			x, severity := b.all[0], diag.Warning
			if !slices.ContainsFunc(b.all, func(x *broken) bool { return !x.need.Guessed }) {
				severity = diag.Note // whether Prometheus goes by the annotation is its settings' matter
			}
			return severity, fmt.Sprintf("%s cannot scrape %s for %s: %s",
				check.Name(x.packet.Src), check.Name(x.packet.Dst), b.whats(), b.why(check.Name(x.packet.Src)))
		})
		if err != nil {
			return err
		}
		return reportScrapedByNobody(p)
	},
}

// reportScrapedByNobody reports monitors where the inputs do not have Prometheus, but policy opens other ports of the
// pods, and this one to nobody, wherever Prometheus is. Where it opens none, the rest may be elsewhere.
func reportScrapedByNobody(p *check.Pass) error {
	a, err := p.Eval()
	if err != nil {
		return err
	}
	var all []*broken
	for _, n := range p.Cluster.Needs {
		if n.Kind != model.MetricsScrape || len(n.From) > 0 || slices.ContainsFunc(n.To, func(b model.Backend) bool { return !onlyOthersOpen(a, b) }) {
			continue
		}
		anywhere := *n
		anywhere.From = outsiders
		if x := breakNeed(p.Cluster, a, &anywhere); x != nil && x.direction == model.Ingress && x.decided.By.Kind == model.ByEndOfTier {
			all = append(all, x)
		}
	}
	for _, b := range breaksOf(a, all) {
		verb := "tells"
		if strings.Contains(b.whats(), " and ") {
			verb = "tell"
		}
		message := fmt.Sprintf("Prometheus cannot scrape %s as %s %s it to: %s", check.Name(b.all[0].packet.Dst), b.whats(), verb, b.why("anybody"))
		help := b.write("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}  # that of Prometheus",
			"namespaceSelector: kubernetes.io/metadata.name == 'monitoring'")
		b.settle = "Prometheus, and the policies that are for it, in the files or the context"
		if err := b.report(p, diag.Warning, message, help); err != nil {
			return err
		}
	}
	return nil
}

// onlyOthersOpen says whether policy lets somebody in to a workload, but nobody to this port.
func onlyOthersOpen(a *eval.Analysis, b model.Backend) bool {
	e := b.Peer.Endpoint
	if e == nil || e.Type != model.Workload || e.Phantom {
		return false
	}
	chain := a.Chain(e, model.Ingress)
	return chain != nil && !chain.Allowed.IsEmpty() && letIn(a, &b).IsEmpty()
}
