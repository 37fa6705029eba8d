package plan

import (
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// The month is the table of Google's SRE workbook; the others are written to keep
// its pace.
func TestPairsOfTheLibrary(t *testing.T) {
	e, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]struct {
		name, long, short, severity string
		factor                      float64
	}{
		"30d": {{"fast", "1h", "5m", "critical", 14.4}, {"slow", "6h", "30m", "critical", 6}, {"steady", "3d", "6h", "warning", 1}},
		"28d": {{"fast", "1h", "5m", "critical", 13.44}, {"slow", "6h", "30m", "critical", 5.6}, {"steady", "3d", "6h", "warning", 1.027}},
		"7d":  {{"fast", "1h", "5m", "critical", 13.44}, {"slow", "6h", "30m", "critical", 5.6}, {"steady", "3d", "6h", "warning", 1.167}},
	}
	if len(e.Library.SLOWindows) != len(want) {
		t.Errorf("there are windows without a table here: %v", e.Library.SLOWindows)
	}
	for window, pairs := range want {
		got := Pairs(e.Library.Policies[e.Library.SLOWindows[window].Policy], window)
		if len(got) != len(pairs) {
			t.Fatalf("%s has %d pairs, want %d", window, len(got), len(pairs))
		}
		for i, w := range pairs {
			g := got[i]
			if g.Name != w.name || g.Long != w.long || g.Short != w.short || g.Severity != w.severity || g.Factor != w.factor {
				t.Errorf("%s: %+v, want %+v", window, g, w)
			}
		}
	}
}

func TestThresholdAndFloor(t *testing.T) {
	for _, tt := range []struct {
		window           string
		pair             model.Burn
		objective        float64
		budget, at, flor float64
	}{
		{"30d", model.Burn{Long: "1h", Budget: 0.02}, 99.9, 0.001, 0.0144, 348},
		{"30d", model.Burn{Long: "1h", Budget: 0.02}, 95, 0.05, 0.72, 7},
		{"30d", model.Burn{Long: "6h", Budget: 0.05}, 99, 0.01, 0.06, 84},
		{"30d", model.Burn{Long: "3d", Budget: 0.1}, 99.9, 0.001, 0.001, 5000}, // and not 5001 for a last digit
		{"7d", model.Burn{Long: "1h", Budget: 0.08}, 95, 0.05, 0.672, 8},
		{"28d", model.Burn{Long: "6h", Budget: 0.05}, 99.99, 0.0001, 0.00056, 8929},
	} {
		p := Pairs(map[string]model.Burn{"x": tt.pair}, tt.window)[0]
		if got := Budget(tt.objective); got != tt.budget {
			t.Errorf("the budget of %v is %v, want %v", tt.objective, got, tt.budget)
		}
		if got := p.Threshold(tt.objective); got != tt.at {
			t.Errorf("%s %+v: the threshold of %v is %v, want %v", tt.window, tt.pair, tt.objective, got, tt.at)
		}
		if got := p.Floor(tt.objective, 5); got != tt.flor {
			t.Errorf("%s %+v: the floor of %v is %v, want %v", tt.window, tt.pair, tt.objective, got, tt.flor)
		}
	}
}

func TestTimeToDetect(t *testing.T) {
	fast := Pairs(map[string]model.Burn{"fast": {Long: "1h", Short: "5m", Budget: 0.02, For: "2m"}}, "30d")[0]
	steady := Pairs(map[string]model.Burn{"steady": {Long: "3d", Short: "6h", Budget: 0.1, For: "1h"}}, "30d")[0]
	at := Timing{Interval: time.Minute, Rate: 5 * time.Minute, Stage: model.Stage{Every: "5m", From: "1d"}}
	// Twice the interval is added to each, and the wait of the pair.
	const waits = 2*time.Minute + 2*time.Minute
	for _, tt := range []struct {
		name             string
		pair             Pair
		objective, share float64
		timing           Timing
		want             time.Duration
		ok               bool
	}{
		// 1.44 % of an hour is 52 s of outage, which a straight line of 5 min reaches
		// when t²/2 = 300 × 52; the short window, 4.3 s of 5 min, is earlier.
		{"all fail, 99.9", fast, 99.9, 1, at, 176*time.Second + waits, true},
		// 72 % of an hour of which all is bad: 43 min 12 s and half of the line.
		{"all fail, 95", fast, 95, 1, at, 43*time.Minute + 12*time.Second + 150*time.Second + waits, true},
		{"just above the threshold", fast, 99, 0.145, at, crosses(time.Hour, 5*time.Minute, 0.144/0.145) + waits, true},
		{"at the threshold", fast, 99, 0.144, at, 0, false},
		{"no fault", fast, 99, 0, at, 0, false},
		// 10 times the budget: a tenth of 3 days, 7.2 h, and half of the line.
		{"ten times the budget", steady, 99.9, 0.01, at, 7*time.Hour + 12*time.Minute + 150*time.Second + 5*time.Minute + 2*time.Minute + time.Hour, true},
	} {
		got, ok := TimeToDetect(tt.pair, tt.objective, tt.share, tt.timing)
		if ok != tt.ok || (got-tt.want).Abs() > 2*time.Second {
			t.Errorf("%s: %v, %t; want %v, %t", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// Where the short window is what is waited for: it lets the share rise over twice
// its own length when it is as long as the line.
func TestCrosses(t *testing.T) {
	for _, tt := range []struct {
		window, ramp time.Duration
		part         float64
		want         time.Duration
	}{
		{5 * time.Minute, 5 * time.Minute, 0.5, 5 * time.Minute}, // half under the line after its length
		{5 * time.Minute, 5 * time.Minute, 0.999999, 10 * time.Minute},
		{time.Hour, 5 * time.Minute, 0.5, 32*time.Minute + 30*time.Second},
		{time.Hour, 0, 0.25, 15 * time.Minute},
	} {
		if got := crosses(tt.window, tt.ramp, tt.part); (got - tt.want).Abs() > 2*time.Second {
			t.Errorf("a window of %v reaches %v after %v, want %v", tt.window, tt.part, got, tt.want)
		}
	}
}

func TestRoundTo(t *testing.T) {
	for _, tt := range [][2]float64{{0.1 + 0.2, 0.3}, {14.4 * 0.001, 0.0144}, {0, 0}, {100 - 99.9, 0.1}, {-0.1 - 0.2, -0.3}} {
		if got := roundTo(tt[0]); got != tt[1] {
			t.Errorf("%v is rounded to %v, want %v", tt[0], got, tt[1])
		}
	}
}
