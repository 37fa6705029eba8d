package runbooks

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// generate returns the files of a plan by path.
func generate(t *testing.T, p *plan.Plan) map[string]string {
	t.Helper()
	files, objects, err := Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) > 0 {
		t.Errorf("%v are no objects", objects)
	}
	out := map[string]string{}
	for _, f := range files {
		out[f.Path] = string(f.Data)
	}
	return out
}

// small is a plan with one alert of one rule, whose texts are all the same.
func small(text string) *plan.Plan {
	p := &plan.Plan{}
	p.Cluster.Name = "prod"
	p.Runbooks = []plan.Runbook{{
		Alert: "Mine", Concern: "custom",
		Page: model.Runbook{Means: text, Impact: text, Noise: text, Steps: []string{text, text},
			Checks: []model.Look{{Say: text + "<namespace>", Query: "up == 1"}, {Say: text}}},
		Owners: []plan.Team{{Name: "ml", Owner: text}}, Dashboard: text, DashboardURL: "https://x.example.com/d/" + text,
		Workloads: []plan.Workload{{Name: "chat", Namespace: text, Team: "ml"}},
		Params:    map[string]float64{"most": 3},
		XIDs:      []plan.XID{{Code: "79", XID: model.XID{Name: text, Action: text}}},
		Rules: []plan.RunbookRule{{Anchor: "rule-1", Of: []string{text}, Rule: plan.Rule{
			Alert: "Mine", Expr: `up{model="` + text + `"} == 0`, For: "5m",
			Labels:      map[string]string{"severity": "info", "limit": text, "model": text},
			Annotations: map[string]string{"description": text, "reason": text},
			Origins:     []plan.Origin{plan.Origin("workloads.chat." + text)},
		}}},
	}}
	return p
}

// unfenced is a page without what is in its blocks of code: a block ends at the
// first line of as many ticks as it began with, or more.
func unfenced(page string) string {
	var out []string
	ticks := ""
	for line := range strings.SplitSeq(page, "\n") {
		bare := strings.TrimLeft(line, " ")
		run := bare[:len(bare)-len(strings.TrimLeft(bare, "`"))]
		switch {
		case ticks == "" && len(run) >= 3:
			ticks = run
			out = append(out, "fence")
		case ticks == "":
			out = append(out, line)
		case bare == run && len(run) >= len(ticks):
			ticks = ""
		}
	}
	return strings.Join(out, "\n")
}

// shape is what a page consists of: how each of its lines begins.
func shape(page string) string {
	var out []string
	for line := range strings.SplitSeq(unfenced(page), "\n") {
		first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case strings.HasPrefix(first, "|"):
			first = strings.Repeat("|", strings.Count(line, "|"))
		case strings.Trim(first, "0123456789.#<!-") != "":
			first = "text"
		}
		out = append(out, first)
	}
	return strings.Join(out, "\n")
}

// What has no meaning in a line: code, of as many ticks as the texts below need,
// and escaped characters.
var (
	code    = regexp.MustCompile("````.*?````|``.*?``|`[^`]+`")
	escaped = regexp.MustCompile(`\\.`)
)

// Texts of the spec change no page but for themselves: headings, tables, lists
// and blocks stay what they are.
func TestTextsStayInTheirPlace(t *testing.T) {
	calm := generate(t, small("calm"))
	for _, text := range []string{
		"# heading", "a | b | c", "`a|b`", "``` fence", "x\n```\n\n# heading\n\n| a | b |\n|---|---|\n", "</td> --> <script>",
		"[a](https://evil.example.com)", "](https://evil.example.com) [", "1. item", "- item", "\\", "x\\|y", "`", "\u2028# x", "{{ $value }}",
	} {
		for name, page := range generate(t, small(text)) {
			if got, want := shape(page), shape(calm[name]); got != want {
				t.Errorf("%q makes of %s:\n%s\nand its form is\n%s\nnot\n%s", text, name, page, got, want)
			}
			outside := escaped.ReplaceAllString(code.ReplaceAllString(unfenced(page), ""), "")
			if strings.Contains(outside, "](https://evil") || strings.Contains(outside, "<script") {
				t.Errorf("%q makes a link or HTML of its own:\n%s", text, page)
			}
		}
	}
}

// The numbers of an alert stand beside those of the rule.
func TestLimits(t *testing.T) {
	r := plan.Runbook{Params: map[string]float64{"share": 0.05, "most": 3}}
	rule := plan.RunbookRule{Rule: plan.Rule{Labels: map[string]string{"limit": "10", "target": "200ms", "objective": "99", "burn": "fast"}}}
	if got, want := limits(r, rule), "most 3, share 0.05, 10, target 200ms, objective 99, burn fast"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A cluster without alerts has no runbooks, and so no index of none.
func TestNoAlerts(t *testing.T) {
	if files := generate(t, &plan.Plan{}); len(files) > 0 {
		t.Errorf("made %v of nothing", files)
	}
}

// What a page has nothing to say about has no heading.
func TestPageWithoutARunbook(t *testing.T) {
	p := small("calm")
	p.Runbooks[0].Page = model.Runbook{Means: "It is so. More.", Steps: []string{"Do it."}}
	files := generate(t, p)
	page := files["runbooks/Mine.md"]
	for _, title := range []string{"Who notices", "What to look at", "When it is noise"} {
		if strings.Contains(page, title) {
			t.Errorf("%q has no text:\n%s", title, page)
		}
	}
	if want := "| [Mine](Mine.md) | info | It is so. |\n"; !strings.Contains(files["runbooks/README.md"], want) {
		t.Errorf("the index lacks %q:\n%s", want, files["runbooks/README.md"])
	}
}

func TestSeveritiesAreOrdered(t *testing.T) {
	rule := func(severity string) plan.RunbookRule {
		return plan.RunbookRule{Rule: plan.Rule{Labels: map[string]string{"severity": severity}}}
	}
	r := plan.Runbook{Rules: []plan.RunbookRule{rule("info"), rule("warning"), rule("critical"), rule("warning")}}
	if got, want := severities(r), "critical, warning, info"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
