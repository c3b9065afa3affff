package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/flow"
	"github.com/tierlint/tierlint/internal/model"
	"github.com/tierlint/tierlint/internal/refeval"
)

// answer is the answer to a connection, in the fields of the conformance vectors.
type answer struct {
	flow.Flow
	Egress    string `json:"egress,omitempty"` // allow, deny or unknown
	Ingress   string `json:"ingress,omitempty"`
	Verdict   string `json:"verdict,omitempty"`
	EgressBy  string `json:"egress_by,omitempty"`
	IngressBy string `json:"ingress_by,omitempty"`
	// Query is the number of the input line, from 0; a connection to a Service has one answer
	// for each ready backend.
	Query *int   `json:"query,omitempty"`
	Gap   string `json:"gap,omitempty"`   // what is not known, where a verdict is unknown
	Error string `json:"error,omitempty"` // what is wrong with the question; there is no verdict then
}

func answerOf(f flow.Flow, egress, ingress model.Decision) answer {
	a := answer{
		Flow: f, Egress: egress.Verdict.String(), Ingress: ingress.Verdict.String(),
		Verdict:  min(egress.Verdict, ingress.Verdict).String(),
		EgressBy: egress.By.String(), IngressBy: ingress.By.String(),
	}
	switch {
	case egress.Verdict == model.Unknown:
		a.Gap = egress.By.Gap
	case ingress.Verdict == model.Unknown:
		a.Gap = ingress.By.Gap
	}
	return a
}

// answerAll answers the connections of --flows, one JSON object a line. A question that makes no
// sense is answered with an error, and makes the run fail at its end.
func (x *explain) answerAll(envs []check.Environment) error {
	if len(envs) == 0 {
		return usage(errors.New("there are no manifests in these paths"))
	}
	if len(envs) > 1 {
		var names []string
		for _, e := range envs {
			names = append(names, e.Name)
		}
		return usage(fmt.Errorf("the manifests make several environments, choose one with --environment: %s", quoteAll(names)))
	}
	in := x.sys.Stdin
	if x.flows != "-" {
		path := x.flows
		if !filepath.IsAbs(path) {
			path = filepath.Join(x.sys.Dir, path)
		}
		f, err := os.Open(path)
		if err != nil {
			return usage(fmt.Errorf("--flows: %w", err))
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	out := bufio.NewWriterSize(x.sys.Stdout, 1<<16)
	wrong, err := answerLines(in, out, &envs[0])
	if err == nil {
		if err = out.Flush(); err != nil {
			err = unwritten(err)
		}
	}
	switch {
	case err != nil:
		return asFailure(err)
	case wrong > 0:
		return usage(fmt.Errorf("--flows: %d of the questions cannot be answered: \"error\" in their answers says why", wrong))
	}
	return nil
}

// answerLines answers each line of in, and counts those that make no sense.
func answerLines(in io.Reader, out io.Writer, env *check.Environment) (wrong int, err error) {
	analysis, err := env.Analysis()
	if err != nil {
		return 0, err
	}
	walk := refeval.New(env.Cluster)
	decide := func(p model.Packet) (egress, ingress model.Decision) {
		if !p.Src.IsNode() && !p.Dst.IsNode() {
			return analysis.Decide(p)
		}
		t := walk.Decide(p) // nodes are no endpoints of the analysis
		return t.Ends[model.Egress].Decision, t.Ends[model.Ingress].Decision
	}
	resolver := model.NewResolver(env.Cluster)
	write := json.NewEncoder(out)
	write.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var question flow.Flow
		var resolved []model.Resolved
		err := json.Unmarshal(line, &question)
		if err != nil {
			err = fmt.Errorf("not a JSON object: %w", err)
		} else {
			resolved, err = resolver.Resolve(question)
		}
		if err != nil {
			wrong++
			if err := write.Encode(answer{Flow: question, Query: &n, Error: err.Error()}); err != nil {
				return wrong, unwritten(err)
			}
			continue
		}
		for _, r := range resolved {
			egress, ingress := decide(r.Packet)
			a := answerOf(r.Flow, egress, ingress)
			a.Query = &n
			if err := write.Encode(a); err != nil {
				return wrong, unwritten(err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return wrong, usage(fmt.Errorf("--flows: %w", err))
	}
	return wrong, nil
}
