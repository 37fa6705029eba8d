package evaluate

import (
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// Of many that are equal, the same ones are taken each time.
func TestEqualValuesAreRankedTheSameWay(t *testing.T) {
	s := NewStore(time.Minute)
	for i := range 40 {
		s.Add(labels.FromStrings("__name__", "a", "x", fmt.Sprintf("%02d", i)), Curve{{Until: 9000, Value: 1}})
	}
	const expr = "topk(3, a / on (x) a)"
	span := Span{Start: 600, End: 1200, Step: 60}
	first, err := s.Range(expr, span)
	if err != nil || len(first) != 3 {
		t.Fatalf("%v, %v", first, err)
	}
	for range 20 {
		again, err := s.Range(expr, span)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(first) {
			t.Fatalf("%v, %v, and before %v", again, err, first)
		}
		now, err := s.Values(expr, 1200)
		if err != nil || len(now) != 3 || now[0].Labels.String() != first[0].Labels.String() {
			t.Fatalf("%v, %v, and over time %v", now, err, first)
		}
	}
	if got := first[0].Labels.String(); got != `{x="00"}` {
		t.Errorf("it takes %s first", got)
	}
}
