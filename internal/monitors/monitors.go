// Package monitors does what Prometheus does with a ServiceMonitor or PodMonitor
// as it is written: it gives targets their labels, and says under which labels a
// series that a target exposes is stored, if at all.
package monitors

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
)

// Monitor is one endpoint of a ServiceMonitor or PodMonitor.
type Monitor struct {
	// File that it is written in.
	File           string
	honorLabels    bool
	ofTarget, each []*relabel.Config
}

// Read returns the monitors among the files, by file. An error is a fault of the
// compiler: a relabeling that Prometheus refuses.
func Read(files []artifact.File) (map[string]*Monitor, error) {
	out := map[string]*Monitor{}
	for _, f := range files {
		if !bytes.Contains(f.Data, []byte("\nkind: ServiceMonitor\n")) && !bytes.Contains(f.Data, []byte("\nkind: PodMonitor\n")) {
			continue
		}
		var m struct {
			Spec struct {
				Endpoints           []monitoringv1.Endpoint           `json:"endpoints"`
				PodMetricsEndpoints []monitoringv1.PodMetricsEndpoint `json:"podMetricsEndpoints"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal(f.Data, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		one := &Monitor{File: f.Path}
		var target, each []monitoringv1.RelabelConfig
		for _, e := range m.Spec.Endpoints {
			one.honorLabels, target, each = e.HonorLabels, e.RelabelConfigs, e.MetricRelabelConfigs
		}
		for _, e := range m.Spec.PodMetricsEndpoints {
			one.honorLabels, target, each = e.HonorLabels, e.RelabelConfigs, e.MetricRelabelConfigs
		}
		var err error
		if one.ofTarget, err = relabelings(target); err == nil {
			one.each, err = relabelings(each)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		out[f.Path] = one
	}
	return out, nil
}

// relabelings converts as the operator does: what is left out is Prometheus'
// own default.
func relabelings(from []monitoringv1.RelabelConfig) ([]*relabel.Config, error) {
	var out []*relabel.Config
	for _, f := range from {
		c := relabel.DefaultRelabelConfig
		c.TargetLabel, c.Modulus = f.TargetLabel, uint64(f.Modulus)
		for _, l := range f.SourceLabels {
			c.SourceLabels = append(c.SourceLabels, model.LabelName(l))
		}
		c.Action = relabel.Action(strings.ToLower(cmp.Or(f.Action, string(c.Action))))
		if f.Separator != nil {
			c.Separator = *f.Separator
		}
		if f.Replacement != nil {
			c.Replacement = *f.Replacement
		}
		if f.Regex != "" {
			re, err := relabel.NewRegexp(f.Regex)
			if err != nil {
				return nil, err
			}
			c.Regex = re
		}
		if err := c.Validate(model.UTF8Validation); err != nil {
			return nil, err
		}
		out = append(out, &c)
	}
	return out, nil
}

// Target gives the labels of a target that was discovered; none if it is
// dropped.
func (m *Monitor) Target(discovered labels.Labels) labels.Labels {
	b := labels.NewBuilder(discovered)
	if !relabel.ProcessBuilder(b, m.ofTarget...) {
		return labels.EmptyLabels()
	}
	b.Range(func(l labels.Label) {
		if strings.HasPrefix(l.Name, model.ReservedLabelPrefix) {
			b.Del(l.Name)
		}
	})
	return b.Labels()
}

// Sample gives the labels under which a series of the target is stored; none
// if it is dropped. Where both have a label, the target's wins and the other is
// kept as exported_*, unless the monitor honours what is exposed.
func (m *Monitor) Sample(target, exposed labels.Labels) labels.Labels {
	b := labels.NewBuilder(exposed)
	target.Range(func(l labels.Label) {
		was := exposed.Get(l.Name)
		if was != "" && m.honorLabels {
			return
		}
		b.Set(l.Name, l.Value)
		if was != "" {
			b.Set(model.ExportedLabelPrefix+l.Name, was)
		}
	})
	if !relabel.ProcessBuilder(b, m.each...) {
		return labels.EmptyLabels()
	}
	return b.Labels()
}
