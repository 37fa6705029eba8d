package lint

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// query is one expression of a file, with what is made of its result.
type query struct {
	src  *source
	use  typecheck.Use
	who  string // for messages: "alert GPUHot", "panel Latency"
	expr Text
	// record is the name that a rule writes, with the labels that it sets.
	record string
	labels []string
	// texts are the annotations of an alert, legends the label names that a panel
	// or variable shows.
	texts   []Text
	legends []Text
	// unit is Grafana's id, of the values or of a histogram's axis.
	unit Text
	axis Text
	// thresholds of a panel, in the unit of the values.
	thresholds []Text
	// variables of the dashboard; nil in a rule.
	variables map[string]variable
	// maybeOther: it may be a query of another data source.
	maybeOther bool
}

// collector gathers what files hold.
type collector struct {
	queries  []query
	counters []counters
	diags    *diag.List
	// Files that something was found in, that hold nothing to check, and that are
	// templates of something to check.
	read, skipped, templates int
}

// reader reads one file.
type reader struct {
	*collector
	src   *source
	named bool
	// broken: something in it cannot be read, and this was told.
	broken bool
}

func (c *collector) file(f File) {
	r := &reader{collector: c, src: newSource(f), named: f.Named}
	found, err := r.content(kindOf(f.Name, r.src.text))
	if found {
		c.read++
	}
	switch {
	case err != nil && !f.Named && isTemplate(r.src.text):
		c.templates++
	case err != nil:
		r.unreadable("the file", err)
	case !found && !r.broken:
		c.skipped++
		if f.Named {
			c.diags.Add(diag.Diagnostic{Code: codeFile, Severity: diag.Warning, Pos: diag.Pos{File: f.Name},
				Message: "found nothing to check: no rule, no dashboard, no counters file"})
		}
	}
}

// isTemplate knows what Helm or Jinja has yet to render: braces where a line or a
// value begins, or the objects of Helm. The texts of alerts have neither, unless
// someone forgot the quotes.
func isTemplate(text string) bool {
	if !strings.Contains(text, "{{") {
		return false
	}
	return slices.ContainsFunc(templateMark.FindAllStringIndex(text, -1), func(m []int) bool {
		rest := strings.TrimLeft(text[m[1]:], " -")
		return !strings.HasPrefix(rest, "$labels") && !strings.HasPrefix(rest, "$value")
	})
}

var templateMark = regexp.MustCompile(`(?m)(?:^|[:-][ \t])[ \t]*\{\{|\.(?:Values|Release|Chart)\b`)

// unreadable tells what stopped a parser. What a folder happens to hold is no
// error.
func (r *reader) unreadable(what string, err error) {
	d := diag.Diagnostic{Code: codeFile, Severity: diag.Warning, Pos: diag.Pos{File: r.src.name}, Message: what + " cannot be read: " + err.Error()}
	if r.named {
		d.Severity = diag.Error
	}
	if isTemplate(r.src.text) {
		d.Hint = "a template is checked after it is rendered"
	}
	var at syntaxError
	if errors.As(err, &at) {
		d.Pos = r.src.pos(at.at, at.at+1)
	}
	r.diags.Add(d)
	r.broken = true
}

// kindOf tells by the ending of a file's name what is in it. What comes through a
// pipe has none, and is known by how it looks.
func kindOf(name, text string) string {
	switch kind := strings.ToLower(path.Ext(name)); {
	case kind == "" && looksLikeCounters(text) && !yamlKey.MatchString(text):
		return ".csv"
	case kind == "", kind == ".yml":
		return ".yaml"
	default:
		return kind
	}
}

var yamlKey = regexp.MustCompile(`(?m)^(?:\w+:|\{)`)

// content reports whether a file holds something that is checked.
func (r *reader) content(kind string) (bool, error) {
	text := plainText(r.src.text, 0)
	if kind == ".csv" {
		return r.csv(text), nil
	}
	mark := len(text.Value) - len(strings.TrimPrefix(text.Value, byteOrderMark))
	switch kind {
	case ".json":
		root, err := parseJSON(text.part(mark, len(text.Value)))
		return r.document(root), err
	case ".yaml":
		if isJSON(text.Value[mark:]) { // which is YAML as well, and read faster
			if root, err := parseJSON(text.part(mark, len(text.Value))); err == nil {
				return r.document(root), nil
			}
		}
		docs, err := parseYAML(text)
		found := false
		for _, d := range docs {
			found = r.document(d) || found
		}
		return found, err
	}
	return false, fmt.Errorf("its name ends in %q, want .yaml, .yml, .json or .csv", kind)
}

// document tells what a tree is by its shape, and reports whether it is
// something that is checked.
func (r *reader) document(d *node) bool {
	if d == nil || !d.isMap {
		return false
	}
	switch kind := d.str("kind"); {
	case strings.HasSuffix(kind, "List"):
		found := false
		for _, item := range d.list("items") {
			found = r.document(item) || found
		}
		return found
	case kind == "PrometheusRule":
		return r.groups(d.at("spec"), false)
	case kind == "ConfigMap":
		return r.configMap(d)
	case kind == "GrafanaDashboard":
		return r.embedded(d.at("spec", "json"))
	case kind == "GrafanaManifest":
		return r.document(d.at("spec", "template"))
	case kind == "Dashboard" && strings.HasPrefix(d.str("apiVersion"), "dashboard.grafana.app/"):
		return r.document(d.at("spec"))
	}
	switch {
	case d.at("groups") != nil:
		return r.groups(d, true)
	case d.at("elements") != nil && d.at("layout") != nil:
		r.dashboard(classic(d))
	case isDashboard(d.at("dashboard")):
		r.dashboard(d.at("dashboard"))
	case isDashboard(d):
		r.dashboard(d)
	default:
		return false
	}
	return true
}

// configMap looks into the strings of a ConfigMap: dashboards for a sidecar, rule
// files for a Prometheus without the operator, the counters of DCGM.
func (r *reader) configMap(d *node) bool {
	data := d.at("data")
	if data == nil {
		return false
	}
	found := false
	for _, f := range data.fields {
		text := f.value.text
		if f.value.isMap || f.value.isList {
			continue
		}
		switch path.Ext(f.key.Value) {
		case ".json":
			found = r.embedded(f.value) || found
		case ".yaml", ".yml", ".rules":
			found = r.embeddedYAML(text) || found
		default:
			found = r.csv(text) || found
		}
	}
	return found
}

// embedded reads a dashboard that is written as a string, or as it is.
func (r *reader) embedded(n *node) bool {
	if n == nil || n.isList {
		return false
	}
	if n.isMap {
		return r.document(n)
	}
	root, err := parseJSON(n.text)
	if err != nil {
		r.unreadable("the JSON in this string", err)
		return false
	}
	return r.document(root)
}

var ruleFile = regexp.MustCompile(`(?m)^groups:`)

// embeddedYAML reads rules that are written as a string. Any other text may have
// a name that ends in .yaml.
func (r *reader) embeddedYAML(text Text) bool {
	docs, err := parseYAML(text)
	if err != nil && ruleFile.MatchString(text.Value) {
		r.unreadable("the YAML in this string", err)
	}
	found := false
	for _, d := range docs {
		found = r.document(d) || found
	}
	return found
}
