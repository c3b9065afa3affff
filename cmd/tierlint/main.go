// Command tierlint checks network policies.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tierlint/tierlint/internal/cli"
)

func main() {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Process()))
}
