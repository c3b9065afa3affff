package pipeline

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

// parallel calls f for 0 to n-1, as many at a time as there are processors. A panic in one of them
// is a panic of the caller, who can recover from it.
func parallel(n int, f func(int)) {
	var wg sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	panics := make([]string, n)
	for i := range n {
		wg.Go(func() {
			free <- struct{}{}
			defer func() {
				if p := recover(); p != nil {
					panics[i] = fmt.Sprintf("%v\n%s", p, debug.Stack())
				}
				<-free
			}()
			f(i)
		})
	}
	wg.Wait()
	for _, p := range panics {
		if p != "" {
			panic(p)
		}
	}
}
