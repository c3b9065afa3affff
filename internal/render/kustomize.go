package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/tierlint/tierlint/internal/discover"
	"github.com/tierlint/tierlint/internal/source"
	"github.com/tierlint/tierlint/internal/yamldoc"
)

// QuietKustomize stops kustomize from writing its warnings to the standard error stream and to the
// standard logger, which diagnostics say better. It has no other way to say where they go, so this
// is for main, once, after it has taken os.Stderr for itself.
func QuietKustomize() error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("opening %s: %w", os.DevNull, err)
	}
	os.Stderr = null
	log.SetOutput(io.Discard)
	return nil
}

// schema guards kustomize's global OpenAPI schema: a build that brings its own runs alone.
var schema sync.RWMutex

// maxAttempts is the number of entries that are taken out, one by one, of a build that fails.
const maxAttempts = 12

// kustomize renders a folder with a kustomization.
func (b *builder) kustomize(ctx context.Context) {
	p := &planner{builder: b, ctx: ctx, kusts: map[string]*prepared{}, read: map[string]bool{}, charts: map[string]*inflated{}}
	p.root = p.layer(b.Root.Path, nil, source.Span{}, discover.Include)
	if p.root == nil || p.root.k.Root == nil || p.stop {
		return
	}
	if p.root.k.IsComponent {
		p.gap(p.root.top(), "this component is rendered alone: what it changes is in the kustomizations that include it", "a kustomization that includes it, among the paths")
	}
	s := p.stage()
	if p.missing = b.Incomplete; p.missing {
		p.dropOrphans(s) // the targets of patches may be in what is missing
	}
	for range maxAttempts {
		if ctx.Err() != nil {
			b.Incomplete = true
			return
		}
		m, err := run(s, p.root.k.Dir, p.ownSchema())
		if err == nil {
			b.collect(&kustomized{planner: p, stage: s}, m)
			return
		}
		if !p.blame(s, err) {
			return
		}
		s = s.again()
	}
	p.refuse(p.root.top(),
		fmt.Sprintf("kustomize still fails without %d entries that it refuses: nothing of this is checked", maxAttempts), "correct the other errors first")
}

// run is one run of kustomize.
func run(s *stage, dir string, alone bool) (m resmap.ResMap, err error) {
	if alone {
		schema.Lock()
		defer schema.Unlock()
	} else {
		schema.RLock()
		defer schema.RUnlock()
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("kustomize crashed: %v", r)
		}
	}()
	opts := krusty.MakeDefaultOptions()
	opts.LoadRestrictions = types.LoadRestrictionsNone // the stage confines better, and the planner warns
	return krusty.MakeKustomizer(opts).Run(s, onStage(dir))
}

// stage is the file system for what was planned.
func (p *planner) stage() *stage {
	s := newStage(p.t, p.kusts)
	for _, prep := range p.kusts {
		for pointer, to := range prep.inline {
			s.inline[to] = newInline(prep.k.File, target(yamldoc.Find(prep.k.Root, pointer).Value))
		}
	}
	for _, l := range p.root.all() {
		for _, u := range l.files {
			s.resources[u.path] = true
		}
		for _, list := range [][]use{l.files, l.patches} {
			for _, u := range list {
				if s.inline[u.path] != nil || p.charts[u.path] != nil {
					continue
				}
				if f, err := p.t.Load(u.path); err == nil {
					s.files[u.path] = f
				}
			}
		}
	}
	for path, c := range p.charts {
		s.charts[path], s.files[path] = c.text, c.text.File
		for _, d := range c.dropped {
			s.dropped[d] = true
		}
	}
	for _, prep := range p.kusts {
		if prep.k.Root == nil {
			continue
		}
		for _, r := range prep.k.Refs {
			if r.Role == discover.Data || r.Role == discover.Config || r.Role == discover.Plugin {
				if to, err := p.t.ResolveRef(prep.k, r); err == nil {
					s.data[to] = true
				}
			}
		}
	}
	return s
}

// ownSchema says whether a kustomization brings an OpenAPI schema.
func (p *planner) ownSchema() bool {
	for _, prep := range p.kusts {
		if prep.k.Root != nil && yamldoc.Find(prep.k.Root, "/openapi").Rest == "" {
			return true
		}
	}
	return false
}

// collect takes over what kustomize made.
func (b *builder) collect(k *kustomized, m resmap.ResMap) {
	k.made = map[resid.ResId]bool{}
	for _, r := range m.Resources() {
		k.made[r.CurId()] = true
		n := r.YNode()
		o := newObject(n, &madePlaces{kustomized: k, res: r, root: n}, func() ([]byte, error) { return madeJSON(r, n) })
		b.Objects = append(b.Objects, o)
	}
}

// madeJSON is a resource as JSON. Where that has no such value, the error says which it is.
func madeJSON(r *resource.Resource, n *yamldoc.Node) ([]byte, error) {
	data, err := r.MarshalJSON()
	if err == nil {
		return data, nil
	}
	if _, placed := yamldoc.JSON(n); placed != nil {
		err = placed
	}
	return nil, err
}

// blame finds the entry that an error of kustomize's is about, reports it there and takes it out,
// so that the rest can be rendered. It says no if there is nothing left to take out.
func (p *planner) blame(s *stage, err error) bool {
	if errors.Is(err, errTooLarge) || s.read > maxRead {
		p.tooLarge(p.root.span(p.root.k.Root))
		return false
	}
	if p.foreign {
		return false // that has been said
	}
	text := s.trueLines(stable(err.Error()))
	for _, find := range []func(*stage, string) bool{p.blameField, p.blameDocument, p.blamePatch, p.blameDuplicate, p.blameMerge, p.blamePath} {
		if find(s, text) {
			return true
		}
	}
	p.refuse(p.root.top(), "kustomize refuses this: "+innermost(text), "")
	return false
}

// innermost is the last part of a chain of error messages, in one line. Of a file that kustomize could
// not read, it says last that it is no folder either; what counts is why it could not be read.
func innermost(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text, _, _ = strings.Cut(text, "': must build at directory: ")
	const most = 300
	if i := strings.LastIndex(text, "': "); i > 0 && len(text)-i > 20 {
		text = text[i+3:]
	}
	if len(text) > most {
		text = "..." + text[len(text)-most:]
	}
	return text
}
