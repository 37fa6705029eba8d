package preview

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Answer is what the queries of a dashboard give.
type Answer struct {
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	Step  float64 `json:"step"`
	// Variables are the values that each one offers.
	Variables map[string][]string `json:"variables"`
	// Panels are results by the id of the panel and the reference id of the query.
	Panels      map[int]map[string]Result `json:"panels"`
	Annotations []Mark                    `json:"annotations"`
	Alerts      []Alert                   `json:"alerts"`
}

// Result is that of one query.
type Result struct {
	Frames []Frame `json:"frames"`
	Error  string  `json:"error,omitempty"`
}

// Frame is a series: a value for each step, or the one of now.
type Frame struct {
	Labels map[string]string `json:"labels"`
	Values values            `json:"values"`
}

// values are written with the digits that a picture shows; NaN is null.
type values []float64

// MarshalJSON writes a list of numbers.
func (v values) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, x := range v {
		if i > 0 {
			out = append(out, ',')
		}
		switch {
		case math.IsNaN(x):
			out = append(out, "null"...)
		case math.IsInf(x, 0):
			out = append(out, strconv.Quote(strconv.FormatFloat(x, 'g', -1, 64))...)
		case math.Abs(x) < 1e-12:
			out = append(out, '0') // what a sum of floats leaves of nothing
		default:
			short, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
			out = strconv.AppendFloat(out, short, 'f', -1, 64)
		}
	}
	return append(out, ']'), nil
}

// Mark is a time at which something happened.
type Mark struct {
	Name  string  `json:"name"`
	Color string  `json:"color"`
	From  float64 `json:"from"`
	Until float64 `json:"until,omitempty"`
	Title string  `json:"title"`
	Text  string  `json:"text"`
}

// Alert is one that is pending or firing now.
type Alert struct {
	Name        string            `json:"name"`
	Severity    string            `json:"severity"`
	State       string            `json:"state"`
	Since       float64           `json:"since"`
	Labels      map[string]string `json:"labels"`
	Summary     string            `json:"summary"`
	Description string            `json:"description"`
	From        []Place           `json:"from"`
}

// Choice is what is chosen of each variable; one that is not in it is all.
type Choice map[string][]string

// pattern is the regular expression of each variable's choice.
func (c Choice) patterns(b *board) map[string]string {
	out := map[string]string{}
	for _, v := range b.variables {
		out[v.name] = ".*"
		if chosen := c[v.name]; len(chosen) > 0 {
			out[v.name] = promql.Alternation(chosen)
		}
	}
	return out
}

// span of a range that ends now: with at most so many steps as a panel is wide.
func span(length int) evaluate.Span {
	const steps = 180
	step := math.Ceil(float64(length)/steps/scrape) * scrape
	return evaluate.Span{Start: now - float64(length), End: now, Step: step}
}

// Answer asks the queries of a dashboard.
func (c *Cluster) Answer(scenario, uid string, length int, choice Choice) (*Answer, error) {
	if !slices.Contains(ranges, length) {
		return nil, fmt.Errorf("range %d, want one of %v seconds", length, ranges)
	}
	b, err := c.board(uid)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w, err := c.world(scenario)
	if err != nil {
		return nil, err
	}
	over, patterns := span(length), choice.patterns(b)
	out := &Answer{Start: over.Start, End: over.End, Step: over.Step, Variables: map[string][]string{}, Panels: map[int]map[string]Result{}, Alerts: c.alerts(w)}
	for _, v := range b.variables {
		if out.Variables[v.name], err = w.offers(v, patterns); err != nil {
			return nil, err
		}
	}
	for _, p := range b.all() {
		for _, t := range p.Targets {
			if out.Panels[p.ID] == nil {
				out.Panels[p.ID] = map[string]Result{}
			}
			out.Panels[p.ID][t.RefID] = w.ask(t, over, patterns)
		}
	}
	out.Annotations = w.marks(b, over, patterns)
	return out, nil
}

// filled is a query with what is chosen.
func filled(expr string, step float64, patterns map[string]string) (string, error) {
	e, faults := promql.Parse(expr)
	if len(faults) > 0 {
		return "", fmt.Errorf("%s: %s", expr, faults[0].Message)
	}
	// Grafana takes four scrapes, or a step and a scrape where that is more.
	e, err := promql.Fill(e, patterns, time.Duration(max(4*scrape, step+scrape))*time.Second)
	if err != nil {
		return "", err
	}
	return e.String(), nil
}

// ask evaluates a panel's query. What is wrong with it is shown in the panel.
func (w *world) ask(t target, over evaluate.Span, patterns map[string]string) Result {
	out := Result{Frames: []Frame{}}
	expr, err := filled(t.Expr, over.Step, patterns)
	switch {
	case err != nil:
	case t.Instant:
		var found []evaluate.Value
		found, err = w.store.Values(expr, over.End)
		for _, one := range found {
			out.Frames = append(out.Frames, Frame{one.Labels.Map(), values{one.Value}})
		}
	default:
		var found []evaluate.Course
		found, err = w.store.Range(expr, over)
		for _, one := range found {
			out.Frames = append(out.Frames, Frame{one.Labels.Map(), one.Values})
		}
	}
	if err != nil {
		return Result{Frames: []Frame{}, Error: err.Error()}
	}
	return out
}

// offers lists the values of a variable's label.
func (w *world) offers(v variable, patterns map[string]string) ([]string, error) {
	expr, err := filled(v.selector, scrape, patterns)
	if err != nil {
		return nil, err
	}
	found, err := w.store.Values(expr, now)
	out := []string{}
	for _, one := range found {
		if value := one.Labels.Get(v.label); value != "" && !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	slices.Sort(out)
	return out, err
}

// marks are the times in which an annotation's query has a series.
func (w *world) marks(b *board, over evaluate.Span, patterns map[string]string) []Mark {
	out := []Mark{}
	for _, a := range b.Annotations.List {
		expr, err := filled(a.Expr, over.Step, patterns)
		if err != nil {
			continue // the same query is a panel's fault elsewhere
		}
		found, err := w.store.Range(expr, over)
		if err != nil {
			continue
		}
		for _, one := range found {
			for i := 0; i < len(one.Values); i++ {
				if math.IsNaN(one.Values[i]) {
					continue
				}
				first := i
				for i+1 < len(one.Values) && !math.IsNaN(one.Values[i+1]) {
					i++
				}
				m := Mark{Name: a.Name, Color: a.Color, From: over.Start + float64(first)*over.Step,
					Title: promql.FillLegend(a.TitleFormat, one.Labels.Get), Text: strings.Join(strings.Fields(promql.FillLegend(a.TextFormat, one.Labels.Get)), " ")}
				if i > first {
					m.Until = over.Start + float64(i)*over.Step
				}
				out = append(out, m)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Mark) int { return int(a.From - b.From) })
	return out
}

// severities, the worst first.
var severities = []string{"critical", "warning", "info"}

// alerts are those that are active now: firing ones first, then by severity.
func (c *Cluster) alerts(w *world) []Alert {
	out := []Alert{}
	for _, a := range w.alerts {
		if a.Until <= now {
			continue
		}
		one := Alert{Name: a.rule.Alert, Severity: a.rule.Labels["severity"], State: evaluate.StatePending, Since: a.Since,
			Labels: a.Labels.Map(), Summary: a.Annotations["summary"], Description: a.Annotations["description"]}
		if a.Fired <= now {
			one.State, one.Since = evaluate.StateFiring, a.Fired
		}
		for _, o := range a.rule.Origins {
			one.From = append(one.From, c.place(o))
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b Alert) int {
		if a.State != b.State {
			return strings.Compare(a.State, b.State)
		}
		if d := slices.Index(severities, a.Severity) - slices.Index(severities, b.Severity); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}
