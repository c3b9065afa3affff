package load

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// addGaps says what is not known of what policies ask for: labels of namespaces and of service
// accounts that are in no manifest.
func (l *loader) addGaps() {
	if l.live {
		return
	}
	spaces, accounts := map[string]bool{}, map[string]bool{}
	for _, e := range l.c.Endpoints {
		if e.Type != model.Workload || platformObject(&e.Object) {
			continue
		}
		if !l.space(e.Namespace).Known {
			spaces[e.Namespace] = true
		}
		if len(l.account(e.Namespace, e.ServiceAccount).inherited.Open) > 0 {
			accounts[e.Namespace+"/"+e.ServiceAccount] = true
		}
	}
	if len(spaces) > 0 && l.asks(namespacePrefix) {
		l.c.Gaps = append(l.c.Gaps, model.Gap{
			Message: fmt.Sprintf("policies select by labels of namespaces, but no manifest has %s: only their names are known, and what rests on other labels is left undecided", list("Namespace", spaces)),
			Settle:  "add the Namespace objects to the files, or an export of them (kubectl get namespaces -o yaml) to the context",
		})
	}
	if len(accounts) > 0 && l.asks(accountPrefix) {
		l.c.Gaps = append(l.c.Gaps, model.Gap{
			Message: fmt.Sprintf("policies select by labels of service accounts, but no manifest has %s: only their names are known, and what rests on other labels is left undecided", list("ServiceAccount", accounts)),
			Settle:  "add the ServiceAccount objects to the files, or an export of them to the context",
		})
	}
}

// asks says whether a selector looks at inherited labels that are not names.
func (l *loader) asks(prefix string) bool {
	key := regexp.MustCompile(regexp.QuoteMeta(prefix) + `[A-Za-z0-9_./-]+`)
	for expr := range l.selectors {
		for _, k := range key.FindAllString(expr, -1) {
			if k != prefix+nameLabel && k != prefix+metadataNameLabel {
				return true
			}
		}
	}
	return false
}

// list names a few of the things.
func list(kind string, set map[string]bool) string {
	names := sortedKeys(set)
	if len(names) > 5 {
		return fmt.Sprintf("%s %s and %d more", kind, strings.Join(names[:5], ", "), len(names)-5)
	}
	return kind + " " + strings.Join(names, ", ")
}
