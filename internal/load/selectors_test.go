package load_test

import (
	"fmt"
	"testing"
)

// The wanted texts are what Calico's updateprocessors give for the same policies, in the parser's
// canonical form.

func TestSubject(t *testing.T) {
	for _, test := range []struct {
		name, kind, spec, want string
	}{
		{"a whole namespace", "NetworkPolicy", "{}", `projectcalico.org/namespace == "shop"`},
		{"selector", "NetworkPolicy", "{selector: app == 'a' || app == 'b'}",
			`((app == "a" || app == "b") && projectcalico.org/namespace == "shop")`},
		{"service accounts", "NetworkPolicy", "{selector: all(), serviceAccountSelector: role == 'x'}",
			`((all() && projectcalico.org/namespace == "shop") && pcsa.role == "x")`},
		{"everything, hosts too", "GlobalNetworkPolicy", "{}", `all()`},
		{"all() with a namespaceSelector is workloads", "GlobalNetworkPolicy", "{selector: all(), namespaceSelector: team == 'a'}",
			`(has(projectcalico.org/namespace) && pcns.team == "a")`},
		{"a negative namespaceSelector is not narrowed", "GlobalNetworkPolicy", "{namespaceSelector: projectcalico.org/name != 'x'}",
			`pcns.projectcalico.org/name != "x"`},
		{"all() with a serviceAccountSelector", "GlobalNetworkPolicy", "{serviceAccountSelector: all()}",
			`has(projectcalico.org/serviceaccount)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			namespace := ""
			if test.kind == "NetworkPolicy" {
				namespace = ", namespace: shop"
			}
			manifest := fmt.Sprintf("apiVersion: projectcalico.org/v3\nkind: %s\nmetadata: {name: p%s}\nspec: %s\n", test.kind, namespace, test.spec)
			if got := only(t, objects(t, manifest)).Selector.String(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestPeer(t *testing.T) {
	const own = `projectcalico.org/namespace == "shop"`
	for _, test := range []struct {
		name, peer string
		namespaced string // effective selector in a NetworkPolicy of namespace shop
		global     string // and in a GlobalNetworkPolicy
		notInAny   string // effective notSelector where there is no positive selector
	}{
		{"empty is anything", "{}", "", "", ""},
		{"so are empty criteria", "{selector: '', serviceAccounts: {}, nets: []}", "", "", ""},
		{"own namespace, or none", "{selector: app == 'a'}", `(` + own + ` && app == "a")`, `app == "a"`, ""},
		{"namespaces", "{namespaceSelector: team == 'a'}", `pcns.team == "a"`, `pcns.team == "a"`, ""},
		{"all namespaces", "{namespaceSelector: all()}", `has(projectcalico.org/namespace)`, `has(projectcalico.org/namespace)`, ""},
		{"global()", "{namespaceSelector: global(), selector: app == 'a'}",
			`(!has(projectcalico.org/namespace) && app == "a")`, `(!has(projectcalico.org/namespace) && app == "a")`, ""},
		{"service accounts", "{serviceAccounts: {names: [x, q], selector: role == 'z'}}",
			`(` + own + ` && (pcsa.role == "z" && projectcalico.org/serviceaccount in {"q", "x"}))`,
			`(pcsa.role == "z" && projectcalico.org/serviceaccount in {"q", "x"})`, ""},
		{"notSelector is confined to the namespace", "{notSelector: app == 'a'}", `(` + own + ` && !app == "a")`, "", `app == "a"`},
		{"notSelector narrows selector", "{selector: has(app), notSelector: app == 'a'}",
			`((` + own + ` && has(app)) && !app == "a")`, `(has(app) && !app == "a")`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for kind, want := range map[string]string{"NetworkPolicy": test.namespaced, "GlobalNetworkPolicy": test.global} {
				namespace, not := "", test.notInAny
				if kind == "NetworkPolicy" {
					namespace, not = ", namespace: shop", ""
				}
				p := only(t, objects(t, fmt.Sprintf(
					"apiVersion: projectcalico.org/v3\nkind: %s\nmetadata: {name: p%s}\nspec: {ingress: [{action: Allow, source: %s}]}\n",
					kind, namespace, test.peer)))
				side := p.Rules[0][0].Match.Source
				if got := fmt.Sprint(side.Selector); side.Selector == nil && want != "" || side.Selector != nil && got != want {
					t.Errorf("%s: got %s, want %s", kind, got, want)
				}
				if got := fmt.Sprint(side.NotSelector); side.NotSelector == nil && not != "" || side.NotSelector != nil && got != not {
					t.Errorf("%s: notSelector %s, want %s", kind, got, not)
				}
			}
		})
	}
}
