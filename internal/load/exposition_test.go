package load

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	prometheus "github.com/prometheus/common/model"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// What a server exposes is the arbiter of the catalogue. The sample is ours,
// in the format and with the names of the release; a scrape of a real server
// can be laid in its place.
func TestCatalogueAgreesWithExposition(t *testing.T) {
	data, err := os.ReadFile("testdata/vllm.prom")
	if err != nil {
		t.Fatal(err)
	}
	sample := string(data)
	exporter := embedded(t).Catalog.Exporters["vllm"]
	if n := strings.Count(sample, "# TYPE"); n < 12 {
		t.Errorf("the sample has %d families", n)
	}
	for _, d := range disagreements(t, sample, exporter, "0.30.0") {
		t.Error(d)
	}
	// Each kind of disagreement is seen.
	for _, tt := range []struct{ name, old, new, version, want string }{
		{"another name", "vllm:kv_cache_usage_perc", "vllm:kv_cache_used", "0.30.0",
			"vllm:kv_cache_used is exposed, and not in the catalogue"},
		{"another type", "# TYPE vllm:num_requests_waiting gauge", "# TYPE vllm:num_requests_waiting counter", "0.30.0",
			"vllm:num_requests_waiting is a counter, in the catalogue a gauge"},
		{"a label more", `vllm:num_requests_waiting{engine="0",`, `vllm:num_requests_waiting{engine="0",rank="1",`, "0.30.0",
			"vllm:num_requests_waiting has the labels [engine model_name rank], in the catalogue [engine model_name]"},
		{"a label less", `,status="5xx"`, ``, "0.30.0",
			"http_requests_total has the labels [handler method], in the catalogue [handler method status]"},
		{"another edge", `le="0.25",model_name="example/tiny-1b"} 4.0`, `le="0.2",model_name="example/tiny-1b"} 4.0`, "0.30.0",
			"vllm:time_to_first_token_seconds has no bucket 0.25"},
		{"an edge without its point", `seconds_bucket{engine="0",le="1.0"`, `seconds_bucket{engine="0",le="1"`, "0.30.0",
			`vllm:time_to_first_token_seconds has no bucket 1.0`},
		{"too old a version", "", "", "0.9.1",
			"vllm:request_time_per_output_token_seconds is exposed, and the catalogue says 0.9.1 has it not"},
	} {
		if !strings.Contains(sample, tt.old) {
			t.Errorf("%s: %q is not in the sample", tt.name, tt.old)
		}
		got := disagreements(t, strings.Replace(sample, tt.old, tt.new, -1), exporter, tt.version)
		if !slices.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// disagreements compares an exposition with the catalogue at a version.
func disagreements(t *testing.T, exposition string, exporter model.Exporter, version string) []string {
	t.Helper()
	parser := expfmt.NewTextParser(prometheus.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(exposition))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(families)) {
		if strings.HasSuffix(name, "_created") {
			continue // left out of the catalogue: nobody reads them
		}
		family := families[name]
		m, ok := exporter.Metrics[name]
		if !ok {
			out = append(out, name+" is exposed, and not in the catalogue")
			continue
		}
		if kind := strings.ToLower(family.GetType().String()); kind != m.Type {
			out = append(out, fmt.Sprintf("%s is a %s, in the catalogue a %s", name, kind, m.Type))
		}
		if !available(m, version) {
			out = append(out, fmt.Sprintf("%s is exposed, and the catalogue says %s has it not", name, version))
		}
		want := slices.Sorted(slices.Values(append(slices.Clone(exporter.Labels), m.Labels...)))
		for _, series := range family.Metric {
			var got []string
			for _, l := range series.Label {
				got = append(got, l.GetName())
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				out = append(out, fmt.Sprintf("%s has the labels %v, in the catalogue %v", name, got, want))
			}
		}
		// As text: that is how a rule matches them.
		for _, edge := range m.Buckets {
			if le := promql.FormatEdge(edge); !strings.Contains(exposition, fmt.Sprintf("%s_bucket{engine=\"0\",le=%q,", name, le)) {
				out = append(out, fmt.Sprintf("%s has no bucket %s", name, le))
			}
		}
		if n := len(family.Metric[0].GetHistogram().GetBucket()); len(m.Buckets) > 0 && n != len(m.Buckets)+1 {
			out = append(out, fmt.Sprintf("%s has %d buckets, in the catalogue %d and +Inf", name, n, len(m.Buckets)))
		}
	}
	return out
}
