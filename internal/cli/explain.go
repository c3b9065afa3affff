package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/pipeline"
	"github.com/tierlint/tierlint/internal/refeval"
	"github.com/tierlint/tierlint/internal/report"
)

// explain is what the flags of `tierlint explain` say.
type explain struct {
	sys                *System
	in                 inputs
	manifests          []string
	environment        string
	flows              string
	format, color      string
	flow               flow.Flow
	icmpType, icmpCode int
}

func newExplain(sys *System) *cobra.Command {
	x := &explain{sys: sys}
	cmd := &cobra.Command{
		Use:   "explain FROM TO",
		Short: "Say why a connection is allowed or blocked",
		Long: `Explain walks one connection through the policies of both ends: tier by tier,
policy by policy, rule by rule, with file and line.

FROM and TO are namespace/name of a pod or workload (namespace/kind/name where
that is ambiguous), an address, or a node; TO may be a Service, svc:namespace/name.

A node is "node", the one that the pod at the other end is on, from where the
kubelet probes it; "other-node", any but that; or node:NAME, if the manifests
name it: in a Node, a HostEndpoint, or as the nodeName of a pod. A pod always
accepts what comes from its own node; for another node, policies decide.

With --flows it answers many connections, JSON objects on lines of a file with
the fields src, dst, proto, port (also via, src_port, icmp_type, icmp_code).`,
		Example: `  tierlint explain shop/web shop/db --port 5432
  tierlint explain shop/web svc:kube-system/kube-dns --protocol udp --port 53 --manifests clusters/prod
  tierlint explain node shop/web --port 8080
  tierlint explain --flows flows.jsonl --manifests . --format json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("icmp-type") {
				x.flow.ICMPType = &x.icmpType
			}
			if cmd.Flags().Changed("icmp-code") {
				x.flow.ICMPCode = &x.icmpCode
			}
			return x.run(cmd.Context(), args)
		},
	}
	x.in.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&x.manifests, "manifests", nil, "the `PATH`s of the manifests (default the folder you are in)")
	f.StringVar(&x.environment, "environment", "", "the `NAME` of the environment, where the manifests make several")
	f.StringVar(&x.flows, "flows", "", "answer the connections in this `FILE`, - for standard input")
	f.StringVar(&x.flow.Proto, "protocol", "", "the `PROTOCOL`: tcp (default), udp, sctp, icmp, icmpv6, udplite or a number")
	f.Var(number{&x.flow.Port}, "port", "the destination's port; of a Service, the Service's")
	f.Var(number{&x.flow.SrcPort}, "source-port", fmt.Sprintf("the source's port (default %d)", flow.DefaultSourcePort))
	f.Var(number{&x.icmpType}, "icmp-type", "the type of an ICMP message (default echo request)")
	f.Var(number{&x.icmpCode}, "icmp-code", "its code")
	f.Var(newChoice(&x.format, "text", "json"), "format", "how the answer is written")
	f.Var(newChoice(&x.color, "auto", "always", "never"), "color", "whether text has colours")
	return cmd
}

func (x *explain) run(ctx context.Context, args []string) error {
	ends := 2
	if x.flows != "" {
		ends = 0
	}
	// What follows --manifests and its first path is paths, too.
	if len(args) < ends || len(args) > ends && len(x.manifests) == 0 {
		return usage(errors.New("explain takes FROM and TO, or --flows FILE; the manifests are named by --manifests"))
	}
	if x.flows == "" {
		x.flow.Src, x.flow.Dst = args[0], args[1]
		if err := x.fits(); err != nil {
			return usage(err)
		}
	}
	paths := append(slices.Clone(x.manifests), args[ends:]...)
	opts, _, err := x.in.options(x.sys, paths)
	if err != nil {
		return err
	}
	if x.flows == "-" && slices.Contains(paths, "-") {
		return usage(errors.New("only one of --flows and --manifests can be standard input"))
	}
	say, end := progress(x.sys)
	opts.Progress = say
	loaded, err := pipeline.Load(ctx, opts)
	end()
	if err != nil {
		return fromPipeline(err)
	}
	defer func() { _ = loaded.Close() }() // nothing was written
	if err := warn(x.sys, loaded); err != nil {
		return unwritten(err)
	}
	envs, err := environmentsNamed(loaded, x.environment)
	if err != nil {
		return err
	}
	if x.flows != "" {
		return x.answerAll(envs)
	}
	return x.answerOne(envs)
}

// fits says which flag is missing or means nothing for the protocol. What it does not know is an
// error elsewhere.
func (x *explain) fits() error {
	p, err := flow.ParseProto(x.flow.Proto)
	icmp := p == flow.ICMP || p == flow.ICMPv6
	switch {
	case err != nil:
		return nil
	case p.HasPorts() && x.flow.Port == 0:
		return fmt.Errorf("--port is missing: a %s connection goes to a port", p)
	case icmp && (x.flow.Port != 0 || x.flow.SrcPort != 0):
		return fmt.Errorf("%s has no ports: say --icmp-type and --icmp-code, if any", p)
	case !icmp && (x.flow.ICMPType != nil || x.flow.ICMPCode != nil):
		return fmt.Errorf("--icmp-type and --icmp-code are not for %s: say --protocol icmp", p)
	}
	return nil
}

// warn says what was not understood, because an answer may rest on it.
func warn(sys *System, l *pipeline.Loaded) error {
	var bad []string
	for i := range l.Findings {
		bad = append(bad, report.Printable(fmt.Sprintf("%s: %s", l.Findings[i].At, l.Findings[i].Message)))
	}
	const most = 5
	if len(bad) > most {
		bad = append(bad[:most], fmt.Sprintf("and %d more; `tierlint check` says all", len(bad)-most))
	}
	for _, line := range bad {
		if err := complain(sys.Stderr, line); err != nil {
			return err
		}
	}
	if l.Summary.Policies == 0 {
		return complain(sys.Stderr, l.Summary.Nothing())
	}
	return nil
}

// environmentsNamed are those to answer for: the one asked for, or all.
func environmentsNamed(l *pipeline.Loaded, name string) ([]check.Environment, error) {
	if name == "" {
		return l.Environments, nil
	}
	var names []string
	for _, e := range l.Environments {
		if e.Name == name {
			return []check.Environment{e}, nil
		}
		names = append(names, e.Name)
	}
	return nil, usage(fmt.Errorf("--environment %q: the manifests make %s", name, quoteAll(names)))
}

func quoteAll(names []string) string {
	if len(names) == 0 || len(names) == 1 && names[0] == "" {
		return "one environment, which has no name"
	}
	return strings.Join(names, ", ")
}

// explained is the answer to one connection.
type explained struct {
	environment string
	flow        flow.Flow
	trace       refeval.Trace
}

// answerOne explains one connection in every environment that has both ends.
func (x *explain) answerOne(envs []check.Environment) error {
	var answers []explained
	var first error
	for _, e := range envs {
		resolved, err := model.NewResolver(e.Cluster).Resolve(x.flow)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		ev := refeval.New(e.Cluster)
		for _, r := range resolved {
			answers = append(answers, explained{e.Name, r.Flow, ev.Decide(r.Packet)})
		}
	}
	switch {
	case len(answers) > 0:
	case first != nil:
		return usage(first)
	default:
		return usage(errors.New("there are no manifests in these paths"))
	}
	var err error
	if x.format == "json" {
		err = writeExplainedJSON(x.sys.Stdout, answers)
	} else {
		err = writeExplainedText(x.sys.Stdout, answers, look(x.sys, x.color, x.sys.Stdout))
	}
	if err != nil {
		return unwritten(err)
	}
	return nil
}
