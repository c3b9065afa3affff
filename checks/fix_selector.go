package checks

import (
	"strings"

	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// The fixes of selectors are never safe: what the selector matches from then on is a guess at what was meant.

// setLabel gives a label of matchLabels another value.
func (w *written) setLabel(c *model.Cluster, key, value string) []diag.Fix {
	if !w.policy.Positions.Has(w.label(key)) {
		return nil
	}
	return change(c, w.policy, w.label(key), "ask for "+key+": "+value, false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.Set(value)
	})
}

// renameLabel asks for the same value of another label.
func (w *written) renameLabel(c *model.Cluster, key, to string) []diag.Fix {
	if !w.policy.Positions.Has(w.label(key)) {
		return nil
	}
	return change(c, w.policy, w.label(key), "ask for the label "+to, false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.Rename(to)
	})
}

// setSelector writes another selector of Calico at a pointer.
func (w *written) setSelector(c *model.Cluster, at, to string) []diag.Fix {
	if !w.policy.Positions.Has(at) {
		return nil
	}
	return change(c, w.policy, at, "select "+to, false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.Set(to)
	})
}

// inNamespaces puts a namespaceSelector beside the selector of a peer.
func (w *written) inNamespaces(c *model.Cluster, namespaces string) []diag.Fix {
	if w.subject() {
		return nil
	}
	return change(c, w.policy, w.side.At, "add namespaceSelector: "+namespaces, false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.InsertKey("namespaceSelector", namespaces)
	})
}

// notHosts keeps a policy off host endpoints. It is not safe: they may be meant.
func notHosts(c *model.Cluster, p *model.Policy) []diag.Fix {
	const pods = "has(projectcalico.org/name)"
	return change(c, p, "/spec", "add namespaceSelector: "+pods, false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.InsertKey("namespaceSelector", pods)
	})
}

// setPort writes another port, by number or name, where one is written. It is not safe: which port is meant
// is a guess.
func setPort(c *model.Cluster, p *model.Policy, at, port string) []diag.Fix {
	return change(c, p, at, "open port "+port, false, func(at yamldoc.Place) ([]yamldoc.Edit, bool) {
		return at.Set(port)
	})
}

// nearFix asks for the label that a workload has in the place of the one that it all but has.
func (w *written) nearFix(c *model.Cluster, near nearMiss) []diag.Fix {
	if len(near.has) != 1 {
		return nil
	}
	key, value, _ := strings.Cut(near.has[0], "=")
	if key == near.key {
		return w.setLabel(c, key, value)
	}
	return w.renameLabel(c, near.key, key)
}

// namespaceFix asks a namespace for the name that it has: under the label that every namespace has, or in its right
// spelling.
func (w *written) namespaceFix(c *model.Cluster, t selector.Term, name string) []diag.Fix {
	ns := *w
	ns.at = w.namespaceAt()
	switch {
	case isNameOfNamespace(t.Key):
		return ns.setLabel(c, t.Key, name)
	case t.Values[0] == name:
		return ns.renameLabel(c, t.Key, "kubernetes.io/metadata.name")
	}
	return nil
}

func withFixes(d *diag.Diagnostic, fixes []diag.Fix) *diag.Diagnostic {
	if d != nil {
		d.Fixes = fixes
	}
	return d
}
