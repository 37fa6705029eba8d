package plan

import (
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// A binding to a metric that does not exist takes a signal and its alerts with it:
// it is an error, and not an engine that lacks something.
func TestBindingsNameMetricsThatExist(t *testing.T) {
	for series, wrong := range map[string]string{
		"own_ttft_seconds": "", "own_ttft_seconds_count": "", `own_waiting{state="queued"}`: "",
		"own_ttft_secnds": `did you mean "own_ttft_seconds"?`,
	} {
		broken := own
		broken.Signals = map[string][]model.Binding{"ttft": {{Series: series, Scale: 1}}}
		l := &lowering{in: &Input{Catalog: &model.Catalog{Exporters: map[string]model.Exporter{"own": broken}}, Diags: &diag.List{}}}
		l.checkBound("own")
		found := l.in.Diags.Sorted()
		switch {
		case wrong == "" && len(found) > 0:
			t.Errorf("%s: %+v", series, found)
		case wrong != "" && (len(found) != 1 || found[0].Hint != wrong || !strings.Contains(found[0].Message, series)):
			t.Errorf("%s: %+v, want the hint %s", series, found, wrong)
		}
	}
}
