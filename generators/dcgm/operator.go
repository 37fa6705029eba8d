package dcgm

import (
	"strconv"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// operatorValues is the part of the values of the Helm chart gpu-operator
// that concerns the exporter. Source: NVIDIA/gpu-operator at a22dbf6,
// deployments/gpu-operator/values.yaml.
type operatorValues struct {
	DCGMExporter dcgmExporter `json:"dcgmExporter"`
}

type dcgmExporter struct {
	Enabled        bool           `json:"enabled"`
	Config         configRef      `json:"config"`
	Env            []envVar       `json:"env"`
	Resources      resources      `json:"resources"`
	ServiceMonitor monitorSetting `json:"serviceMonitor"`
}

type configRef struct {
	Name   string `json:"name"`
	Create bool   `json:"create"`
}

type envVar struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
	Limits   map[string]string `json:"limits"`
}

// monitorSetting is always written: the default differs between releases.
type monitorSetting struct {
	Enabled bool `json:"enabled"`
}

func values(p *plan.Plan, counters string) operatorValues {
	d := p.Cluster.DCGM
	interval, _ := model.Seconds(d.Interval)
	return operatorValues{DCGMExporter: dcgmExporter{
		Enabled: true,
		Config:  configRef{Name: counters},
		Env:     []envVar{{"DCGM_EXPORTER_INTERVAL", strconv.Itoa(int(interval * 1000))}},
		Resources: resources{
			Requests: map[string]string{"cpu": d.Resources.CPU, "memory": d.Resources.Memory},
			Limits:   map[string]string{"memory": d.Resources.Memory},
		},
	}}
}
