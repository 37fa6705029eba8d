package checkpage

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Page is all that is told of one check. It ends with the base spec where an
// example needs it, so that it can be read alone.
func Page(id string, c model.Check, base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n%s\n\nSeverity: %s, found by %s.\n", id, c.Title, c.Meaning, c.Severity, foundBy(c.Of))
	for _, e := range c.Examples {
		writeExample(&b, c.Of, e)
	}
	fmt.Fprintf(&b, "\n## Why it matters\n\n%s\n", c.Why)
	if slices.ContainsFunc(c.Examples, onBase) {
		b.WriteString("\n## The base spec\n\nIt is in order as it stands.\n\n" + fence(model.BaseFile, base))
	}
	return b.String()
}

// foundBy names the commands that find it.
func foundBy(of string) string {
	switch of {
	case model.OfLint:
		return "`aiobsgen lint`"
	case model.OfQuery:
		return "`aiobsgen lint`, and by `vet` and `build` in the rules of a spec"
	}
	return "`aiobsgen vet` and `aiobsgen build`"
}

// onBase reports whether an example is a part of the base spec.
func onBase(e model.Example) bool { return e.File == model.BaseFile && e.Failing != "" }

func writeExample(b *strings.Builder, of string, e model.Example) {
	b.WriteString("\n## Example")
	if e.About != "" {
		b.WriteString(": " + e.About)
	}
	b.WriteString("\n\n")
	if e.NotRun != "" {
		b.WriteString("No test of ours runs this one:\n" + e.NotRun + "\n\n")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Files)) {
		fmt.Fprintf(b, "With `%s`:\n\n%s\n", name, fence(name, e.Files[name]))
	}
	if e.Failing != "" {
		fmt.Fprintf(b, "Failing, %s:\n\n%s\n", place(e), fence(e.File, e.Failing))
	}
	fmt.Fprintf(b, "%s:\n\n%s", prints(of, e), fence("", e.Printed))
	if e.Mended != "" {
		b.WriteString("\nMended:\n\n" + fence(e.File, e.Mended))
	}
}

// place says where the text of an example stands.
func place(e model.Example) string {
	switch {
	case e.File != model.BaseFile:
		return "as `" + e.File + "`"
	case e.Line == 0:
		return "added to the base spec below"
	}
	return fmt.Sprintf("in place of line %d of the base spec below", e.Line)
}

// prints names the command where it says more than that one was run.
func prints(of string, e model.Example) string {
	switch {
	case e.Failing == "":
		return "Printed, by its form"
	case len(e.Flags) == 0:
		return "Printed"
	}
	command := "vet"
	if of != model.OfSpec {
		command = "lint"
	}
	return fmt.Sprintf("Printed by `aiobsgen %s %s`", command, strings.Join(e.Flags, " "))
}
