package golden

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// scrapeEvery and the interval of rules are wider than in the files, so that
// hours pass quickly: every range of the rules still holds two samples.
const scrapeEvery = minute

// simulation is a fleet under way.
type simulation struct {
	fleet *fleet
	ruler *ruler
	now   float64
	// evalEvery is the interval of all rule groups.
	evalEvery float64
	// check looks at every evaluation, where it is set.
	check     func(*simulation) error
	fault     fault
	faultFrom float64
	scraped   map[*target]*scraped
}

// scraped is where a target's series are stored, nil while there is none.
type scraped struct {
	up   *series
	each []*series
	// of is what Prometheus says of the scrape, in the order of ofScrape.
	of   [len(ofScrape)]*series
	more []*series
}

func simulate(f *fleet, ruler *ruler) *simulation {
	return &simulation{fleet: f, ruler: ruler, evalEvery: 2 * minute, scraped: map[*target]*scraped{}}
}

// fork continues from here with a fault.
func (s *simulation) fork(with fault) *simulation {
	out := simulate(s.fleet, s.ruler.fork())
	out.now, out.fault, out.faultFrom = s.now, with, s.now
	for tg, was := range s.scraped {
		again := func(all []*series) []*series {
			mine := make([]*series, len(all))
			for i, old := range all {
				if old != nil {
					mine[i] = out.ruler.store.series(old.labels)
				}
			}
			return mine
		}
		out.scraped[tg] = &scraped{up: again([]*series{was.up})[0], each: again(was.each), of: [len(ofScrape)]*series(again(was.of[:]))}
	}
	return out
}

func (s *simulation) time() time.Time {
	return begin.Add(time.Duration(s.now * float64(time.Second)))
}

// run scrapes and evaluates for so many seconds.
func (s *simulation) run(seconds float64) error {
	var errs []error
	for end := s.now + seconds; s.now < end && len(errs) < 20; {
		s.now += scrapeEvery
		for _, tg := range s.fleet.targets {
			if err := s.scrape(tg); err != nil {
				errs = append(errs, err)
			}
		}
		if int(s.now)%int(s.evalEvery) == 0 {
			if err := s.ruler.eval(s.time()); err != nil {
				errs = append(errs, err)
			}
			if s.check != nil {
				if err := s.check(s); err != nil {
					errs = append(errs, fmt.Errorf("at %s: %w", s.time().Format("15:04"), err))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// ofScrape are recorded for each target beside up; a scrape takes 0.2 s.
var ofScrape = [4]string{"scrape_samples_post_metric_relabeling", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_series_added"}

// scrape stores what a target says now, and marks as stale what it no longer
// says, as Prometheus does.
func (s *simulation) scrape(tg *target) error {
	at, state := s.time(), s.scraped[tg]
	if state == nil {
		state = &scraped{each: make([]*series, len(tg.series))}
		s.scraped[tg] = state
	}
	var errs []error
	keep := func(where **series, l labels.Labels, v float64, present bool) {
		switch {
		case present:
			if *where == nil {
				*where = s.ruler.store.series(l)
			}
			errs = append(errs, (*where).append(at, v))
		case *where != nil:
			(*where).markStale(at)
			*where = nil
		}
	}
	up, found := 1.0, tg.from <= s.now && s.now < tg.until
	if found {
		up, found = s.faulty(tg, labels.FromStrings(labels.MetricName, "up"), always(1))
	}
	samples := 0.0
	for i, e := range tg.series {
		var v float64
		present := found && up == 1 && e.from <= s.now && s.now < e.until
		if present {
			v, present = s.faulty(tg, e.labels, e.value)
		}
		if present {
			samples++
		}
		keep(&state.each[i], tg.stored[i], v, present)
	}
	if s.fault.more != nil && found && up == 1 {
		more := s.fault.more(tg)
		if state.more == nil {
			state.more = make([]*series, len(more))
		}
		own := labels.NewBuilder(tg.up).Del(labels.MetricName).Labels()
		for i, e := range more {
			keep(&state.more[i], s.fleet.monitors[tg.workload].Sample(own, e.labels), e.value(s.now-s.faultFrom), true)
		}
	}
	for i, name := range ofScrape {
		v, _ := s.faulty(tg, labels.FromStrings(labels.MetricName, name), always([len(ofScrape)]float64{samples, 0.2, samples, 0}[i]))
		keep(&state.of[i], labels.NewBuilder(tg.up).Set(labels.MetricName, name).Labels(), v, found)
	}
	keep(&state.up, tg.up, up, found)
	return errors.Join(errs...)
}

// fault changes what exporters say from a moment on.
type fault struct {
	// edit returns a sample's value, and whether it is there.
	edit func(raw) (float64, bool)
	// more are series that the fault brings with it; their time is the fault's.
	more func(*target) []exposed
}

// raw is a sample that a fault may change.
type raw struct {
	target *target
	labels labels.Labels
	// now is the healthy value, before the one when the fault began, and
	// since how many seconds ago that was.
	now, before, since float64
}

func (r raw) is(name string) bool { return r.labels.Get(labels.MetricName) == name }

func (s *simulation) faulty(tg *target, l labels.Labels, value func(float64) float64) (float64, bool) {
	now := value(s.now)
	if s.fault.edit == nil {
		return now, true
	}
	return s.fault.edit(raw{tg, l, now, value(s.faultFrom), s.now - s.faultFrom})
}
