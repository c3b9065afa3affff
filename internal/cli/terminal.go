package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"github.com/tierlint/tierlint/internal/report"
)

// isTerminal says whether a stream goes to a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// narrowest is the least width that text is broken for: in less there is no room for words.
const narrowest = 40

// width is how many columns a stream has: what COLUMNS says, or else the terminal. It is 0, which
// means that lines are not broken, where neither says it, and where it is no terminal.
func width(sys *System, stream io.Writer) int {
	if !isTerminal(stream) {
		return 0
	}
	said, _ := strconv.Atoi(sys.Env("COLUMNS"))
	asked, _, _ := term.GetSize(int(stream.(*os.File).Fd()))
	if n := cmp.Or(max(said, 0), asked); n >= narrowest {
		return n
	}
	return 0
}

// look decides how text on a stream looks. The flag, "always" or "never", comes first; then
// NO_COLOR (no-color.org), CLICOLOR_FORCE and FORCE_COLOR, which count if they are not empty
// and, for the latter two, not 0; then whether it is a terminal.
func look(sys *System, flag string, stream io.Writer) report.Options {
	force := func(name string) bool { v := sys.Env(name); return v != "" && v != "0" }
	o := report.Options{Color: isTerminal(stream) && sys.Env("TERM") != "dumb", Width: width(sys, stream)}
	switch {
	case flag == "always":
		o.Color = true
	case flag == "never" || sys.Env("NO_COLOR") != "":
		o.Color = false
	case force("CLICOLOR_FORCE") || force("FORCE_COLOR"):
		o.Color = true
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
