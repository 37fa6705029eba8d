package lint

import (
	"maps"
	"slices"
	"testing"
)

func TestCounters(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"as it is shipped", "# Format\n# text, with commas\n\nDCGM_FI_DEV_SM_CLOCK,  gauge, SM clock frequency (in MHz).\n\n# DCGM_FI_DEV_X, gauge, off\nDCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION, counter, Energy\nDCGM_FI_DRIVER_VERSION, label, Driver\n", ""},
		{"carriage returns", "# c\r\n\r\nDCGM_FI_DEV_SM_CLOCK, gauge, SM\r\nDCGM_FI_DEV_NOPE, gauge, x\r\n", "c.csv:4:1 error AIO081 no field DCGM_FI_DEV_NOPE"},
		{"no break at the end", "DCGM_FI_DEV_SM_CLOCK, gauge, SM", ""},
		{"spaces around", "  DCGM_FI_DEV_SM_CLOCK , gauge , SM\n", ""},
		{"a comma in the text", "DCGM_FI_DEV_SM_CLOCK, gauge, SM clock, in MHz\n", "c.csv:1:1 error AIO081 a comma in the text needs quotes"},
		{"quotes", "\"DCGM_FI_DEV_SM_CLOCK\",gauge,\"SM clock, in \"\"MHz\"\"\"\nDCGM_FI_DEV_GPU_TEMP, gauge, t\n", ""},
		{"a text over lines", "DCGM_FI_DEV_SM_CLOCK,gauge,\"SM\nclock\"\nDCGM_FI_DEV_NOPE,gauge,x\n", "c.csv:3:1 error AIO081 no field DCGM_FI_DEV_NOPE"},
		{"a quote behind a space", "# c\nDCGM_FI_DEV_SM_CLOCK, gauge, \"SM clock, in MHz\"\nDCGM_FI_DEV_NOPE, gauge, x\n",
			"c.csv:2:30 error AIO081 a quote opens a column directly after the comma\nc.csv:3:1 error AIO081 no field DCGM_FI_DEV_NOPE"},
		{"a quote that does not end", "DCGM_FI_DEV_SM_CLOCK,gauge,\"SM\n", "c.csv:2:1 error AIO081 the exporter refuses the file"},
		{"a quote that does not end, without a break", "DCGM_FI_DEV_SM_CLOCK,gauge,\"SM", "c.csv:1:31 error AIO081 the exporter refuses the file"},
		{"two columns", "DCGM_FI_DEV_SM_CLOCK, gauge\n", "c.csv:1:1 error AIO081 is a row of 2 columns, and the exporter takes three"},
		{"a comment behind a space", "DCGM_FI_DEV_SM_CLOCK, gauge, SM\n # off\n", "c.csv:2:2 error AIO081 a comment begins at the start of its line"},
		{"a line of spaces", "DCGM_FI_DEV_SM_CLOCK, gauge, SM\n  \n", "c.csv:2:3 error AIO081 is a row of one column"},
		{"a wrong type", "DCGM_FI_DEV_SM_CLOCK, guage, SM\n", `c.csv:1:23 error AIO081 did you mean "gauge"?`},
		{"another type", "DCGM_FI_DEV_SM_CLOCK, counter, SM\n", `c.csv:1:23 warning AIO081 DCGM_FI_DEV_SM_CLOCK is a gauge`},
		{"an unknown field", "DCGM_FI_DEV_SM_CLOK, gauge, SM\n", `c.csv:1:1 error AIO081 did you mean "DCGM_FI_DEV_SM_CLOCK"`},
		{"an unknown label", "DCGM_FI_DEV_SERIAL_OR_SO, label, x\nDCGM_FI_DEV_SM_CLOCK, gauge, SM\n", ""},
		{"twice", "DCGM_FI_DEV_SM_CLOCK, gauge, SM\nDCGM_FI_DEV_SM_CLOCK, gauge, SM\n", "c.csv:2:1 warning AIO081 DCGM_FI_DEV_SM_CLOCK is collected twice"},
		{"a byte order mark", "\ufeffDCGM_FI_DEV_SM_CLOCK, gauge, SM\nDCGM_FI_DEV_GPU_TEMP, gauge, t\n", "c.csv:1:1 error AIO081 has no field \ufeffDCGM_FI_DEV_SM_CLOCK"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, s := findings(t, Options{}, named("c.csv", tt.text))
			wantFindings(t, got, tt.want)
			if s.Files != 1 || s.Skipped != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// What is not collected is not there; what a version does not know stops it.
func TestCountersRule(t *testing.T) {
	const rules = "groups:\n- rules:\n  - alert: A\n    expr: DCGM_FI_DEV_GPU_TEMP > 90\n"
	got, s := findings(t, Options{}, named("c.csv", "DCGM_FI_DEV_SM_CLOCK, gauge, SM\n"), named("r.yaml", rules))
	wantFindings(t, got, "r.yaml:4:11 error AIO062 is not in the counters file")
	if s.Files != 2 || s.Queries != 1 {
		t.Errorf("%+v", s)
	}
	// Each of several files counts.
	got, _ = findings(t, Options{}, named("c.csv", "DCGM_FI_DEV_SM_CLOCK, gauge, SM\n"), named("d.csv", "DCGM_FI_DEV_GPU_TEMP, gauge, t\n"), named("r.yaml", rules))
	wantFindings(t, got, "")
	// In a ConfigMap, whose places are those of the file.
	got, s = findings(t, Options{}, named("c.yaml", "kind: ConfigMap\ndata:\n  metrics: |\n    # é\n    DCGM_FI_DEV_SM_CLOCK, gaug, SM\n"))
	wantFindings(t, got, `c.yaml:5:27 error AIO081 did you mean "gauge"?`)
	if s.Files != 1 {
		t.Errorf("%+v", s)
	}
	got, _ = findings(t, Options{Exporters: []string{"dcgm=2.0"}}, named("c.csv", late(t)+", gauge, x\n"))
	wantFindings(t, got, "c.csv:1:1 error AIO081 and the exporter ends at its start")
}

// late is a field that came after the first versions.
func late(t *testing.T) string {
	metrics := index().Exporters[exporterOfCounters].Metrics
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		if m := metrics[name]; m.Since != "" && m.Type == "gauge" {
			return name
		}
	}
	t.Skip("the catalogue has no field that came later")
	return ""
}
