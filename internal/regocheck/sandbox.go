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
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return b.IsNondeterministic() || endless(b) })
	c.Builtins = append(c.Builtins, declared()...)
	c.AllowNet = []string{} // no remote schema references; nil would mean any host
	return c
}

// endless says whether one call of a function may take any time or memory, whatever the size of what it is
// given: no limit can be kept, because nothing stops a call that has begun.
func endless(b *ast.Builtin) bool {
	switch b {
	case ast.BitsShiftLeft: // a number of as many bits as a number says
		return true
	case ast.RenderTemplate: // a program in another language
		return true
	}
	return false
}
