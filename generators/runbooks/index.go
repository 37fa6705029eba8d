package runbooks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/markdown"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// index lists the pages by concern.
func index(p *plan.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Runbooks of %s\n", p.Cluster.Name)
	var concerns []string
	for _, r := range p.Runbooks {
		concerns = append(concerns, r.Concern)
	}
	slices.Sort(concerns)
	for _, concern := range slices.Compact(concerns) {
		fmt.Fprintf(&b, "\n## %s\n\n%s", concern, markdown.Head("alert", "severity", "it says"))
		for _, r := range p.Runbooks {
			if r.Concern == concern {
				b.WriteString(markdown.Row(markdown.Link(r.Alert, r.Alert+".md"), severities(r), markdown.Cell(firstSentence(r.Page.Means))))
			}
		}
	}
	return b.String()
}

// firstSentence of a page says what has happened.
func firstSentence(text string) string {
	first, _, more := strings.Cut(text, ". ")
	if more {
		return first + "."
	}
	return text
}
