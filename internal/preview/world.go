package preview

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// Times of the simulation, in seconds.
const (
	now     = 3 * 86400 // so old is the fleet
	longest = 6 * 3600  // the longest range that is shown
	scrape  = 60.0      // the interval of scrapes and rules
	// mostPoints of what is scraped: with so many it takes minutes, and a few gigabytes.
	mostPoints = 20e6
)

// ranges that can be chosen, in seconds.
var ranges = []int{3600, 3 * 3600, longest}

// world is what Prometheus holds of a cluster in a scenario.
type world struct {
	store *evaluate.Store
	// raw are the scraped series by name.
	raw map[string][]fleet.Series
	// alerts that were active, by rule, and their rules.
	alerts []active
	// changed are the names of series that are not those of the healthy fleet; nil
	// is all of them.
	changed map[string]bool
}

// active is a time that an alert was active, with its rule.
type active struct {
	rule rulegraph.Rule
	evaluate.Episode
}

// differs reports whether a query may answer something else than on the healthy
// fleet.
func (w *world) differs(q rulegraph.Rule) bool {
	if w.changed == nil {
		return true
	}
	for name := range q.Past {
		if w.changed[name] {
			return true
		}
	}
	return false
}

// build makes the world of a scenario; the healthy one must be built first.
func (c *Cluster) build(s Scenario) (*world, error) {
	series, err := c.suite.Simulation().Series(fleet.Scenario{
		Idle: s.idle, Case: s.fault, Subject: s.subject, Window: fleet.Window{From: s.From, Until: s.Until + scrape},
		Names: c.needs.Names, Life: &fleet.Life{From: now - longest - 3600, Until: now + 3600},
	})
	if err != nil {
		return nil, err
	}
	w := &world{raw: map[string][]fleet.Series{}}
	for _, one := range series {
		name := one.Labels.Get("__name__")
		w.raw[name] = append(w.raw[name], one)
	}
	if c.healthy == nil {
		if points := float64(len(series)) * longest / scrape; points > mostPoints {
			return nil, fmt.Errorf("%d series are too many to simulate, want at most %.0f: preview a spec with some of the workloads", len(series), mostPoints*scrape/longest)
		}
		w.store = evaluate.NewStore(scrape * time.Second)
		for _, one := range series {
			w.store.Add(one.Labels, one.Curve)
		}
		return w, c.evaluate(w, 0)
	}
	w.changed = c.healthy.unlike(w)
	for _, r := range c.needs.Records {
		if w.differs(r) {
			w.changed[r.Record] = true
		}
	}
	w.changed[evaluate.Alerts] = true
	w.store = c.healthy.store.Without(func(name string) bool { return w.changed[name] })
	for name := range w.changed {
		for _, one := range w.raw[name] {
			w.store.Add(one.Labels, one.Curve)
		}
	}
	return w, c.evaluate(w, s.From)
}

// unlike lists the scraped names whose series are others than here.
func (w *world) unlike(other *world) map[string]bool {
	out := map[string]bool{}
	same := func(a, b fleet.Series) bool {
		return a.Labels.Hash() == b.Labels.Hash() && slices.Equal(a.Curve, b.Curve)
	}
	for name, series := range other.raw {
		if !slices.EqualFunc(series, w.raw[name], same) {
			out[name] = true
		}
	}
	for name := range w.raw {
		if _, there := other.raw[name]; !there {
			out[name] = true
		}
	}
	return out
}

// evaluate runs the rules that give something else than on the healthy fleet: the
// records over as long a past as anything reads, the alerts over what is shown. Before
// a fault begins all is as it was there.
func (c *Cluster) evaluate(w *world, fault float64) error {
	continued := map[string]bool{}
	for _, r := range c.needs.Records {
		// Several rules may write one name: all of them, or none.
		if w.changed != nil && !w.changed[r.Record] {
			continue
		}
		step := max(scrape, r.Every)
		start := max(step, math.Floor(max(c.since[r.Record], fault)/step)*step)
		if fault > 0 && !continued[r.Record] {
			continued[r.Record] = true
			w.store.Continue(r.Record, c.healthy.store, start)
		}
		if err := w.store.Record(r.Evaluable(), evaluate.Span{Start: start, End: now, Step: step}); err != nil {
			return err
		}
	}
	var episodes []evaluate.Episode
	for _, a := range c.suite.Graph().Alerts {
		if !w.differs(a) {
			// As it was on the healthy fleet.
			for _, one := range c.healthy.alerts {
				if one.rule.Alert == a.Alert && one.rule.Expr == a.Expr {
					w.alerts, episodes = append(w.alerts, one), append(episodes, one.Episode)
				}
			}
			continue
		}
		found, err := w.store.Alert(a.Evaluable(), evaluate.Span{Start: max(now-longest, fault-scrape), End: now, Step: scrape})
		if err != nil {
			return err
		}
		for _, e := range found {
			w.alerts, episodes = append(w.alerts, active{a, e}), append(episodes, e)
		}
	}
	w.store.Remember(episodes)
	return nil
}

// since finds from when on each record is needed: what is shown reads back, and so
// does what it reads.
func since(needs rulegraph.Needs, readers []rulegraph.Rule) map[string]float64 {
	out := map[string]float64{}
	read := func(r rulegraph.Rule, start float64) {
		for name, past := range r.Past {
			from := start - past - scrape
			if have, ok := out[name]; !ok || from < have {
				out[name] = max(from, 0)
			}
		}
	}
	for _, r := range readers {
		read(r, now-longest)
	}
	for _, r := range slices.Backward(needs.Records) {
		read(r, out[r.Record])
	}
	return out
}
