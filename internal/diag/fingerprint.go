package diag

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"
)

// Fingerprint names a finding so that it keeps its name when lines above it come and go, and when
// its file is moved or renamed: it is made of check, object and message. A finding about no object
// has the name of its file instead, without the folder. Several findings may have the same.
func (d *Diagnostic) Fingerprint() string {
	about := d.Object
	if about == "" {
		about = path.Base(d.At.File)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{d.Check, about, d.Message}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
