package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// read notes who reads which series and labels.
func (l *lowering) read(e promql.Expr, reader string) {
	for _, s := range promql.Selectors(e) {
		if !slices.Contains(l.reads[s.Name], reader) {
			l.reads[s.Name] = append(l.reads[s.Name], reader)
		}
		for _, m := range s.LabelMatchers {
			l.labels[m.Name] = true
		}
	}
	for _, label := range promql.GroupingLabels(e) {
		l.labels[label] = true
	}
}

// close makes the world closed: what is read is exported or recorded, and
// what is exported is read.
func (l *lowering) close() {
	for _, g := range l.plan.Groups {
		for _, r := range g.Rules {
			e, faults := promql.Parse(r.Expr)
			if len(faults) > 0 {
				continue // reported when it was printed
			}
			reader := "record " + r.Record
			if r.Alert != "" {
				reader = "alert " + r.Alert
			}
			l.read(e, reader)
		}
	}
	for _, readers := range l.reads {
		slices.Sort(readers)
	}
	for _, series := range slices.Sorted(maps.Keys(l.reads)) {
		l.checkPlaceholder(series)
	}
	l.counters()
	l.keep()
	l.checkIntervals()
	dcgm := l.in.Catalog.Exporters[GPUExporter]
	for _, label := range dcgm.Redundant {
		if !l.labels[label] {
			l.plan.GPUDrop = append(l.plan.GPUDrop, label)
		}
	}
	slices.Sort(l.plan.GPUDrop)
}

// checkPlaceholder refuses a placeholder that nothing stood for where it is read.
// Whether a series is there is asked of the finished files (internal/check).
func (l *lowering) checkPlaceholder(series string) {
	for _, prefix := range []string{signalPrefix, targetPrefix, factPrefix, paramPrefix} {
		if strings.HasPrefix(series, prefix) {
			kind, name, _ := strings.Cut(l.reads[series][0], " ")
			l.placeholder(series, nil, []string{"library", kind + "s", name, "expr"})
		}
	}
}

// checkIntervals refuses a scrape that is too slow for the ranges of the rules
// that read it: rate() needs two samples in its range, and with fewer than four
// scrapes in it a single lost one leaves a hole.
func (l *lowering) checkIntervals() {
	shortest := map[string]float64{}
	for _, g := range l.plan.Groups {
		for _, r := range g.Rules {
			e, _ := promql.Parse(r.Expr)
			for name, seconds := range promql.ShortestRanges(e) {
				if have, ok := shortest[name]; !ok || seconds < have {
					shortest[name] = seconds
				}
			}
		}
	}
	least := func(reads []string) (string, float64) {
		name, best := "", 0.0
		for _, series := range reads {
			if s, ok := shortest[series]; ok && (name == "" || s < best) {
				name, best = series, s
			}
		}
		return name, best
	}
	check := func(interval string, reads []string, at ...string) {
		i, _ := model.Seconds(interval)
		if series, seconds := least(reads); series != "" && i*scrapesInRange > seconds {
			l.in.Diags.Add(diag.Diagnostic{Code: codeScrape, Pos: l.in.Pos(at...),
				Message: fmt.Sprintf("%s is %s, and rules read %s over %s s: too few scrapes fall into it", strings.Join(at, "."), interval, series, model.FormatNumber(seconds)),
				Hint:    fmt.Sprintf("scrape at least every %s s", model.FormatNumber(seconds/scrapesInRange))})
		}
	}
	var fields []string
	for _, c := range l.plan.Counters {
		fields = append(fields, c.Field)
	}
	check(l.plan.Cluster.DCGM.Interval, fields, "clusters", l.in.Cluster, "dcgm", "interval")
	for _, w := range l.plan.Workloads {
		check(w.Scrape.Interval, w.Keep, "workloads", w.Name, "scrape", "interval")
	}
}

// scrapesInRange is how many scrapes a range should hold.
const scrapesInRange = 4

// counters computes the DCGM counters file: what is read, and the extras.
func (l *lowering) counters() {
	exporter := l.in.Catalog.Exporters[GPUExporter]
	running := l.sources[0].running
	version := running.Version
	for _, field := range slices.Sorted(maps.Keys(l.reads)) {
		if m, ok := exporter.Metrics[field]; ok {
			l.plan.Counters = append(l.plan.Counters, Counter{Field: field, Type: m.Type, Help: m.Help, Readers: l.reads[field]})
		}
	}
	pos := l.in.Pos("clusters", l.in.Cluster, "dcgm", "extraCounters")
	for _, field := range l.plan.Cluster.DCGM.ExtraCounters {
		m, ok := exporter.Metrics[field]
		switch {
		case !ok:
			l.in.Diags.Add(diag.Diagnostic{Code: codeBadCounter, Pos: pos,
				Message: fmt.Sprintf("the exporter has no counter %s: it would end at the start on every node", field),
				Hint:    l.didYouMean(field, exporter)})
		case !running.Has(field, m):
			_, why := running.Lacks(field, m)
			l.in.Diags.Errorf(codeBadCounter, pos, "%s is not there in dcgm-exporter %s, as it is installed in %q: it %s", field, version, l.in.Cluster, why)
		case !slices.ContainsFunc(l.plan.Counters, func(c Counter) bool { return c.Field == field }):
			l.plan.Counters = append(l.plan.Counters, Counter{Field: field, Type: m.Type, Help: m.Help})
		}
	}
	slices.SortFunc(l.plan.Counters, func(a, b Counter) int { return strings.Compare(a.Field, b.Field) })
	if most := l.plan.DCGM.MaxFields; len(l.plan.Counters) > most && !catalog.AtLeast(version, l.plan.DCGM.MaxFieldsUntil) {
		l.in.Diags.Errorf(codeTooManyField, pos, "%d counters are too many for dcgm-exporter %s, which takes %d", len(l.plan.Counters), version, most)
	}
}

func (l *lowering) didYouMean(field string, e model.Exporter) string {
	if n := diag.Nearest(field, slices.Collect(maps.Keys(e.Metrics))); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}

// keep computes what each workload's scrape keeps: the series that something
// reads and that this version of the engine has.
func (l *lowering) keep() {
	for i := range l.plan.Workloads {
		w := &l.plan.Workloads[i]
		exporter := l.in.Catalog.Exporters[w.Exporter]
		for _, series := range slices.Sorted(maps.Keys(l.reads)) {
			if s, ok := catalog.Of(w.Exporter, exporter, series); ok && w.Running().Has(s.Metric, s.Entry) {
				w.Keep = append(w.Keep, series)
			}
		}
	}
}
