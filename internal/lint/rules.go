package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// groups reads the rules under groups. A file of them may be one of Loki, which
// has the same form.
func (r *reader) groups(d *node, maybeOther bool) bool {
	for _, g := range d.list("groups") {
		for _, rule := range g.list("rules") {
			r.rule(rule, maybeOther)
		}
	}
	return true
}

// ruleFields are those of Prometheus' rules.
var ruleFields = []string{"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}

func (r *reader) rule(d *node, maybeOther bool) {
	r.form(d)
	expr, ok := d.scalar("expr")
	if !ok || strings.TrimSpace(expr.Value) == "" {
		return
	}
	q := query{src: r.src, expr: expr, use: typecheck.InRecord, who: "record " + d.str("record"), record: d.str("record"), maybeOther: maybeOther}
	if alert := d.str("alert"); alert != "" {
		q.use, q.who = typecheck.InAlert, "alert "+alert
	}
	if labels := d.at("labels"); labels != nil {
		for _, f := range labels.fields {
			q.labels = append(q.labels, f.key.Value)
			q.texts = append(q.texts, f.value.text)
		}
	}
	if a := d.at("annotations"); a != nil {
		for _, f := range a.fields {
			q.texts = append(q.texts, f.value.text)
		}
	}
	r.queries = append(r.queries, q)
}

// form tells of a rule that Prometheus refuses, and with it the whole file.
func (r *reader) form(d *node) {
	name := d.str("alert") + d.str("record")
	refuse := func(at Text, hint, format string, args ...any) {
		r.diags.Add(diag.Diagnostic{Code: codeFile, Pos: r.src.all(at), Hint: hint,
			Message: fmt.Sprintf("the rule %s: ", name) + fmt.Sprintf(format, args...) + ": Prometheus refuses the file"})
	}
	whole := Text{}
	if d != nil {
		whole = d.text
	}
	if d == nil || !d.isMap {
		refuse(whole, "", "found no fields, want record or alert, and expr")
		return
	}
	for _, f := range d.fields {
		if !slices.Contains(ruleFields, f.key.Value) && f.key.Value != "<<" {
			refuse(f.key, diag.DidYouMean(f.key.Value, ruleFields), "it has no field %q", f.key.Value)
		}
	}
	expr, ok := d.scalar("expr")
	switch {
	case d.at("expr") == nil:
		refuse(whole, "", "expr is missing")
	case !ok || strings.TrimSpace(expr.Value) == "":
		refuse(d.at("expr").text, "", "expr is no text")
	}
	switch {
	case name == "":
		refuse(whole, "", "it has neither record nor alert")
	case d.str("alert") != "" && d.str("record") != "":
		refuse(whole, "", "it has both record and alert")
	case d.str("record") != "" && !model.LegacyValidation.IsValidMetricName(name):
		refuse(d.at("record").text, "", "%q is no name of a metric", name)
	}
	for _, field := range []string{"for", "keep_firing_for"} {
		if text, ok := d.scalar(field); ok {
			if _, err := model.ParseDuration(text.Value); err != nil {
				refuse(text, "write a duration such as 5m", "%s: found %q, want a duration", field, text.Value)
			}
		}
	}
}
