package typecheck

import (
	"maps"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Recording is a rule that writes a name.
type Recording struct {
	Name string
	Expr promql.Expr
	// Labels that the rule sets.
	Labels []string
}

// Learn computes the types of what rules record, in whatever order they are
// given: each after those that it reads. A name that reads itself is of unknown
// type, and so is what several rules record with nothing in common.
func (w *World) Learn(rules []Recording) {
	if w.Recorded == nil {
		w.Recorded = map[string]Type{}
	}
	byName := map[string][]Recording{}
	for _, r := range rules {
		byName[r.Name] = append(byName[r.Name], r)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		w.learn(name, byName)
	}
}

func (w *World) learn(name string, byName map[string][]Recording) {
	if _, known := w.Recorded[name]; known {
		return
	}
	w.Recorded[name] = unknown() // while it is being read
	var t Type
	for i, r := range byName[name] {
		for _, s := range promql.Selectors(r.Expr) {
			if _, ok := byName[s.Name]; ok {
				w.learn(s.Name, byName)
			}
		}
		one := w.Check(r.Expr, Query{Use: InRecord}).Type.Record(r.Labels)
		if i == 0 {
			t = one
		} else {
			t = t.Join(one)
		}
	}
	w.Recorded[name] = t
}
