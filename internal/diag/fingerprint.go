package diag

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Fingerprint names a finding so that it keeps its name when lines above it come and go: it is made
// of check, file, object and message, not of line and column.
func (d *Diagnostic) Fingerprint() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{d.Check, d.At.File, d.Object, d.Message}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
