package cli_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/tierlint/tierlint/internal/cli"
)

// Editors read the schema of the settings from the repository, so it is what `tierlint schema` prints.
func TestPublishedSchema(t *testing.T) {
	const file = top + "/docs/tierlint.schema.json"
	var out, errs bytes.Buffer
	code := cli.Main(t.Context(), []string{"schema"}, cli.System{
		Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &errs, Env: func(string) string { return "" }, Dir: t.TempDir(),
	})
	if code != cli.ExitClean {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	if *update {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(have, out.Bytes()) {
		t.Errorf("docs/tierlint.schema.json is stale (%v): go test ./internal/cli -update", err)
	}
}
