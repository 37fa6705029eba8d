package typecheck_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// Texts of an alert, each with what is told of it: its code and the word.
func TestTemplate(t *testing.T) {
	busy := `max by (UUID, node) (DCGM_FI_DEV_GPU_UTIL) > 90`
	cache := `max by (pod) (vllm:kv_cache_usage_perc) > 0.9`
	for _, tt := range []struct {
		expr, text string
		want       []string
	}{
		{busy, `GPU {{ $labels.UUID }} of {{ $labels.node }}`, nil},
		{busy, `GPU {{ $labels.gpu }} of {{ $labels.node }}`, is("AIO065 gpu")},
		{busy, `GPU {{ .Labels.gpu }}`, is("AIO065 gpu")},
		{busy, `GPU {{$labels.gpu}} and {{ $labels.pod | toUpper }}`, is("AIO065 gpu", "AIO065 pod")},
		{busy, `{{ printf "%s" $labels.gpu }}`, is("AIO065 gpu")},
		{busy, `{{ $labels.UUID }} {{ $labels.UUID }}{{ $labels.U }}`, is("AIO065 U")},
		{busy, `{{ $value }} {{ $value | humanize }} {{ humanize $value }} {{ printf "%.1f" $value }}`, nil},
		{busy, `{{ $value | humanizePercentage }}`, is("AIO074 humanizePercentage")},
		{busy, `{{ humanizePercentage $value }}`, is("AIO074 humanizePercentage")},
		{busy, `{{ $value | printf "%.1f" | humanizePercentage }}`, nil},
		{busy, `{{ $value | humanizeDuration }}`, is("AIO074 humanizeDuration")},
		{cache, `{{ $value | humanizePercentage }}`, nil},
		{cache, `{{ with $value }}{{ $value | humanizeDuration }}{{ end }}`, is("AIO074 humanizeDuration")},
		{`100 * ` + cache, `{{ $value | humanizePercentage }}`, is("AIO074 humanizePercentage")},
		{`time() - kube_pod_start_time > 60`, `{{ $value | humanizeDuration }}`, nil},
		{`time() - kube_pod_start_time > 60`, `{{ $value | humanizePercentage }}`, is("AIO074 humanizePercentage")},
		// A condition asks whether a label is there.
		{busy, `{{ if $labels.gpu }}GPU {{ $labels.gpu }}{{ end }}`, nil},
		{busy, `{{ if $labels.gpu }}GPU{{ else }}{{ $labels.pod }}{{ end }}`, is("AIO065 pod")},
		{busy, `{{ if eq $labels.gpu "0" }}{{ $labels.gpu }}{{ end }}{{ $labels.gpu }}`, is("AIO065 gpu")},
		{busy, `{{ with $labels.gpu }}{{ . }}{{ end }}`, nil},
		{busy, `{{ or $labels.gpu $labels.UUID }} {{ printf "%s" (or $labels.gpu "none") }}`, nil},
		// Inside a range the dot is another series.
		{busy, `{{ range query "up" }}{{ .Labels.gpu }} {{ $labels.gpu }}{{ end }}`, is("AIO065 gpu")},
		{busy, `{{ with query "up" }}{{ . | first | value | humanizePercentage }}{{ end }}{{ .Labels.gpu }}`, is("AIO065 gpu")},
		{busy, `{{ range query "x" }}{{ else }}{{ .Labels.gpu }}{{ end }}`, is("AIO065 gpu")},
		{busy, `{{ query "up" | first | label "gpu" }}`, nil},
		{busy, `{{ (query "up" | first).Labels.gpu }}`, nil},
		// A metric's own labels, and what is attached to them.
		{`DCGM_FI_DEV_XID_ERRORS > 0`, `{{ $labels.err_code }} {{ $labels.pod }} {{ $labels.anything }}`, nil},
		{`DCGM_FI_DEV_XID_ERRORS > 0`, `{{ $labels.error_code }}`, is("AIO064 error_code")},
		{`some_metric > 0`, `{{ $labels.anything }} {{ $value | humanizePercentage }}`, nil},
		{`absent(up{job="a"})`, `{{ $labels.job }} {{ $labels.pod }}`, is("AIO065 pod")},
		// What is no template, or not a good one.
		{busy, ``, nil},
		{busy, `100 % of { } busy`, nil},
		{busy, `{{ $labels.gpu`, nil},
		{busy, `{{ $other.gpu }}`, nil},
		{busy, `{{ $externalLabels.cluster }} {{ $externalURL }}`, nil},
	} {
		r := check(t, world(), typecheck.InAlert, tt.expr)
		var got []string
		for _, f := range world().Template(r.Type, tt.text) {
			got = append(got, f.Code+" "+tt.text[f.Start:f.End])
			if !strings.Contains(f.Message, tt.text[f.Start:f.End]) {
				t.Errorf("%q: %q does not name it", tt.text, f.Message)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q\n got %q\nwant %q", tt.expr, tt.text, got, tt.want)
		}
	}
}
