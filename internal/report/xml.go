package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
)

// writeXML writes a document. What XML 1.0 has no characters for, such as most control characters,
// encoding/xml replaces.
func writeXML(w io.Writer, document any) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("writing XML: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
