package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/tierlint/tierlint/internal/report"
)

// isTerminal says whether a stream goes to a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}

// look decides how text on a stream looks. The flag, "always" or "never", comes first; then
// NO_COLOR (no-color.org), CLICOLOR_FORCE and FORCE_COLOR, which count if they are not empty
// and, for the latter two, not 0; then whether it is a terminal.
func look(sys *System, flag string, stream io.Writer) report.Options {
	force := func(name string) bool { v := sys.Env(name); return v != "" && v != "0" }
	o := report.Options{Color: isTerminal(stream) && sys.Env("TERM") != "dumb"}
	switch {
	case flag == "always":
		o.Color = true
	case flag == "never" || sys.Env("NO_COLOR") != "":
		o.Color = false
	case force("CLICOLOR_FORCE") || force("FORCE_COLOR"):
		o.Color = true
	}
	if n, err := strconv.Atoi(sys.Env("COLUMNS")); err == nil && n >= 40 && isTerminal(stream) {
		o.Width = n
	}
	return o
}

// progress tells what is being done, on a terminal only, on a line that the next one replaces.
func progress(sys *System) (say func(string), end func()) {
	if !isTerminal(sys.Stderr) || sys.Env("CI") != "" {
		return func(string) {}, func() {}
	}
	const clear = "\r\x1b[K"
	return func(s string) { fmt.Fprint(sys.Stderr, clear+s) }, func() { fmt.Fprint(sys.Stderr, clear) }
}
