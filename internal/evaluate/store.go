package evaluate

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// Store holds series for the engine. It is not safe for writing while it is
// read; two stores have nothing in common.
type Store struct {
	// every is the interval of scrapes, in milliseconds.
	every  int64
	byName map[string]*family
}

// family is all series of one name. Its index leads from a label to the series
// that have it, for labels that were asked for.
type family struct {
	all   []series
	index map[string]map[string][]int
	// past leads from the hash of labels to a series of another store that may go on.
	past map[uint64]int
}

// with are the series that have a label's value.
func (f *family) with(name, value string) []int {
	if f.index[name] == nil {
		f.index[name] = map[string][]int{}
		for i, one := range f.all {
			v := one.labels.Get(name)
			f.index[name][v] = append(f.index[name][v], i)
		}
	}
	return f.index[name][value]
}

// matching are the series that all matchers take.
func (f *family) matching(matchers []*labels.Matcher) []series {
	var among []int
	narrowed := false
	for _, m := range matchers {
		if m.Type == labels.MatchEqual && m.Name != labels.MetricName {
			if list := f.with(m.Name, m.Value); !narrowed || len(list) < len(among) {
				among, narrowed = list, true
			}
		}
	}
	var out []series
	take := func(one series) {
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(one.labels.Get(m.Name)) }) {
			out = append(out, one)
		}
	}
	if narrowed {
		for _, i := range among {
			take(f.all[i])
		}
		return out
	}
	for _, one := range f.all {
		take(one)
	}
	return out
}

// series has samples, or a curve to make them from when they are asked for.
type series struct {
	labels  labels.Labels
	curve   Curve
	samples []chunks.Sample
}

// NewStore is empty; curves are sampled at multiples of every.
func NewStore(every time.Duration) *Store {
	return &Store{every: every.Milliseconds(), byName: map[string]*family{}}
}

// Add puts in a series by its course. Two series with the same labels are both
// returned to a query, which then fails as it does in Prometheus.
func (s *Store) Add(l labels.Labels, c Curve) { s.put(series{labels: l, curve: c}) }

func (s *Store) put(one series) {
	name := one.labels.Get(labels.MetricName)
	f := s.byName[name]
	if f == nil {
		f = &family{}
		s.byName[name] = f
	}
	f.all, f.index = append(f.all, one), map[string]map[string][]int{}
}

// between is the series of a time, both ends included, in milliseconds; nil where
// it has no sample then.
func (s *Store) between(one series, mint, maxt int64) storage.Series {
	if one.curve == nil {
		from := sort.Search(len(one.samples), func(i int) bool { return one.samples[i].T() >= mint })
		to := sort.Search(len(one.samples), func(i int) bool { return one.samples[i].T() > maxt })
		if from >= to {
			return nil
		}
		return storage.NewListSeries(one.labels, one.samples[from:to])
	}
	found := scrape(one.curve, s.every, mint, maxt)
	if found.Len() == 0 {
		return nil
	}
	return &storage.SeriesEntry{Lset: one.labels, SampleIteratorFn: func(chunkenc.Iterator) chunkenc.Iterator {
		return storage.NewListSeriesIterator(found)
	}}
}

// scrapes are the samples of a curve, each made when it is read: the engine has
// all series of a selector open at once, and a month of minutes of each would
// fill the memory.
type scrapes struct {
	curve Curve
	every int64
	// runs of samples: the number of the first scrape, and of the one after the last.
	runs [][2]int64
}

// scrape finds when a curve has samples. Where it ends, a stale marker says so,
// as after a scrape that no longer has the series.
func scrape(c Curve, every, mint, maxt int64) scrapes {
	out := scrapes{curve: c, every: every}
	number := func(at float64) int64 {
		return int64(math.Ceil(min(at*1000/float64(every), float64(maxt/every+2))))
	}
	first, end := max(0, (mint+every-1)/every), maxt/every+1
	for i, p := range c {
		run := [2]int64{number(p.From), number(p.Until)}
		if run[0] >= run[1] {
			continue
		}
		if i+1 == len(c) || number(c[i+1].From) > run[1] {
			run[1]++ // the marker
		}
		if run[0], run[1] = max(run[0], first), min(run[1], end); run[0] < run[1] {
			out.runs = append(out.runs, run)
		}
	}
	return out
}

func (s scrapes) Len() int {
	n := int64(0)
	for _, run := range s.runs {
		n += run[1] - run[0]
	}
	return int(n)
}

func (s scrapes) Get(i int) chunks.Sample {
	left := int64(i)
	for _, run := range s.runs {
		if n := run[1] - run[0]; left >= n {
			left -= n
			continue
		}
		t := (run[0] + left) * s.every
		v, ok := s.curve.Value(seconds(t))
		if !ok {
			v = math.Float64frombits(value.StaleNaN)
		}
		return Sample(t, v)
	}
	return nil
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

func at(seconds float64) time.Time { return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC() }

// Querier implements storage.Queryable.
func (s *Store) Querier(mint, maxt int64) (storage.Querier, error) {
	return Select(s.find).Querier(mint, maxt)
}

// find returns the series of a time that all matchers take.
func (s *Store) find(mint, maxt int64, matchers []*labels.Matcher) []storage.Series {
	var out []storage.Series
	for name, all := range s.byName {
		if slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m.Name == labels.MetricName && !m.Matches(name) }) {
			continue
		}
		for _, one := range all.matching(matchers) {
			if found := s.between(one, mint, maxt); found != nil {
				out = append(out, found)
			}
		}
	}
	return out
}
