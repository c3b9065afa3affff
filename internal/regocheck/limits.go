package regocheck

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/topdown"
)

// limits bound one rule on one cluster.
type limits struct {
	time   time.Duration
	memory uint64 // by how much what the process holds may grow, in bytes
	// alone has rules wait for each other, so that what grows is theirs; nil: they do not.
	alone *sync.Mutex
}

// usualLimits are those of rules that come with the tool, which are known to end, on however busy a machine.
func usualLimits() limits { return limits{time: 5 * time.Minute, memory: 1 << 34} }

// strictLimits are those of other people's rules.
func strictLimits() limits {
	return limits{time: 30 * time.Second, memory: 1 << 30, alone: &sync.Mutex{}}
}

// tooMuch says which limit a rule met.
type tooMuch struct{ what string }

func (t *tooMuch) Error() string { return "it was stopped, because it took more than " + t.what }

// keep runs f within the limits. Memory is looked at every few milliseconds, and Rego stops between two of its
// steps: a rule may go beyond by what one step can make.
func (l *limits) keep(f func(context.Context) error) error {
	if l.alone != nil {
		l.alone.Lock()
		defer l.alone.Unlock()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	timer := time.AfterFunc(l.time, func() { cancel(&tooMuch{l.time.String()}) })
	defer timer.Stop()
	done := make(chan struct{})
	defer close(done)
	go l.watch(cancel, done)
	err := f(ctx)
	var met *tooMuch
	if err != nil && (topdown.IsCancel(err) || errors.Is(err, context.Canceled)) && errors.As(context.Cause(ctx), &met) {
		return met
	}
	return err
}

// watch stops what has more memory than it may.
func (l *limits) watch(stop context.CancelCauseFunc, done <-chan struct{}) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	every := time.NewTicker(5 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-done:
			return
		case <-every.C:
			// What is alive is known after each collection; what is there now, the garbage included, is never
			// more than twice that for long.
			if metrics.Read(sample); sample[0].Value.Uint64() > before+l.memory || sample[1].Value.Uint64() > 2*before+3*l.memory {
				stop(&tooMuch{fmt.Sprintf("%d MiB of memory", l.memory>>20)})
				return
			}
		}
	}
}
