package typecheck

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// function gives the type of a call from those of its arguments.
type function func(c *checker, n *parser.Call, args []Type) Type

// functions of PromQL. One that is not here gives a type of which its labels
// alone are known.
var functions = map[string]function{
	"rate": rate, "irate": rate, "increase": rate,
	"delta": difference, "idelta": difference, "deriv": difference, "predict_linear": difference,
	"avg_over_time": same1, "mad_over_time": same1, "last_over_time": same1, "first_over_time": same1,
	"min_over_time": same1, "max_over_time": same1, "quantile_over_time": sameLast, "stddev_over_time": dispersion,
	"count_over_time": counting, "present_over_time": counting, "changes": counting, "resets": counting,
	"sum_over_time": mixed, "stdvar_over_time": mixed,
	"double_exponential_smoothing": smoothed,
	"ts_of_first_over_time":        instant, "start_timestamp": instant, "ts_of_last_over_time": instant, "ts_of_max_over_time": instant, "ts_of_min_over_time": instant, "timestamp": instant,
	"abs": magnitude, "ceil": rounded, "floor": rounded, "round": rounded,
	"sort": same1, "sort_desc": same1, "sort_by_label": same1, "sort_by_label_desc": same1,
	"clamp": clamp, "clamp_min": clamp, "clamp_max": clamp,
	"exp": mixed, "ln": mixed, "log2": mixed, "log10": mixed, "sqrt": mixed, "sgn": mixed,
	"absent": absent, "absent_over_time": absent,
	"scalar": scalar, "vector": vector, "time": now,
	"label_replace": relabel, "label_join": relabel,
	"histogram_quantile": quantile, "histogram_quantiles": quantiles, "histogram_fraction": fraction, "info": withInfo,
}

func (c *checker) call(n *parser.Call) Type {
	args := make([]Type, len(n.Args))
	for i, a := range n.Args {
		if i == 1 && n.Func.Name == "info" {
			break // a list of matchers, and no selector
		}
		args[i] = c.infer(a)
	}
	if f, ok := functions[n.Func.Name]; ok {
		return f(c, n, args)
	}
	out := unknown()
	for i, a := range n.Args {
		if a.Type() == parser.ValueTypeVector || a.Type() == parser.ValueTypeMatrix {
			out.Labels, out.keys = args[i].Labels, args[i].keys
			break
		}
	}
	return out
}

// same1 leaves everything as it is.
func same1(_ *checker, _ *parser.Call, args []Type) Type { return args[0] }

func sameLast(_ *checker, _ *parser.Call, args []Type) Type { return args[len(args)-1] }

// derived keeps labels and keys alone.
func derived(t Type) Type {
	return Type{Labels: t.Labels, keys: t.keys, bounds: unbounded}
}

func mixed(_ *checker, _ *parser.Call, args []Type) Type { return derived(args[0]) }

func magnitude(_ *checker, _ *parser.Call, args []Type) Type {
	out := args[0]
	out.literal = nil
	out.bounds = bounds{0, max(math.Abs(out.bounds.min), math.Abs(out.bounds.max))}
	return out
}

// rounded may pass the bounds by less than one; by how much where it rounds to something
// else is not looked at.
func rounded(_ *checker, n *parser.Call, args []Type) Type {
	out := args[0]
	out.literal = nil
	out.bounds = bounds{math.Floor(out.bounds.min), math.Ceil(out.bounds.max)}
	if len(n.Args) > 1 {
		out.bounds = unbounded
	}
	return out
}

func counting(_ *checker, _ *parser.Call, args []Type) Type {
	out := derived(args[0])
	out.Unit = plain
	return out
}

func dispersion(_ *checker, _ *parser.Call, args []Type) Type {
	out := derived(args[0])
	out.Unit = args[0].Unit.difference()
	return out
}

// smoothed goes on from a trend, past what there was.
func smoothed(_ *checker, _ *parser.Call, args []Type) Type {
	out := derived(args[0])
	out.Unit = args[0].Unit
	return out
}

// withInfo takes over labels of which nothing is known here.
func withInfo(_ *checker, _ *parser.Call, args []Type) Type {
	out := args[0]
	out.Labels.open, out.Labels.unknown = true, true
	return out
}

// rate is the speed of a counter, or its rise over a range.
func rate(c *checker, n *parser.Call, args []Type) Type {
	t := args[0]
	if t.gauge != nil {
		s := t.gauge.series
		hint := fmt.Sprintf("delta(%s[1h]) is its change, deriv() its slope", s.Name)
		if s.Entry.Trap != "" {
			hint = s.Entry.Trap
		}
		c.add(codeRateGauge, n.PositionRange(), hint, "%s() of %s, which is a gauge: where it falls, %s() takes it for a start from 0", n.Func.Name, s.Name, n.Func.Name)
	}
	if t.merged != "" && t.counter != nil {
		c.add(codeRateGauge, n.PositionRange(), fmt.Sprintf("take the %s of each series first, then the %s", n.Func.Name, t.merged),
			"%s() of a %s over counters: when one of them starts again, the %s falls and all of the rest is counted anew", n.Func.Name, t.merged, t.merged)
	}
	c.window(n)
	out := derived(t)
	out.Unit, out.mayBeZero, out.parts = t.Unit.difference(), true, t.parts
	if n.Func.Name != "increase" {
		out.Unit = t.Unit.perSecond()
	}
	if t.buckets != nil {
		b := *t.buckets
		b.rated = true
		out.buckets = &b
	}
	return out
}

// window checks the range of a rate against the scrapes that fall into it.
func (c *checker) window(n *parser.Call) {
	m, ok := unwrap(n.Args[0]).(*parser.MatrixSelector)
	if !ok {
		return
	}
	if s, ok := unwrap(m.VectorSelector).(*promql.Selector); ok && (s.Anchored || s.Smoothed) {
		return // it takes in the sample before the range
	}
	pos := n.PositionRange()
	if at, ok := c.find(m.VectorSelector.PositionRange().End, m.PositionRange().End, promql.FormatDuration(m.Range)); ok {
		pos = at
	}
	switch {
	case m.Range == c.query.StandIns.Interval && m.Range > 0:
		c.add(codeRange, n.PositionRange(), "$__rate_interval is never shorter than four scrapes",
			"%s() over $__interval, which is shorter than a scrape when the graph is zoomed in: it then has no data", n.Func.Name)
	case m.Range == c.query.StandIns.Duration || promql.IsRateInterval(m.Range) || c.Interval == 0:
	case m.Range > 0 && m.Range < scrapesInRange*c.Interval:
		c.add(codeRange, pos, fmt.Sprintf("use at least %s", promql.FormatDuration(scrapesInRange*c.Interval)),
			"%s() over %s with a scrape every %s: one that is lost leaves a hole", n.Func.Name, promql.FormatDuration(m.Range), promql.FormatDuration(c.Interval))
	}
}

// scrapesInRange is how many scrapes a range should hold.
const scrapesInRange = 4

// difference is a change that may go down.
func difference(c *checker, n *parser.Call, args []Type) Type {
	t := args[0]
	if t.counter != nil && n.Func.Name != "predict_linear" {
		s := t.counter.series
		instead := map[string]string{"delta": "increase", "idelta": "irate", "deriv": "rate"}[n.Func.Name]
		c.add(codeDelta, n.PositionRange(), fmt.Sprintf("%s() knows of such starts", instead),
			"%s() of %s, which is a counter: each start of its process from 0 is told as a fall", n.Func.Name, s.Name)
	}
	if n.Func.Name != "predict_linear" {
		c.window(n)
	}
	out := derived(t)
	switch n.Func.Name {
	case "deriv":
		out.Unit = t.Unit.perSecond()
	case "predict_linear":
		out.Unit = t.Unit
	default:
		out.Unit = t.Unit.difference()
	}
	return out
}

func instant(c *checker, _ *parser.Call, args []Type) Type {
	out := derived(args[0])
	out.Unit = unitNamed(c.Catalog, "seconds")
	return out
}

func now(c *checker, _ *parser.Call, _ []Type) Type {
	return Type{Unit: unitNamed(c.Catalog, "seconds"), bounds: unbounded, Labels: closed(nil, ""), keys: [][]string{{}}}
}

// clamp bounds a value; from a number above zero on it is never zero.
func clamp(_ *checker, n *parser.Call, args []Type) Type {
	out := args[0]
	limits := args[1:]
	out.counter, out.literal = nil, nil
	if n.Func.Name != "clamp_max" {
		least := limits[0].bounds
		out.bounds = bounds{max(out.bounds.min, least.min), max(out.bounds.max, least.max)}
		out.mayBeZero = out.mayBeZero && least.min <= 0
	}
	if n.Func.Name != "clamp_min" {
		most := limits[len(limits)-1].bounds
		out.bounds = bounds{min(out.bounds.min, most.min), min(out.bounds.max, most.max)}
	}
	return out
}

// absent has the labels that a selector asks to be equal to something, each once. Of
// anything else than a selector it has none.
func absent(_ *checker, n *parser.Call, _ []Type) Type {
	out := Type{Labels: closed(nil, n.Func.Name+"()"), boolean: true, bounds: bounds{0, 1}, keys: [][]string{{}}}
	e := unwrap(n.Args[0])
	if m, ok := e.(*parser.MatrixSelector); ok {
		e = unwrap(m.VectorSelector)
	}
	s, ok := e.(*promql.Selector)
	if !ok {
		return out
	}
	for i, m := range s.LabelMatchers {
		again := slices.ContainsFunc(s.LabelMatchers[:i], func(o *promql.Matcher) bool { return o.Name == m.Name })
		switch {
		case m.Name == labels.MetricName || m.Value == "":
		case m.Type == labels.MatchEqual && !again:
			out.Labels = out.Labels.with(m.Name).surely(m.Name)
		default:
			out.Labels = out.Labels.without(n.Func.Name+"() keeps what is asked to be equal alone", m.Name)
		}
	}
	return out
}

func scalar(_ *checker, _ *parser.Call, args []Type) Type {
	out := args[0]
	out.Labels, out.keys = closed(nil, "scalar()"), [][]string{{}}
	return out
}

func vector(_ *checker, _ *parser.Call, args []Type) Type {
	out := args[0]
	out.Labels = closed(nil, "vector()")
	return out
}

// relabel sets a label from others.
func relabel(c *checker, n *parser.Call, args []Type) Type {
	text := func(e promql.Expr) string {
		if s, ok := unwrap(e).(*parser.StringLiteral); ok {
			return s.Val
		}
		return ""
	}
	dst, sources := text(n.Args[1]), n.Args[3:]
	if n.Func.Name == "label_replace" {
		sources = n.Args[3:4]
	}
	out := args[0]
	for _, s := range sources {
		// To read a label that another version has is how both are brought under one name.
		src := text(s)
		if lack, bad := c.lacks(out.Labels, src); src != "" && !(bad && lack.renamed) {
			c.needLabel(out.Labels, src, c.within(s.PositionRange(), src), "is read by "+n.Func.Name+"()")
		}
	}
	if c.isStandIn(dst) || strings.Contains(dst, "$") {
		out.keys = nil
		out.Labels.open, out.Labels.unknown = true, true
		return out
	}
	out.keys = slices.DeleteFunc(slices.Clone(out.keys), func(k []string) bool { return slices.Contains(k, dst) })
	firm := slices.DeleteFunc(slices.Clone(out.Labels.firm), func(l string) bool { return l == dst })
	out.Labels = out.Labels.with(dst)
	out.Labels.firm = firm
	return out
}

// scale multiplies by a number.
func (c *checker) scale(t Type, by float64) Type {
	out := t
	if t.literal != nil {
		return number(*t.literal * by)
	}
	out.Unit = t.Unit.scaled(by, c.Catalog)
	out.bounds = t.bounds.scaled(by)
	if by == 0 || t.bounds == (bounds{1, 1}) {
		out.Unit = Unit{} // the number alone
	}
	if by == 0 {
		out.counter = nil
	}
	out.boolean, out.mixed = false, ""
	return out
}
