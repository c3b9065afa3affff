package model_test

import (
	"testing"

	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/selector"
)

// What is not known is followed by what would say it, and nothing else that is not known.
func TestSettle(t *testing.T) {
	e := &model.Endpoint{Object: model.Object{Namespace: "shop", Name: "web"}, ServiceAccount: "robot",
		Labels: selector.Labels{Known: map[string]string{"app": "web"}, Open: []string{"pcns.*", "pcsa.*", "pod-template-hash"}}}
	for expr, want := range map[string]string{
		"app == 'web'":                               "",
		"pcns.team == 'a'":                           " (Namespace shop in the files would say)",
		"pcsa.role == 'a'":                           " (ServiceAccount shop/robot in the files would say)",
		"pcns.team == 'a' && pcsa.role == 'a'":       " (Namespace shop and ServiceAccount shop/robot in the files would say)",
		"pod-template-hash == 'a'":                   " (an export of the pods would say)",
		"app == 'web' && pod-template-hash == '5d9'": " (an export of the pods would say)",
	} {
		s, err := selector.Parse(expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := model.SettleSelector(s, e); got != want {
			t.Errorf("%s: got %q, want %q", expr, got, want)
		}
		r := &model.Rule{Match: model.Match{Source: model.Side{Selector: s}}}
		p := model.Packet{Src: model.Peer{Endpoint: e}}
		if got := model.SettleRule(r, p); want != "" && got != want {
			t.Errorf("rule from %s: got %q, want %q", expr, got, want)
		}
	}
	nets := &model.Rule{Match: model.Match{Source: model.Side{Nets: []model.Net{{}}}}}
	if got, want := model.SettleRule(nets, model.Packet{Src: model.Peer{Endpoint: e}}), " (podCIDRs in the settings, or an export of the pods, would say)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
