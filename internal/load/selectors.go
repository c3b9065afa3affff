package load

import (
	"fmt"
	"strings"

	v3 "github.com/projectcalico/api/pkg/apis/projectcalico/v3"

	"github.com/tierlint/tierlint/internal/selector"
)

// Selectors are put together as text, as Calico does, because what the text replacements of
// all() and global() do depends on it.
// Source: libcalico-go/lib/backend/syncersv1/updateprocessors/{rules,selectors}.go, v3.31.0.

// parsed is the result of parsing one text, which is done once.
type parsed struct {
	sel *selector.Selector
	err error
}

// selector parses an expression. Equal expressions give the same value.
func (l *loader) selector(expr string) (*selector.Selector, error) {
	p, ok := l.selectors[expr]
	if !ok {
		p.sel, p.err = selector.Parse(expr)
		l.selectors[expr] = p
	}
	return p.sel, p.err
}

// prefix is the expression with the prefix before every label, or "" if it cannot be parsed.
func (l *loader) prefix(expr, prefix string) string {
	key := prefix + " " + expr
	out, ok := l.prefixed[key]
	if !ok {
		if sel, err := selector.Prefixed(expr, prefix); err == nil {
			out = sel.String()
		}
		l.prefixed[key] = out
	}
	return out
}

// and adds an expression, with its labels prefixed, to a subject. One that cannot be parsed is
// left out, and so the policy selects more.
func (l *loader) and(subject, expr, prefix string) string {
	if expr == "" {
		return subject
	}
	added := l.prefix(expr, prefix)
	switch {
	case added == "":
		return subject
	case subject == "":
		return added
	}
	return fmt.Sprintf("(%s) && %s", subject, added)
}

// namespacedSubject is the effective selector of a NetworkPolicy.
func (l *loader) namespacedSubject(namespace, sel, accounts string) string {
	own := fmt.Sprintf("%s == '%s'", namespaceLabel, namespace)
	if sel != "" {
		own = fmt.Sprintf("(%s) && %s", sel, own)
	}
	return l.and(own, accounts, accountPrefix)
}

// globalSubject is the effective selector of a GlobalNetworkPolicy.
func (l *loader) globalSubject(sel, namespaces, accounts string) string {
	if namespaces != "" {
		sel = strings.ReplaceAll(l.and(sel, namespaces, namespacePrefix), "all()", "has("+namespaceLabel+")")
	}
	if accounts != "" {
		sel = strings.ReplaceAll(l.and(sel, accounts, accountPrefix), "all()", "has("+accountLabel+")")
	}
	return sel
}

// peerSelector is the effective selector of one side of a rule, without notSelector; "" is any
// address.
func (l *loader) peerSelector(er *v3.EntityRule, namespace string) string {
	var scope string
	if er.NamespaceSelector != "" {
		scope = l.prefix(er.NamespaceSelector, namespacePrefix)
		scope = strings.ReplaceAll(scope, "all()", "has("+namespaceLabel+")")
		scope = strings.ReplaceAll(scope, "global()", "!has("+namespaceLabel+")")
	} else if namespace != "" {
		scope = fmt.Sprintf("%s == '%s'", namespaceLabel, namespace)
	}
	sel := er.Selector
	if accounts := l.accountSelector(er.ServiceAccounts); accounts != "" {
		if sel != "" {
			sel = "(" + accounts + ") && (" + sel + ")"
		} else {
			sel = accounts
		}
	}
	switch {
	case scope == "" || sel == "" && er.NotSelector == "" && er.NamespaceSelector == "":
		return sel
	case sel == "":
		return scope
	}
	return fmt.Sprintf("(%s) && (%s)", scope, sel)
}

// accountSelector is what a serviceAccounts criterion selects; "" is anything.
func (l *loader) accountSelector(m *v3.ServiceAccountMatch) string {
	if m == nil {
		return ""
	}
	var labels string
	if m.Selector != "" {
		labels = l.prefix(m.Selector, accountPrefix)
	}
	if len(m.Names) == 0 {
		return labels
	}
	sel, err := l.selector(fmt.Sprintf("%s in { '%s' }", accountLabel, strings.Join(m.Names, "', '")))
	if err != nil {
		return ""
	}
	if labels == "" {
		return sel.String()
	}
	return fmt.Sprintf("(%s) && (%s)", labels, sel)
}
