package typecheck

import (
	"time"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
)

// World is what a query may read.
type World struct {
	Catalog *catalog.Index
	// Running is how each exporter runs here, in each way that it does. Of an
	// exporter that is not in it nothing is said, unless the world is closed.
	Running map[string][]catalog.Running
	// Recorded are the types of what recording rules write.
	Recorded map[string]Type
	// Attached are the labels that a scrape attaches to an exporter's series, and
	// Dropped those that it removes. Of an exporter that is not in Attached any
	// label may be attached.
	Attached, Dropped map[string][]string
	// Closed: what is not in Running does not run here.
	Closed bool
	// Strict tells what is unknown as well.
	Strict bool
	// Interval of the scrapes; 0 where it is not known.
	Interval time.Duration
}

// Use says where a query stands.
type Use int

// Places of a query. A comparison with NaN is false, so an alert can bear what a
// record or a panel cannot.
const (
	InAlert Use = iota
	InRecord
	InPanel
	InVariable
)

// Query is a tree with where it comes from.
type Query struct {
	Use Use
	// Text is what was parsed, for places inside a selector; "" where the tree
	// was built.
	Text string
	// StandIns are words that stand for a variable of Grafana.
	StandIns StandIns
}

// StandIns stand in a query for variables whose values are not known.
type StandIns struct {
	// Name stands for a label or a metric; it is a prefix of the word.
	Name string
	// Interval stands for $__interval: as short as a pixel, whatever the scrape.
	// Duration stands for any other duration.
	Interval, Duration time.Duration
}
