package report

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
)

// Guarded writes a report so that GitHub's runner takes none of it for a workflow command: a line
// of text may begin with the name of a file that begins with "::", and "##[" counts anywhere in a line.
type Guarded struct{ Reporter }

// Report implements Reporter. The word that ends the guard is a hash of what is guarded, which
// therefore cannot contain it, and which is the same for the same input.
func (g Guarded) Report(w io.Writer, r *Result) error {
	var b bytes.Buffer
	if err := g.Reporter.Report(&b, r); err != nil {
		return err
	}
	token := fmt.Sprintf("%x", sha256.Sum256(b.Bytes()))
	_, err := fmt.Fprintf(w, "::stop-commands::%s\n%s::%s::\n", token, b.Bytes(), token)
	return err
}
