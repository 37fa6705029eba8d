package dashboards

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// labeller tells the labels of a query's result, from the library alone.
type labeller struct {
	lib   model.Library
	parse parser.Parser
	found []string // what is wrong
}

// A set of labels; nil is any, for series that the library does not define.
type labelSet []string

func (l *labeller) say(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

func (l *labeller) query(text string) labelSet {
	e, err := l.parse.ParseExpr(strings.ReplaceAll(text, "$__rate_interval", "5m"))
	if err != nil {
		l.say("%v", err)
		return nil
	}
	return l.of(e)
}

func (l *labeller) of(e parser.Expr) labelSet {
	switch e := e.(type) {
	case *parser.VectorSelector:
		set := l.series(e.Name)
		for _, m := range e.LabelMatchers {
			if m.Name != "__name__" {
				l.within([]string{m.Name}, set, e.String())
			}
		}
		return set
	case *parser.ParenExpr:
		return l.of(e.Expr)
	case *parser.MatrixSelector:
		return l.of(e.VectorSelector)
	case *parser.SubqueryExpr:
		return l.of(e.Expr)
	case *parser.Call:
		return l.call(e)
	case *parser.AggregateExpr:
		return l.aggregate(e)
	case *parser.BinaryExpr:
		return l.binary(e)
	}
	return labelSet{}
}

func (l *labeller) call(e *parser.Call) labelSet {
	for _, a := range e.Args {
		if t := a.Type(); t == parser.ValueTypeVector || t == parser.ValueTypeMatrix {
			set := l.of(a)
			if e.Func.Name == "histogram_quantile" {
				return slices.DeleteFunc(slices.Clone(set), func(s string) bool { return s == "le" })
			}
			return set
		}
	}
	return labelSet{}
}

func (l *labeller) aggregate(e *parser.AggregateExpr) labelSet {
	inner := l.of(e.Expr)
	if e.Op == parser.TOPK || e.Op == parser.BOTTOMK {
		return inner
	}
	by := l.expand(e.Grouping)
	l.within(by, inner, e.String())
	if s, ok := e.Param.(*parser.StringLiteral); ok {
		by = append(by, s.Val)
	}
	return by
}

func (l *labeller) binary(e *parser.BinaryExpr) labelSet {
	left, right := l.of(e.LHS), l.of(e.RHS)
	number := func(e parser.Expr) bool {
		s, ok := e.(*parser.VectorSelector)
		return e.Type() == parser.ValueTypeScalar || ok && regexp.MustCompile("^(target|fact|param):").MatchString(s.Name)
	}
	switch {
	case number(e.RHS):
		return left
	case number(e.LHS):
		return right
	}
	m := e.VectorMatching
	if !m.On {
		return left
	}
	on := l.expand(m.MatchingLabels)
	l.within(on, left, e.String())
	l.within(on, right, e.String())
	switch m.Card {
	case parser.CardOneToOne:
		return on
	case parser.CardOneToMany:
		return append(slices.Clone(right), l.expand(m.Include)...)
	}
	return append(slices.Clone(left), l.expand(m.Include)...)
}

func (l *labeller) expand(labels []string) labelSet {
	out := labelSet{}
	for _, name := range labels {
		if level, ok := strings.CutPrefix(name, "scope_"); ok {
			out = append(out, l.lib.Levels[level].Labels...)
			continue
		}
		out = append(out, name)
	}
	return out
}

func (l *labeller) within(some, all labelSet, where string) {
	for _, s := range some {
		if all != nil && !slices.Contains(all, s) {
			l.say("%s: no label %s among %v", where, s, all)
		}
	}
}

// series are the labels of a series by its name.
func (l *labeller) series(name string) labelSet {
	if r, ok := l.lib.Records[name]; ok {
		if len(r.Labels) > 0 {
			set := labelSet{}
			for k := range r.Labels {
				set = append(set, k)
			}
			return set
		}
		return l.query(r.Expr)
	}
	if signal, ok := strings.CutPrefix(name, "signal:"); ok {
		for _, suffix := range []string{"", "_bucket", "_count", "_sum"} {
			if s, ok := l.lib.Signals[strings.TrimSuffix(signal, suffix)]; ok && (suffix == "") == (s.Type != "histogram") {
				return nil
			}
		}
		l.say("no signal %s", signal)
		return nil
	}
	if regexp.MustCompile("^workload:slo_(((errors|burn_rate):ratio_rate|bad_events:rate|events:rate|events:sum)[0-9]+[mhd]|error_budget_remaining:ratio)$").MatchString(name) {
		return append(labelSet{"slo", "target", "objective", "window"}, l.lib.Levels["workload"].Labels...)
	}
	if name != "ALERTS" && name != "up" && !regexp.MustCompile("^(target|fact|param):").MatchString(name) {
		l.say("no series %s", name)
	}
	return nil
}

var inLegend = regexp.MustCompile(`\{\{(\w+)\}\}`)

// check tells what is wrong with a panel's queries and their labels.
func (l *labeller) check(p model.Panel) []string {
	l.found = nil
	for _, q := range p.Queries {
		set := l.query(q.Expr)
		for _, m := range inLegend.FindAllStringSubmatch(q.Legend, -1) {
			l.within(labelSet{m[1]}, set, "legend "+q.Legend)
		}
		for label := range p.Columns {
			l.within(labelSet{label}, set, "column of "+q.Expr)
		}
		if p.Kind != "table" && p.Kind != "heatmap" && len(set) > 0 && q.Legend == "" {
			l.say("%s: lines with the labels %v have no legend", q.Expr, set)
		}
	}
	return l.found
}

func TestLibraryQueriesReadWhatExists(t *testing.T) {
	l := &labeller{lib: library(t), parse: parser.NewParser(parser.Options{})}
	forEachPanel(l.lib, func(where string, p model.Panel) {
		for _, s := range l.check(p) {
			t.Errorf("%s: %s", where, s)
		}
	})
}

func TestLabellerSeesMistakes(t *testing.T) {
	l := &labeller{lib: library(t), parse: parser.NewParser(parser.Options{})}
	for _, c := range []struct {
		q    model.Query
		want string
	}{
		{model.Query{Expr: "workload:gpu_busi:avg", Legend: "x"}, "no series workload:gpu_busi:avg"},
		{model.Query{Expr: "sum by (le) (rate(signal:ttfd_bucket[$__rate_interval]))"}, "no signal ttfd_bucket"},
		{model.Query{Expr: "sum(rate(signal:queue_depth_bucket[5m]))"}, "no signal queue_depth_bucket"},
		{model.Query{Expr: "workload:gpu_busy:avg", Legend: "{{node}}"}, "no label node"},
		{model.Query{Expr: `workload:gpu_busy:avg{node="a"}`, Legend: "x"}, "no label node"},
		{model.Query{Expr: "sum by (pod) (workload:gpu_busy:avg)", Legend: "x"}, "no label pod"},
		{model.Query{Expr: "team:gpu_spend_usd:per_hour / on (workload) team:budget_usd:per_month", Legend: "x"}, "no label workload"},
		{model.Query{Expr: "workload:gpu_busy:avg"}, "have no legend"},
		{model.Query{Expr: "sum(a"}, "unclosed"},
	} {
		found := strings.Join(l.check(model.Panel{Kind: "timeseries", Queries: []model.Query{c.q}}), "\n")
		if !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q, want %q", c.q.Expr, found, c.want)
		}
	}
}
