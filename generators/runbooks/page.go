package runbooks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/markdown"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// page is the runbook of one alert.
func page(p *plan.Plan, r plan.Runbook) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", r.Alert)
	b.WriteString(markdown.Head("severity", "cluster", "owner", "dashboard"))
	b.WriteString(markdown.Row(severities(r), p.Cluster.Name, owners(r), dashboard(r)))
	section(&b, "What it means", r.Page.Means)
	section(&b, "Who notices", r.Page.Impact)
	if len(r.Page.Checks) > 0 {
		b.WriteString("\n## What to look at\n\nPut the alert's labels in for what stands in angle brackets.\n" + namespaces(r))
		for i, c := range r.Page.Checks {
			item := fmt.Sprintf("%d. ", i+1)
			fmt.Fprintf(&b, "\n%s%s\n", item, markdown.Text(c.Say))
			if c.Query != "" {
				b.WriteString("\n" + indent(markdown.Fence("promql", c.Query), len(item)))
			}
		}
	}
	if len(r.Page.Steps) > 0 {
		b.WriteString("\n## What to do\n\n")
		for i, s := range r.Page.Steps {
			fmt.Fprintf(&b, "%d. %s\n", i+1, markdown.Text(s))
		}
	}
	if len(r.XIDs) > 0 {
		b.WriteString("\n## The codes\n\n" + markdown.Head("xid", "what it is", "what to do"))
		for _, x := range r.XIDs {
			b.WriteString(markdown.Row(markdown.Name(x.Code), markdown.Name(x.Name), markdown.Name(x.Action)))
		}
	}
	section(&b, "When it is noise", r.Page.Noise)
	b.WriteString("\n## The rules\n\n")
	b.WriteString(markdown.Head("rule", "limit", "for", "severity", "speaks of"))
	for _, rule := range r.Rules {
		b.WriteString(markdown.Row(markdown.Link(rule.Anchor, "#"+rule.Anchor), limits(r, rule), wait(rule), rule.Labels["severity"], of(rule)))
	}
	for _, rule := range r.Rules {
		writeRule(&b, rule)
	}
	b.WriteString("\n" + markdown.Link("All runbooks of the cluster", plan.RunbookIndex+".md") + "\n")
	return b.String()
}

func section(b *strings.Builder, title, text string) {
	if text != "" {
		fmt.Fprintf(b, "\n## %s\n\n%s\n", title, markdown.Text(text))
	}
}

// mostOrigins keeps a page readable where many workloads share a rule; its table
// names them all.
const mostOrigins = 6

// writeRule is the part of the page that an alert of the rule leads to.
func writeRule(b *strings.Builder, rule plan.RunbookRule) {
	fmt.Fprintf(b, "\n### %s\n\n", rule.Anchor)
	for _, field := range []string{"description", "reason"} {
		fmt.Fprintf(b, "%s\n\n", markdown.Text(plan.Untemplated(rule.Annotations[field])))
	}
	b.WriteString(markdown.Fence("promql", rule.Expr))
	var labels []string
	for _, k := range slices.Sorted(maps.Keys(rule.Labels)) {
		labels = append(labels, markdown.Code(k+": "+plan.Untemplated(rule.Labels[k])))
	}
	fmt.Fprintf(b, "\nLabels: %s.\n", strings.Join(labels, ", "))
	var from []string
	for _, o := range rule.Origins[:min(len(rule.Origins), mostOrigins)] {
		from = append(from, markdown.Code(string(o)))
	}
	if more := len(rule.Origins) - len(from); more > 0 {
		from = append(from, fmt.Sprintf("and %d more places", more))
	}
	fmt.Fprintf(b, "\nFrom: %s; the lines are in %s.\n", strings.Join(from, ", "), markdown.Link("trace.json", "../trace.json"))
}

// limits are the numbers of a rule: those of its alert, and those that tell it
// from the alert's others.
func limits(r plan.Runbook, rule plan.RunbookRule) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(r.Params)) {
		out = append(out, markdown.Name(k+" "+model.FormatNumber(r.Params[k])))
	}
	for _, k := range []string{"limit", "target", "objective", "burn"} {
		switch v := rule.Labels[k]; {
		case v == "":
		case k == "limit":
			out = append(out, markdown.Name(v))
		default:
			out = append(out, markdown.Name(k+" "+v))
		}
	}
	return strings.Join(out, ", ")
}

func wait(rule plan.RunbookRule) string {
	if rule.For == "" {
		return "0s"
	}
	return rule.For
}

// of says whom a rule speaks of.
func of(rule plan.RunbookRule) string {
	if len(rule.Of) == 0 {
		return "all"
	}
	var out []string
	for _, name := range rule.Of {
		out = append(out, markdown.Name(name))
	}
	return strings.Join(out, ", ")
}

// owners are the teams that an alert goes to, and where they are reached.
func owners(r plan.Runbook) string {
	var out []string
	for _, t := range r.Owners {
		out = append(out, markdown.Name(t.Name+" ("+t.Owner+")"))
	}
	if len(out) == 1 {
		return out[0]
	}
	return "the team of the workload: " + strings.Join(out, ", ")
}

func dashboard(r plan.Runbook) string {
	if r.DashboardURL == "" {
		return markdown.Name(r.Dashboard)
	}
	return markdown.Link(r.Dashboard, r.DashboardURL)
}

// namespaces says where the workloads run: an alert on all pods of a workload
// has no label of it, and the commands of its page want one.
func namespaces(r plan.Runbook) string {
	text := r.Page.Means + r.Page.Noise + strings.Join(r.Page.Steps, "")
	for _, c := range r.Page.Checks {
		text += c.Say
	}
	if len(r.Workloads) == 0 || !strings.Contains(text, "<namespace>") {
		return ""
	}
	out := "\n" + markdown.Head("workload", "namespace", "team")
	for _, w := range r.Workloads {
		out += markdown.Row(markdown.Name(w.Name), markdown.Name(w.Namespace), markdown.Name(w.Team))
	}
	return out
}

// indent keeps a block inside an item of a list.
func indent(block string, width int) string {
	by := strings.Repeat(" ", width)
	return by + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n"+by) + "\n"
}
