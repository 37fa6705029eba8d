package typecheck

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// selector is where types begin.
func (c *checker) selector(n *parser.VectorSelector) Type {
	name := n.Name
	if name == "" {
		name, _ = promql.MatcherValue(n, labels.MetricName)
	}
	var t Type
	switch recorded, ok := c.Recorded[name]; {
	case name == "" || c.isStandIn(name):
		t = unknown()
	case ok:
		t = recorded.readAs(name, c.within(n.PosRange, name))
	default:
		t = c.exported(name, c.within(n.PosRange, name))
	}
	for _, m := range n.LabelMatchers {
		if m.Name != labels.MetricName && !m.Matches("") {
			c.matcher(t, m, n.PosRange)
			t.Labels = t.Labels.surely(m.Name)
		}
	}
	t.keys = pinned(t.keys, n.LabelMatchers)
	return t
}

// exported is what programs expose under a name.
func (c *checker) exported(name string, pos posrange.PositionRange) Type {
	found := c.Catalog.Find(name)
	if len(found) == 0 {
		c.unknownMetric(name, pos)
		t := unknown()
		if strings.HasSuffix(name, "_bucket") {
			s := catalog.Series{Name: name, Metric: strings.TrimSuffix(name, "_bucket"), Part: catalog.Bucket}
			t.buckets = &histogram{origin: origin{series: s, pos: pos}}
		}
		return t
	}
	// Where one exporter is known to use the name, it is not taken for another's.
	if own := slices.DeleteFunc(slices.Clone(found), c.shared); len(own) > 0 {
		found = own
	}
	present := slices.DeleteFunc(slices.Clone(found), func(s catalog.Series) bool { return !c.present(s) })
	if len(present) == 0 {
		c.absent(name, found, pos)
		present = found
	}
	return c.seriesType(present, pos)
}

// readAs is what was recorded, where it is read under its name.
func (t Type) readAs(name string, pos posrange.PositionRange) Type {
	at := func(o *origin) *origin {
		if o == nil {
			return nil
		}
		s := o.series
		s.Name = name
		return &origin{series: s, pos: pos}
	}
	out := t
	out.counter, out.gauge = at(t.counter), at(t.gauge)
	if t.buckets != nil {
		b := *t.buckets
		b.origin = *at(&b.origin)
		out.buckets = &b
	}
	return out
}

func (c *checker) isStandIn(word string) bool {
	return c.query.StandIns.Name != "" && strings.Contains(word, c.query.StandIns.Name)
}

// present reports whether an exporter has a series as it runs here.
func (c *checker) present(s catalog.Series) bool {
	runs, ok := c.Running[s.Exporter]
	if !ok {
		return !c.Closed
	}
	if c.shared(s) {
		return true
	}
	return slices.ContainsFunc(runs, func(r catalog.Running) bool { return r.Has(s.Metric, s.Entry) })
}

// shared reports whether a name may be another program's: nobody says that this
// exporter runs, and others expose such names as well.
func (c *checker) shared(s catalog.Series) bool {
	return !c.Closed && slices.ContainsFunc(c.Catalog.Exporters[s.Exporter].Shared, func(p string) bool { return strings.HasPrefix(s.Name, p) }) &&
		!slices.ContainsFunc(c.Running[s.Exporter], func(r catalog.Running) bool { return !r.Assumed })
}

// unknownMetric tells of a name that nothing has.
func (c *checker) unknownMetric(name string, pos posrange.PositionRange) {
	owner, owned := c.Catalog.Owner(name)
	if h, ok := c.Catalog.Histogram(name); ok {
		c.add(codeUnknown, pos, fmt.Sprintf("rate(%s_sum[5m]) / (rate(%s_count[5m]) > 0) is the mean, %s_bucket has the distribution", name, name, name),
			"%s is a histogram of %s: nothing has the bare name", name, c.Catalog.Exporters[h.Exporter].Title)
		return
	}
	if !owned && !c.Closed {
		c.unread = append(c.unread, name)
		if c.Strict {
			c.add(codeStrict, pos, "", "%s belongs to no exporter of the catalogue, and no rule here records it", name)
		}
		return
	}
	who := "nothing here exports or records it"
	if owned {
		who = c.Catalog.Exporters[owner].Title + " has no such metric"
	}
	c.add(codeUnknown, pos, didYouMean(c.Catalog.Nearest(name, slices.Sorted(maps.Keys(c.Recorded))...)), "%s does not exist: %s", name, who)
}

func didYouMean(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	switch len(quoted) {
	case 0:
		return ""
	case 1:
		return "did you mean " + quoted[0] + "?"
	}
	return "did you mean " + strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1] + "?"
}

// absent says why none of the exporters that know a name has it here.
func (c *checker) absent(name string, found []catalog.Series, pos posrange.PositionRange) {
	codes := map[catalog.Reason]string{
		catalog.Removed: codeVersion, catalog.NotYet: codeVersion,
		catalog.Hidden: codeNotEnabled, catalog.NotEnabled: codeNotEnabled, catalog.NotMeasured: codeHardware,
	}
	for _, s := range found {
		e := c.Catalog.Exporters[s.Exporter]
		for _, r := range c.Running[s.Exporter] {
			reason, why := r.Lacks(s.Metric, s.Entry)
			if reason == catalog.Present {
				continue
			}
			where := e.Title
			if r.Version != "" {
				where += " " + r.Version
			}
			if r.Assumed && (reason == catalog.Removed || reason == catalog.Hidden) {
				where += " (the newest known)"
			}
			hint := ""
			switch reason {
			case catalog.Removed, catalog.Hidden:
				hint = c.instead(s)
			case catalog.NotYet:
				hint = c.before(s)
			}
			c.add(codes[reason], pos, hint, "%s is not there in %s: it %s", name, where, why)
			return
		}
	}
	c.add(codeNotEnabled, pos, "", "%s is one of %s, and nothing here is scraped for it", name, c.Catalog.Exporters[found[0].Exporter].Title)
}

// instead follows what carries on to a metric that is there.
func (c *checker) instead(s catalog.Series) string {
	seen := map[string]bool{}
	suffix := strings.TrimPrefix(s.Name, s.Metric)
	for next := s.Entry.ReplacedBy; next != "" && !seen[next]; {
		seen[next] = true
		e, ok := c.Catalog.Exporters[s.Exporter].Metrics[next]
		if !ok {
			return "read " + next
		}
		by := catalog.Series{Name: next, Exporter: s.Exporter, Metric: next, Entry: e}
		if c.present(by) || e.ReplacedBy == "" {
			name := next
			if s.Entry.Type == e.Type {
				name += suffix
			}
			return "read " + name + c.inUnit(s.Entry, e)
		}
		next = e.ReplacedBy
	}
	return ""
}

// before finds what a metric that is not there yet has taken the place of.
func (c *checker) before(s catalog.Series) string {
	metrics := c.Catalog.Exporters[s.Exporter].Metrics
	for _, old := range slices.Sorted(maps.Keys(metrics)) {
		m := metrics[old]
		if m.ReplacedBy == s.Metric && c.present(catalog.Series{Name: old, Exporter: s.Exporter, Metric: old, Entry: m}) {
			return "read " + old + strings.TrimPrefix(s.Name, s.Metric) + c.inUnit(s.Entry, m)
		}
	}
	return ""
}

// inUnit says when what carries on counts in another unit.
func (c *checker) inUnit(old, e model.Metric) string {
	from, to := c.Catalog.Units[old.Unit], c.Catalog.Units[e.Unit]
	if old.Unit == e.Unit || from.Factor == to.Factor {
		return ""
	}
	return fmt.Sprintf(", in %s instead of %s: multiply what you compare it with by %s", e.Unit, old.Unit, model.FormatNumber(from.Factor/to.Factor))
}

// seriesType is the type of one name, which several exporters may have.
func (c *checker) seriesType(found []catalog.Series, pos posrange.PositionRange) Type {
	var t Type
	for i, s := range found {
		one := c.oneSeries(s, pos)
		if i == 0 {
			t = one
			continue
		}
		t.Labels = t.Labels.union(one.Labels)
		if t.Unit.name != one.Unit.name {
			t.Unit = Unit{}
		}
		t.bounds = t.bounds.union(one.bounds)
		t.keys = slices.DeleteFunc(slices.Clone(t.keys), func(k []string) bool { return !one.tellsBy(k) })
		if one.counter == nil {
			t.counter = nil
		}
		if one.gauge == nil {
			t.gauge = nil
		}
		if one.buckets == nil {
			t.buckets = nil
		}
		t.boolean = t.boolean && one.boolean
	}
	return t
}

func (c *checker) oneSeries(s catalog.Series, pos posrange.PositionRange) Type {
	t := Type{Unit: unitNamed(c.Catalog, s.Unit()), bounds: unbounded, parts: []string{s.Name}, Labels: c.labelsOf(s)}
	if s.Part == catalog.Value {
		t.bounds = boundsOf(c.Catalog, s.Entry.Unit, s.Entry)
		t.boolean = s.Entry.Unit == "boolean"
	}
	from := &origin{series: s, pos: pos}
	switch {
	case s.Monotonic():
		t.counter = from
	case s.Part == catalog.Value:
		t.gauge = from
	}
	if s.Part == catalog.Bucket {
		t.buckets = &histogram{origin: *from, known: !c.shared(s)}
	}
	if c.shared(s) {
		t.Labels, t.bounds = unknown().Labels, unbounded
		return t
	}
	for _, way := range c.Catalog.Exporters[s.Exporter].Identity {
		t.keys = append(t.keys, c.withoutDecided(s.Exporter, append(slices.Clone(way), s.Keys()...)))
	}
	return t
}

// withoutDecided leaves out of a key what follows from another label in it.
func (c *checker) withoutDecided(exporter string, key []string) []string {
	for by, decided := range c.Catalog.Exporters[exporter].Decides {
		if slices.Contains(key, by) {
			key = slices.DeleteFunc(key, func(l string) bool { return slices.Contains(decided, l) })
		}
	}
	return key
}

// labelsOf are the labels of a series as it is stored here.
func (c *checker) labelsOf(s catalog.Series) Labels {
	e := c.Catalog.Exporters[s.Exporter]
	l := Labels{of: []catalog.Series{s}, renamed: map[string]string{}}
	for _, name := range append(slices.Clone(s.Labels()), e.Labels...) {
		if by, gone := c.renamed(s.Exporter, name); gone {
			l.renamed[name] = by
		} else {
			l.names = append(l.names, name)
		}
	}
	l.firm = slices.DeleteFunc(unionOf(l.names, everywhere), func(name string) bool { return slices.Contains(e.Sparse, name) })
	attached, known := c.Attached[s.Exporter]
	l.open = !known
	l = l.with(attached...)
	if dropped := c.Dropped[s.Exporter]; len(dropped) > 0 {
		l = l.without("the scrape drops it", dropped...)
	}
	return l
}

// renamed reports whether no version that runs here has a label, and says since
// when.
func (c *checker) renamed(exporter, label string) (string, bool) {
	v, ok := c.Catalog.Exporters[exporter].LabelVersions[label]
	runs := c.Running[exporter]
	if !ok || len(runs) == 0 {
		return "", false
	}
	why := ""
	for _, r := range runs {
		switch {
		case r.Version == "":
			return "", false
		case v.Removed != "" && catalog.AtLeast(r.Version, v.Removed):
			why = fmt.Sprintf("%s lost it in %s", c.Catalog.Exporters[exporter].Title, v.Removed)
			if r.Assumed {
				why += fmt.Sprintf(" (%s is taken to run)", r.Version)
			}
			if v.ReplacedBy != "" {
				why += ": it is " + v.ReplacedBy + " now"
			}
		case !catalog.AtLeast(r.Version, v.Since):
			why = fmt.Sprintf("%s has it from %s on", c.Catalog.Exporters[exporter].Title, v.Since)
		default:
			return "", false
		}
	}
	return why, true
}

// matcher checks one matcher of a selector, which asks for a label that is there.
func (c *checker) matcher(t Type, m *promql.Matcher, pos posrange.PositionRange) {
	at := c.within(pos, m.Name)
	if !c.needLabel(t.Labels, m.Name, at, "is matched on") {
		return
	}
	if c.isStandIn(m.Value) || c.isVariable(m.Value) {
		return
	}
	pos.Start = at.Start // its value stands after its name
	if m.Name == labels.BucketLabel && t.buckets != nil {
		c.edge(t.buckets, m, c.within(pos, m.Value))
		return
	}
	if c.againstPattern(t.Labels, m) {
		hint := fmt.Sprintf("did you mean %q?", strings.Trim(notInName.ReplaceAllString(m.Value, "_"), "_"))
		c.add(codeValue, c.within(pos, m.Value), hint, "%s%s%q matches no series of %s", m.Name, m.Type, m.Value, t.Labels.of[0].Name)
		return
	}
	for _, s := range t.Labels.of {
		values, ok := s.Entry.Values[m.Name]
		if !ok || slices.ContainsFunc(values, m.Matches) || m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
			return
		}
	}
	if len(t.Labels.of) > 0 {
		s := t.Labels.of[0]
		c.add(codeValue, c.within(pos, m.Value), diag.WantOneOf(s.Entry.Values[m.Name]),
			"%s%s%q matches no series of %s", m.Name, m.Type, m.Value, s.Name)
	}
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// againstPattern reports whether a label is asked to equal what no value of it
// looks like.
func (c *checker) againstPattern(l Labels, m *promql.Matcher) bool {
	return m.Type == labels.MatchEqual && len(l.of) > 0 && !slices.ContainsFunc(l.of, func(s catalog.Series) bool {
		p, ok := s.Entry.Patterns[m.Name]
		return !ok || matches(p+"$", m.Value)
	})
}

var variable = regexp.MustCompile(`\$\{?[A-Za-z_]|\[\[[A-Za-z_]`)

// isVariable tells Grafana's $name, and its [[name]] of old, from the end of a regular
// expression.
func (c *checker) isVariable(value string) bool {
	return c.query.Use != InAlert && c.query.Use != InRecord && variable.MatchString(value)
}

// edge checks that a bucket exists: le is a text, and a number that is no edge
// matches nothing.
func (c *checker) edge(h *histogram, m *promql.Matcher, pos posrange.PositionRange) {
	edges := slices.Clone(h.series.Entry.Buckets)
	for _, r := range c.Running[h.series.Exporter] {
		edges = append(edges, r.Edges[h.series.Metric]...)
	}
	if len(edges) == 0 || !h.known || m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
		return
	}
	texts := []string{"+Inf"}
	for _, e := range edges {
		texts = append(texts, promql.FormatEdge(e))
	}
	if slices.ContainsFunc(texts, m.Matches) {
		return
	}
	hint := ""
	if v, err := strconv.ParseFloat(m.Value, 64); err == nil {
		between, ok := promql.Between(edges, v)
		switch {
		case !ok:
			hint = fmt.Sprintf("the last edge is %s", promql.FormatEdge(slices.Max(edges)))
		case between.Exact():
			hint = fmt.Sprintf("write %s=%q, as Prometheus stores it", m.Name, promql.FormatEdge(between.Upper))
		case between.Lower == 0:
			hint = fmt.Sprintf("the first edge is %s", promql.FormatEdge(between.Upper))
		default:
			hint = fmt.Sprintf("the edges around it are %s and %s", promql.FormatEdge(between.Lower), promql.FormatEdge(between.Upper))
		}
	} else {
		hint = "the edges are " + strings.Join(texts[1:], ", ")
	}
	c.add(codeEdge, pos, hint, "%s%s%q matches nothing: %s has no such bucket", m.Name, m.Type, m.Value, h.series.Metric)
}

// pinned removes labels that have one value from the keys.
func pinned(keys [][]string, matchers []*promql.Matcher) [][]string {
	var out [][]string
	for _, k := range keys {
		out = append(out, slices.DeleteFunc(slices.Clone(k), func(l string) bool {
			return slices.ContainsFunc(matchers, func(m *promql.Matcher) bool { return m.Type == labels.MatchEqual && m.Name == l })
		}))
	}
	return out
}
