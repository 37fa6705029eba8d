package check

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	amcommoncfg "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/alertmanager/provider"
	"github.com/prometheus/common/model"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// firing is an alert with an owner, and the labels that its series may have.
func firing(name, severity, owner string, carried ...string) owned {
	return owned{owner: owner, Alert: Alert{
		Rule:    plan.Rule{Alert: name, Labels: map[string]string{"cluster": "prod", "severity": severity, "owner": owner}},
		carries: func(label string) bool { return slices.Contains(carried, label) },
	}}
}

// ofTeam is an alert that the team of its series owns.
func ofTeam(name, severity, team string, carried ...string) owned {
	o := firing(name, severity, team, carried...)
	o.Labels["owner"] = "{{ $labels.team }}"
	return o
}

func inhibition(t *testing.T, source, target string, equal ...string) amcommoncfg.InhibitRule {
	t.Helper()
	parse := func(text string) amcommoncfg.Matchers {
		m, err := labels.ParseMatchers(text)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	return amcommoncfg.InhibitRule{SourceMatchers: parse(source), TargetMatchers: parse(target), Equal: equal}
}

func TestMayMute(t *testing.T) {
	down := firing("Down", "critical", "platform", "node")
	hot := firing("Hot", "critical", "platform", "node", "gpu")
	absent := firing("Absent", "critical", "platform")
	for _, tt := range []struct {
		name           string
		source, target owned
		rule           amcommoncfg.InhibitRule
		want           bool
	}{
		{"the GPU of the node", down, hot, inhibition(t, `{alertname="Down"}`, `{gpu!=""}`, "cluster", "node"), true},
		{"no GPU", down, absent, inhibition(t, `{alertname="Down"}`, `{gpu!=""}`, "cluster", "node"), false},
		// Alertmanager takes what neither has for equal: one exporter without a node
		// would hide every alert without one.
		{"no node on either", down, absent, inhibition(t, `{alertname="Down"}`, `{severity="critical"}`, "cluster", "node"), true},
		{"a node is asked of the source", down, absent, inhibition(t, `{alertname="Down",node!=""}`, `{severity="critical"}`, "cluster", "node"), false},
		{"a node is asked of the target", down, absent, inhibition(t, `{alertname="Down"}`, `{severity="critical",node!=""}`, "cluster", "node"), false},
		{"a label that no alert has", down, absent, inhibition(t, `{alertname="Down"}`, `{severity="critical"}`, "rack"), true},
		{"other owners", down, ofTeam("Slow", "critical", "ml", "team", "node", "gpu"), inhibition(t, `{alertname="Down"}`, `{gpu!=""}`, "node", "owner"), false},
		{"the same team", ofTeam("Down", "critical", "ml", "team"), ofTeam("Slow", "warning", "ml", "team"), inhibition(t, `{severity="critical"}`, `{severity="warning"}`, "team"), true},
		{"other teams", ofTeam("Down", "critical", "ml", "team"), ofTeam("Slow", "warning", "vision", "team"), inhibition(t, `{severity="critical"}`, `{severity="warning"}`, "team"), false},
		{"a team that only one has", ofTeam("Down", "critical", "ml", "team"), absent, inhibition(t, `{alertname="Down"}`, `{severity="critical"}`, "team"), false},
		{"another name", hot, absent, inhibition(t, `{alertname="Down"}`, `{severity="critical"}`, "cluster"), false},
		{"one node alone", down, hot, inhibition(t, `{node="a"}`, `{node="b",gpu!=""}`, "cluster"), true},
		{"two nodes are not equal", down, hot, inhibition(t, `{node="a"}`, `{node="b",gpu!=""}`, "node"), false},
	} {
		if got := mayMute(inhibit.NewInhibitRule(tt.rule), tt.source, tt.target); got != tt.want {
			t.Errorf("%s: may mute: %t, want %t", tt.name, got, tt.want)
		}
	}
}

// Whatever Alertmanager's inhibitor mutes, mayMute has foreseen: over alerts with
// each label that they may carry there or not, on two values.
func TestInhibitorAgrees(t *testing.T) {
	alerts := []owned{
		firing("Down", "critical", "platform", "node"),
		firing("Hot", "critical", "platform", "node", "gpu"),
		firing("Hot", "warning", "platform", "node", "gpu"),
		firing("Absent", "critical", "platform"),
		ofTeam("Slow", "critical", "ml", "team", "node"),
		ofTeam("Slow", "warning", "vision", "team", "gpu"),
	}
	rules := []amcommoncfg.InhibitRule{
		inhibition(t, `{alertname="Down"}`, `{gpu!=""}`, "cluster", "node"),
		inhibition(t, `{alertname="Down"}`, `{severity="critical"}`, "cluster", "node"),
		inhibition(t, `{alertname="Down",node!=""}`, `{severity=~"critical|warning"}`, "node", "owner"),
		inhibition(t, `{severity="critical"}`, `{severity="warning"}`, "alertname", "owner", "team"),
		inhibition(t, `{severity="critical"}`, `{severity=~"critical|warning"}`, "gpu"),
		inhibition(t, `{alertname=~"Down|Absent"}`, `{node!~"a|c"}`, "rack"),
	}
	muted := 0
	for _, rule := range rules {
		for _, source := range alerts {
			for _, target := range alerts {
				foreseen := mayMute(inhibit.NewInhibitRule(rule), source, target)
				for _, s := range instances(source) {
					inhibitor := inhibit.NewInhibitor(fixed{alerts: []*alert.Alert{{Alert: model.Alert{Labels: s}}}}, []amcommoncfg.InhibitRule{rule}, slog.New(slog.DiscardHandler), eventrecorder.NopRecorder())
					go inhibitor.Run()
					inhibitor.WaitForLoading()
					for _, to := range instances(target) {
						if inhibitor.Mutes(context.Background(), to) {
							muted++
							if !foreseen {
								t.Errorf("%v mutes %v by %v", s, to, rule)
							}
						}
					}
					inhibitor.Stop()
				}
			}
		}
	}
	if muted < 50 {
		t.Errorf("only %d pairs were muted: the test shows little", muted)
	}
}

// instances are the label sets that an alert may fire with.
func instances(o owned) []model.LabelSet {
	out := []model.LabelSet{o.labels()}
	for _, label := range []model.LabelName{"node", "gpu"} {
		if !o.carries(string(label)) {
			continue
		}
		for _, set := range slices.Clone(out) {
			for _, v := range []model.LabelValue{"a", "b"} {
				with := set.Clone()
				with[label] = v
				out = append(out, with)
			}
		}
	}
	return out
}

// fixed are alerts that are there from the beginning.
type fixed struct {
	provider.Alerts
	alerts []*alert.Alert
}

func (f fixed) SlurpAndSubscribe(string) ([]*alert.Alert, provider.AlertIterator) {
	for _, a := range f.alerts {
		a.EndsAt = time.Now().Add(time.Hour)
	}
	return f.alerts, provider.NewAlertIterator(make(chan *provider.Alert), make(chan struct{}), nil)
}
