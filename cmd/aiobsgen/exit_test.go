package main

import (
	"bytes"
	"io"
	"testing"
)

// Exit codes tell CI whether the spec is wrong (1) or the call was (2).
func TestExitCodes(t *testing.T) {
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"vet", "../../examples/minimal"}, exitOK},
		{[]string{"build", "../../examples/minimal", "-o", empty, "--check"}, exitProblems},
		{[]string{"vet", "testdata/broken.cue"}, exitProblems},
		{[]string{"vet", "nowhere"}, exitUsage},
		{[]string{"vet", empty}, exitUsage},
		{[]string{"bild"}, exitUsage},
		{[]string{"vet", "--format", "yaml", "../../examples/minimal"}, exitUsage},
		{[]string{"build", "--no-such-flag"}, exitUsage},
	} {
		var stderr bytes.Buffer
		if got := run(c.args, io.Discard, &stderr); got != c.want {
			t.Errorf("%v exits with %d, want %d: %s", c.args, got, c.want, stderr.String())
		}
	}
}
