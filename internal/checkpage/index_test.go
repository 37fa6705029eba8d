package checkpage

import (
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

func TestIndex(t *testing.T) {
	got := Index(model.Checks{Intro: "Hello.", Base: "one\ntwo", Checks: map[string]model.Check{
		"AIO002": {Title: "b|c", Severity: "warning"},
		"AIO001": {Title: "a", Severity: "error"},
	}})
	for _, want := range []string{
		"# Checks\n\nHello.\n",
		"| [AIO001](AIO001.md) | error | a |\n| [AIO002](AIO002.md) | warning | b\\|c |\n",
		"has 2 lines: what is added begins at line 3.\n\n```cue\none\ntwo\n```\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
}
