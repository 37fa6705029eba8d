package fleet

import (
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Numbers are the targets of a workload and the facts of a GPU model; either
// may be nil. A fact that the model lacks is the simulation's, if that has one.
func (s *Simulation) Numbers(w *plan.Workload, g *plan.GPU) Numbers {
	facts := map[string]float64{}
	if g != nil {
		facts = map[string]float64{
			"usdPerHour": g.USDPerHour, "perNode": float64(g.PerNode), "total": float64(g.Nodes * g.PerNode), "memoryBytes": float64(g.Facts.MemoryMiB) * (1 << 20),
			"slowdownCelsius": g.Facts.SlowdownCelsius, "memoryMaxCelsius": g.Facts.MemoryMaxCelsius, "tdpWatts": g.Facts.TDPWatts,
		}
		for name, v := range s.library.Simulation.Facts {
			if facts[name] == 0 {
				facts[name] = v
			}
		}
	}
	if w != nil {
		facts["gpus"] = float64(w.GPU.Count)
		for _, t := range s.plan.Teams {
			if t.Name == w.Team {
				facts["budgetUSDPerMonth"] = t.BudgetUSDPerMonth
			}
		}
		for _, model := range s.plan.GPUs {
			if model.Name == w.GPU.Model {
				facts["pods"] = float64(pods(w, model))
				facts["workloadUSDPerHour"] = float64(w.GPU.Count) * model.USDPerHour
			}
			for _, other := range s.plan.Workloads {
				if other.Team == w.Team && model.Name == other.GPU.Model {
					facts["teamUSDPerHour"] += float64(other.GPU.Count) * model.USDPerHour
				}
			}
		}
	}
	return func(name string) (float64, bool) {
		if fact, ok := strings.CutPrefix(name, "fact:"); ok {
			v, ok := facts[fact]
			return v, ok && v > 0
		}
		target, ok := strings.CutPrefix(name, "target:")
		if !ok || w == nil {
			return 0, false
		}
		slo, field, _ := strings.Cut(target, ":")
		v, ok := w.SLO[slo].Number(field)
		return v, ok && w.SLO[slo].Enabled()
	}
}
