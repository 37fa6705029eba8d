package load

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite schema/compiled.json")

// What the program reads is what the CUE says.
func TestCompiledIsCurrent(t *testing.T) {
	want, err := Compile()
	if err != nil {
		t.Fatal(err)
	}
	const file = "../../schema/compiled.json"
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("schema/compiled.json is not what schema/catalog and schema/library evaluate to: run go test ./internal/load -update, and build again")
	}
}

func BenchmarkLoadEmbedded(b *testing.B) {
	for b.Loop() {
		if _, err := LoadEmbedded(); err != nil {
			b.Fatal(err)
		}
	}
}
