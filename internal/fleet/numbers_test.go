package fleet

import (
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// What a case may name is what a subject has.
func TestNumbersAreThoseOfTheSchema(t *testing.T) {
	g := plan.GPU{Name: "card", USDPerHour: 2, PerNode: 4, Nodes: 3, Facts: model.GPUFacts{MemoryMiB: 1024, SlowdownCelsius: 90, MemoryMaxCelsius: 95, TDPWatts: 300}}
	w := plan.Workload{Name: "w", Team: "ml", GPU: model.GPUUse{Model: "card", Count: 8},
		SLO: model.SLO{"ttft": {"enabled": true, "under": "200ms"}, "errors": {"enabled": false, "objective": 99.9}}}
	s := &Simulation{library: &model.Library{}, plan: &plan.Plan{GPUs: []plan.GPU{g}, Workloads: []plan.Workload{w}, Teams: []plan.Team{{Name: "ml", BudgetUSDPerMonth: 1000}}}}
	of := s.Numbers(&w, &g)
	want := map[string]float64{
		"usdPerHour": 2, "perNode": 4, "total": 12, "memoryBytes": 1 << 30, "slowdownCelsius": 90, "memoryMaxCelsius": 95, "tdpWatts": 300,
		"gpus": 8, "pods": 2, "workloadUSDPerHour": 16, "teamUSDPerHour": 16, "budgetUSDPerMonth": 1000,
	}
	for _, fact := range plan.SubjectFacts {
		if got, ok := of("fact:" + fact); !ok || got != want[fact] {
			t.Errorf("fact:%s is %v, %t, want %v", fact, got, ok, want[fact])
		}
		delete(want, fact)
	}
	for fact := range want {
		t.Errorf("fact:%s cannot be named in a case", fact)
	}
	if got, ok := of("target:ttft:under"); !ok || got != 0.2 {
		t.Errorf("target:ttft:under is %v, %t", got, ok)
	}
	for _, none := range []string{"target:errors:objective", "target:e2e:under", "fact:nothing", "up"} {
		if got, ok := of(none); ok {
			t.Errorf("%s is %v", none, got)
		}
	}
}
