package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/checktest/scale"
	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/pipeline"
)

// BenchmarkCheck runs the whole way on clusters of several sizes, with half a policy a workload,
// and reports the seconds of each stage, the peak of the heap, and what the checks cost of what the
// evaluation does: they are meant to cost at most as much again. It guards the growth: the largest
// cluster is ten times the smallest. Of several runs it reports medians.
//
//	go test ./internal/cli -run - -bench Check -benchtime 5x
func BenchmarkCheck(b *testing.B) {
	load.QuietCalico()
	debug.SetGCPercent(gcPercent)
	all, err := allChecks()
	if err != nil {
		b.Fatal(err)
	}
	cluster := func(b *testing.B, n int) (dir string) {
		dir = b.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "cluster.yaml"), scale.Manifests(n), 0o644); err != nil {
			b.Fatal(err)
		}
		return dir
	}
	stages(b, cluster(b, 100), all) // what a process does once, such as compiling rules
	for _, n := range []int{1000, 5000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := cluster(b, n)
			measured := map[string][]float64{}
			for b.Loop() {
				for unit, value := range stages(b, dir, all) {
					measured[unit] = append(measured[unit], value)
				}
			}
			for unit, values := range measured {
				slices.Sort(values)
				b.ReportMetric(values[len(values)/2], unit)
			}
		})
	}
}

// stages measures one run, by unit. Each stage begins after a collection, so that none pays for what the one before
// has left.
func stages(b *testing.B, dir string, all []*check.Check) map[string]float64 {
	debug.FreeOSMemory()
	stop, peak := watchHeap()
	out := map[string]float64{}
	stage := func(unit string, work func() error) {
		b.StopTimer()
		runtime.GC()
		b.StartTimer()
		start := time.Now()
		if err := work(); err != nil {
			b.Fatal(err)
		}
		out[unit] = time.Since(start).Seconds()
	}
	var l *pipeline.Loaded
	stage("s-load", func() (err error) {
		l, err = pipeline.Load(b.Context(), pipeline.Options{Dir: dir})
		return err
	})
	stage("s-evaluate", func() error {
		_, err := l.Environments[0].Analysis()
		return err
	})
	stage("s-check", func() error {
		_, _, err := check.Run(b.Context(), all, l.Environments)
		return err
	})
	stop()
	out["check/evaluate"] = out["s-check"] / out["s-evaluate"]
	out["MB-peak"] = float64(peak.Load() >> 20)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	return out
}

// watchHeap notes the largest heap until it is stopped.
func watchHeap() (stop func(), peak *atomic.Uint64) {
	done, ended := make(chan struct{}), make(chan struct{})
	peak = new(atomic.Uint64)
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() { close(done); <-ended }, peak
}
