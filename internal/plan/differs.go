package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// differences end the description of a panel: a sentence for each engine here on
// which a signal that the panel reads, itself or through records, is not quite what
// it means.
func (l *lowering) differences(queries []model.Query) string {
	var signals []string
	for _, q := range queries {
		if e, faults := promql.Parse(q.Expr); len(faults) == 0 && !q.Target {
			l.signalsUnder(e, anySLO, map[string]bool{}, &signals)
		}
	}
	slices.Sort(signals)
	said := map[string][]string{} // by the title of the engine
	for _, src := range l.sources {
		title := l.in.Catalog.Exporters[src.exporter].Title
		for _, s := range signals {
			b, ok := l.binding(s, src)
			if ok && b.Differs != "" && l.library.Signals[s].Of == src.of && !slices.Contains(said[title], b.Differs) {
				said[title] = append(said[title], b.Differs)
			}
		}
	}
	out := ""
	for _, title := range slices.Sorted(maps.Keys(said)) {
		out += " With " + title + ": " + strings.Join(said[title], "; ") + "."
	}
	return out
}

func anySLO(string) bool { return true }

// signalsUnder follows recorded names down to the signals that they are made of.
// Records of objectives are told apart by the label slo.
func (l *lowering) signalsUnder(e promql.Expr, slo func(string) bool, seen map[string]bool, out *[]string) {
	follow := func(text string, slo func(string) bool) {
		if inner, faults := promql.Parse(text); text != "" && len(faults) == 0 {
			l.signalsUnder(inner, slo, seen, out)
		}
	}
	for _, s := range promql.Valued(e) {
		if signal, _, ok := l.signalOf(s.Name); ok {
			*out = append(*out, signal)
			continue
		}
		named := slo
		for _, m := range s.LabelMatchers {
			if m.Name == LabelSLO {
				named = m.Matches
			}
		}
		if s.Name == l.library.SLONames.Bad || s.Name == l.library.SLONames.Total {
			for name, r := range l.library.SLOs {
				if named(name) {
					follow(r.Good, named)
					follow(r.Bad, named)
					follow(r.Total, named)
				}
			}
			continue
		}
		if r, ok := l.library.Records[s.Name]; ok && !seen[s.Name] {
			seen[s.Name] = true
			follow(r.Expr, named)
			delete(seen, s.Name) // another query may ask for another objective
		}
	}
}

// Labels of what is recorded of an objective: which it is, and the threshold and the
// policy, where it has one of its own.
const (
	LabelSLO    = "slo"
	LabelTarget = "target"
	LabelPolicy = "policy"
)

// LabelBurn is on what belongs to a pair of windows.
const LabelBurn = "burn"
