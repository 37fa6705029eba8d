package checkpage

import (
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

func TestPage(t *testing.T) {
	c := model.Check{
		Title: "a title", Severity: "warning", Meaning: "It means.", Why: "It matters.", Of: model.OfSpec,
		Examples: []model.Example{
			{About: "added", File: "fleet.cue", Failing: "a: 1", Printed: "found a", Mended: "a: 2"},
			{File: "fleet.cue", Line: 3, Files: map[string]string{"b.yaml": "b", "a.json": "{}"}, Failing: "x", Printed: "p", Mended: "y"},
		},
	}
	const want = `# AIO099: a title

It means.

Severity: warning, found by ~aiobsgen vet~ and ~aiobsgen build~.

## Example: added

Failing, added to the base spec below:

~~~cue
a: 1
~~~

Printed:

~~~
found a
~~~

Mended:

~~~cue
a: 2
~~~

## Example

With ~a.json~:

~~~json
{}
~~~

With ~b.yaml~:

~~~yaml
b
~~~

Failing, in place of line 3 of the base spec below:

~~~cue
x
~~~

Printed:

~~~
p
~~~

Mended:

~~~cue
y
~~~

## Why it matters

It matters.

## The base spec

It is in order as it stands.

~~~cue
the base
~~~
`
	if got := strings.ReplaceAll(Page("AIO099", c, "the base"), "`", "~"); got != want {
		t.Errorf("%s", got)
	}
}

// Rules that are linted stand alone, and say how they were.
func TestPageOfLint(t *testing.T) {
	c := model.Check{Of: model.OfLint, Examples: []model.Example{
		{File: "rules.yml", Flags: []string{"--flag", "x"}, Failing: "a", Printed: "p", Mended: "b"},
	}}
	got := Page("AIO099", c, "the base")
	for _, want := range []string{"found by `aiobsgen lint`", "Failing, as `rules.yml`:\n\n```yaml\na", "Printed by `aiobsgen lint --flag x`:"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "the base") {
		t.Errorf("the base spec is shown, and not used:\n%s", got)
	}
}

// An example that no test can run says so, and shows no empty block.
func TestPageNotRun(t *testing.T) {
	c := model.Check{Of: model.OfSpec, Examples: []model.Example{{File: "fleet.cue", Printed: "p", NotRun: "nothing raises it."}}}
	got := Page("AIO099", c, "the base")
	if !strings.Contains(got, "No test of ours runs this one:\nnothing raises it.\n\nPrinted, by its form:") {
		t.Error(got)
	}
	for _, other := range []string{"Failing", "Mended", "the base"} {
		if strings.Contains(got, other) {
			t.Errorf("%q is in:\n%s", other, got)
		}
	}
}

// A text cannot end its own block.
func TestFence(t *testing.T) {
	if got, want := fence("a.txt", "x\n````\ny"), "`````\nx\n````\ny\n`````\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
