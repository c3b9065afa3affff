package regocheck

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// capabilities is what rules may use: all of Rego but what reaches the network, reads the
// environment or the clock, or answers differently from one call to the next. OPA marks such
// functions itself, so new ones are left out as well. A rule that calls one does not compile.
// Added are the functions about the cluster.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, (*ast.Builtin).IsNondeterministic)
	c.Builtins = append(c.Builtins, declared()...)
	c.AllowNet = []string{} // no remote schema references; nil would mean any host
	return c
}
