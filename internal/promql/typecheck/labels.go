package typecheck

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// needLabel tells when a label that is used cannot be there. It reports whether
// it can.
func (c *checker) needLabel(l Labels, label string, pos posrange.PositionRange, what string) bool {
	if c.isStandIn(label) || strings.Contains(label, "$") {
		return true
	}
	lack, ok := c.lacks(l, label)
	if !ok {
		return true
	}
	c.add(lack.Code, pos, lack.Hint, "the label %s %s, and %s", label, what, lack.Message)
	last := &c.findings[len(c.findings)-1]
	last.renamed = lack.renamed
	if lack.Severity != "" {
		last.Severity = lack.Severity
	}
	return false
}

// needLabels is needLabel for a list that stands for one label where it holds it
// under its old and its new name.
func (c *checker) needLabels(l Labels, list []string, at func(label string) posrange.PositionRange, what string) {
	for _, label := range list {
		if !c.bothNames(label, list) {
			c.needLabel(l, label, at(label), what)
		}
	}
}

// bothNames reports whether a list has a label under another name as well, as what is
// written for several versions does.
func (c *checker) bothNames(label string, list []string) bool {
	for _, e := range c.Catalog.Exporters {
		for old, v := range e.LabelVersions {
			if v.ReplacedBy != "" && (label == old && slices.Contains(list, v.ReplacedBy) || label == v.ReplacedBy && slices.Contains(list, old)) {
				return true
			}
		}
	}
	return false
}

// Lacks says why the series of a type cannot carry a label: for legends,
// variables and the texts of alerts. Its message goes on after "and".
func (w *World) Lacks(t Type, label string) (Finding, bool) { return w.lacks(t.Labels, label) }

func (w *World) lacks(l Labels, label string) (Finding, bool) {
	if l.has(label) || label == "__name__" {
		return Finding{}, false
	}
	if by, ok := l.renamed[label]; ok {
		return Finding{Code: codeLabel, Severity: w.assumed(l), Message: "it is not there: " + by, renamed: true}, true
	}
	if by, ok := l.gone[label]; ok {
		return Finding{Code: codeDropped, Message: "it is not there: " + by, Hint: nearest(label, l.names)}, true
	}
	switch {
	case l.open && (l.unknown || len(l.of) == 0):
		return Finding{}, false
	case !l.open && l.closedBy != "":
		return Finding{Code: codeDropped, Message: "it is not there: " + l.closedBy + " leaves " + listLabels(l.names), Hint: nearest(label, l.names)}, true
	case !l.open:
		return Finding{Code: codeLabel, Message: w.who(l) + " does not carry it", Hint: w.labelHint(label, l)}, true
	}
	severity := diag.Error
	for _, s := range l.of {
		switch w.belief(s, label) {
		case unknowable:
			return w.unsure(l, label)
		case likely:
			severity = diag.Warning
		}
	}
	return Finding{Code: codeLabel, Severity: severity, Message: w.who(l) + " does not carry it", Hint: w.labelHint(label, l)}, true
}

// assumed is a warning where nobody says which version runs.
func (w *World) assumed(l Labels) diag.Severity {
	for _, s := range l.of {
		if slices.ContainsFunc(w.Running[s.Exporter], func(r catalog.Running) bool { return !r.Assumed }) {
			return diag.Error
		}
	}
	return diag.Warning
}

// unsure is a label that relabeling may have attached.
func (w *World) unsure(l Labels, label string) (Finding, bool) {
	if !w.Strict || slices.Contains(w.Catalog.TargetLabels, label) || slices.ContainsFunc(l.of, func(s catalog.Series) bool { return w.bySetting(s, label) }) {
		return Finding{}, false
	}
	return Finding{Code: codeStrict, Severity: diag.Warning, Message: fmt.Sprintf("%s does not carry it, unless a relabeling attaches it", w.who(l))}, true
}

// How far one can tell that a series has not a label, whatever a scrape attaches.
const (
	unknowable = iota
	// likely: other series of the exporter carry it, and this one does not.
	likely
	// certain: it is a slip of a label that the series has, or one that only
	// Prometheus itself gives.
	certain
)

func (w *World) belief(s catalog.Series, label string) int {
	e := w.Catalog.Exporters[s.Exporter]
	if slices.Contains(w.Catalog.TargetLabels, label) || w.bySetting(s, label) {
		return unknowable
	}
	own := append(slices.Clone(s.Labels()), e.Labels...)
	slip := slices.ContainsFunc(own, func(o string) bool { return o != label && strings.EqualFold(o, label) }) ||
		len(label) > 4 && diag.Distance(label, diag.Nearest(label, own)) <= 2
	if label == "le" || label == "quantile" || slip {
		return certain
	}
	for name, m := range e.Metrics {
		if slices.Contains(m.Labels, label) && !strings.HasSuffix(name, "_info") {
			return likely
		}
	}
	return unknowable
}

// bySetting reports whether a setting of the exporter adds a label.
func (w *World) bySetting(s catalog.Series, label string) bool {
	return slices.ContainsFunc(w.Catalog.Exporters[s.Exporter].LabelPatterns, func(p string) bool { return matches(p, label) })
}

func matches(pattern, text string) bool {
	re, err := regexp.Compile("^(?:" + pattern + ")")
	return err == nil && re.MatchString(text)
}

// who names the metrics whose labels they are.
func (w *World) who(l Labels) string {
	if len(l.of) == 0 {
		return "it"
	}
	return l.of[0].Name
}

// labelHint finds what the label may have been meant for.
func (w *World) labelHint(label string, l Labels) string {
	for _, n := range l.names {
		if strings.EqualFold(n, label) {
			return fmt.Sprintf("did you mean %q?", n)
		}
	}
	if n := nearest(label, l.names); n != "" {
		return n
	}
	return "it carries " + listLabels(l.names)
}

func nearest(label string, names []string) string {
	if n := diag.Nearest(label, names); n != "" && n != label {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}

func listLabels(names []string) string {
	if len(names) == 0 {
		return "no label"
	}
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
