package checks

import (
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
)

// DuplicateObject is two manifests for one object.
var DuplicateObject = &check.Check{
	ID: "duplicate-object", Title: "Two manifests define the same object",
	Doc: duplicateObjectDoc, Since: "0.1", Severity: diag.Error,
}

// EnterpriseField is a field that only Calico Enterprise has.
var EnterpriseField = &check.Check{
	ID: "enterprise-field", Title: "Only Calico Enterprise has the field",
	Doc: enterpriseFieldDoc, Since: "0.1", Severity: diag.Error,
}

// InvalidChart is what Helm refuses to render.
var InvalidChart = &check.Check{
	ID: "invalid-chart", Title: "The Helm chart cannot be rendered",
	Doc: invalidChartDoc, Since: "0.1", Severity: diag.Error,
}

// InvalidKustomization is what kustomize refuses to build.
var InvalidKustomization = &check.Check{
	ID: "invalid-kustomization", Title: "The kustomization cannot be built",
	Doc: invalidKustomizationDoc, Since: "0.1", Severity: diag.Error,
}

// InvalidManifest is a file or an object that the API server would not accept.
var InvalidManifest = &check.Check{
	ID: "invalid-manifest", Title: "The manifest cannot be read, or the API server rejects it",
	Doc: invalidManifestDoc, Since: "0.1", Severity: diag.Error,
}

// InvalidPolicy is a policy that Calico rejects, or reads in another way than it is written.
var InvalidPolicy = &check.Check{
	ID: "invalid-policy", Title: "The policy is rejected, or does not mean what it says",
	Doc: invalidPolicyDoc, Since: "0.1", Severity: diag.Error,
	SwallowedBy: []string{"invalid-manifest", "wrong-api"},
}

// NotRendered is a manifest beside those that a kustomization lists.
var NotRendered = &check.Check{
	ID: "not-rendered", Title: "A manifest lies beside those that the kustomization lists, but is not listed itself",
	Doc: notRenderedDoc, Since: "0.1", Severity: diag.Warning,
}

// RegoInvalid is a rule of the repository's own that does not work.
var RegoInvalid = &check.Check{
	ID: "rego-invalid", Title: "A rule written in Rego is broken, so it checks nothing",
	Doc: regoInvalidDoc, Since: "0.1", Severity: diag.Error,
}

// RemoteResource is something that kustomize or Helm would fetch from elsewhere.
var RemoteResource = &check.Check{
	ID: "remote-resource", Title: "A remote resource is not fetched, so what it contains is not checked",
	Doc: remoteResourceDoc, Since: "0.1", Severity: diag.Warning,
}

// SelectorInvalid is a selector that Calico's parser does not accept.
var SelectorInvalid = &check.Check{
	ID: "selector-invalid", Title: "Calico does not accept the selector",
	Doc: selectorInvalidDoc, Since: "0.1", Severity: diag.Error,
}

// TemplateNotRendered is a file that becomes YAML only once something fills it in, or a template of
// a chart that needs other values.
var TemplateNotRendered = &check.Check{
	ID: "template-not-rendered", Title: "A template is not rendered, so it is not checked",
	Doc: templateNotRenderedDoc, Since: "0.1", Severity: diag.Warning,
}

// WrongAPI is fields of Kubernetes' NetworkPolicy in one of Calico's, or the reverse.
var WrongAPI = &check.Check{
	ID: "wrong-api", Title: "The policy has fields of the other of the two APIs with a NetworkPolicy",
	Doc: wrongAPIDoc, Since: "0.1", Severity: diag.Error,
}
