package lint

import (
	"regexp"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// isDashboard knows a dashboard of Grafana by what it must have.
func isDashboard(d *node) bool {
	return d != nil && d.isMap && (d.at("panels") != nil || d.at("rows") != nil) &&
		(d.at("schemaVersion") != nil || d.at("templating") != nil || d.at("title") != nil)
}

// page is a dashboard that is being read.
type page struct {
	*reader
	variables map[string]variable
}

func (r *reader) dashboard(d *node) {
	p := &page{r, variablesOf(d)}
	for _, v := range d.list("templating", "list") {
		p.variable(v)
	}
	for _, a := range d.list("annotations", "list") {
		p.annotation(a)
	}
	p.panels(d.list("panels"))
	for _, row := range d.list("rows") { // before schema version 16
		p.panels(row.list("panels"))
	}
	// Library panels come along with a dashboard that was exported for others.
	if elements := d.at("__elements"); elements != nil {
		for _, f := range elements.fields {
			p.panels([]*node{f.value.at("model")})
		}
		for _, e := range elements.items {
			p.panels([]*node{e.at("model")})
		}
	}
}

// panels reads panels, and those inside a row that is folded.
func (p *page) panels(list []*node) {
	for _, panel := range list {
		p.panels(panel.list("panels"))
		for _, t := range panel.list("targets") {
			p.target(panel, t)
		}
	}
}

func (p *page) target(panel, t *node) {
	expr, ok := t.scalar("expr")
	ours, sure := p.isPrometheus(t.at("datasource"))
	if ours && !sure {
		ours, sure = p.isPrometheus(panel.at("datasource"))
	}
	if !ok || !ours {
		return
	}
	who := "panel " + panel.str("title")
	if panel.str("title") == "" {
		who += panel.str("id")
	}
	q := query{use: typecheck.InPanel, who: who, expr: expr, maybeOther: !sure}
	switch {
	case t.str("hide") == "true": // it is there for others to compute with
		q.use = typecheck.InVariable
	case reduces(panel):
		q.use = typecheck.InVariable
		fallthrough
	default:
		if legend, ok := t.scalar("legendFormat"); ok {
			q.legends = legendTexts(legend)
		}
		units(&q, panel)
	}
	p.add(q)
}

// add takes a query of the dashboard, if there is one.
func (p *page) add(q query) {
	if strings.TrimSpace(q.expr.Value) == "" {
		return
	}
	q.src, q.variables = p.src, p.variables
	p.queries = append(p.queries, q)
}

var legendLabel = regexp.MustCompile(`\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}`)

func legendTexts(legend Text) []Text {
	var out []Text
	for _, m := range legendLabel.FindAllStringSubmatchIndex(legend.Value, -1) {
		out = append(out, legend.part(m[2], m[3]))
	}
	return out
}

// variable reads the query of a variable.
func (p *page) variable(v *node) {
	ours, sure := p.isPrometheus(v.at("datasource"))
	if v.str("type") != "query" || !ours {
		return
	}
	text, ok := v.scalar("query")
	if !ok {
		text, ok = v.scalar("query", "query")
	}
	if !ok {
		return
	}
	q := query{use: typecheck.InVariable, who: "variable " + v.str("name"), maybeOther: !sure}
	open, closed := strings.IndexByte(text.Value, '(')+1, strings.LastIndexByte(text.Value, ')')
	switch value := strings.TrimSpace(text.Value); {
	case closed < open:
		return
	case strings.HasPrefix(value, "label_values("):
		selector, label, ok := promql.LabelValues(value)
		if !ok || selector == "" {
			return
		}
		i, j := open+strings.Index(text.Value[open:], selector), strings.LastIndex(text.Value[:closed], label)
		q.expr, q.legends = text.part(i, i+len(selector)), []Text{text.part(j, j+len(label))}
	case strings.HasPrefix(value, "query_result("):
		q.expr = text.part(open, closed)
	}
	// label_names() and metrics(…) name no series.
	p.add(q)
}

// annotation reads the query of an annotation.
func (p *page) annotation(a *node) {
	expr, ok := a.scalar("expr")
	if !ok {
		expr, ok = a.scalar("target", "expr")
	}
	if ours, sure := p.isPrometheus(a.at("datasource")); ok && ours {
		p.add(query{use: typecheck.InVariable, who: "annotation " + a.str("name"), expr: expr, maybeOther: !sure})
	}
}
