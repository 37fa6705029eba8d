package checkpage

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Index is the page of all checks, with what holds for each of them.
func Index(checks model.Checks) string {
	var b strings.Builder
	b.WriteString("# Checks\n\n" + checks.Intro + "\n\n## All checks\n\n")
	b.WriteString("| code | severity | what is wrong |\n|---|---|---|\n")
	for _, id := range slices.Sorted(maps.Keys(checks.Checks)) {
		c := checks.Checks[id]
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", id, id, c.Severity, strings.ReplaceAll(c.Title, "|", `\|`))
	}
	lines := strings.Count(checks.Base, "\n") + 1
	fmt.Fprintf(&b, `
## The base spec

Most examples add lines to this spec, which is in order as it stands, or change one of its lines. It
is %s, and has %d lines: what is added begins at line %d.

%s`, "`"+model.BaseFile+"`", lines, lines+1, fence(model.BaseFile, checks.Base))
	return b.String()
}
