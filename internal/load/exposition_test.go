package load

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	prometheus "github.com/prometheus/common/model"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// What a server exposes is the arbiter of the catalogue. The samples are ours,
// in the format and with the names of the release; a scrape of a real server
// can be laid in their place.
func TestCatalogueAgreesWithExposition(t *testing.T) {
	exporter := embedded(t).Catalog.Exporters["vllm"]
	for file, least := range map[string]int{"vllm.prom": 12, "vllm_complete.prom": 49} {
		if n := len(familyNames(sample(t, file))); n < least {
			t.Errorf("%s has %d families", file, n)
		}
		for _, d := range disagreements(t, sample(t, file), exporter, "0.30.0") {
			t.Errorf("%s: %s", file, d)
		}
	}
	// Each kind of disagreement is seen.
	const waiting = `vllm:num_requests_waiting{engine="0",model_name="example/tiny-1b"} 1.0`
	for _, tt := range []struct{ name, old, new, version, want string }{
		{"another name", "vllm:kv_cache_usage_perc", "vllm:kv_cache_used", "0.30.0",
			"vllm:kv_cache_used is exposed, and not in the catalogue"},
		{"another type", "# TYPE vllm:num_requests_waiting gauge", "# TYPE vllm:num_requests_waiting counter", "0.30.0",
			"vllm:num_requests_waiting is a counter, in the catalogue a gauge"},
		{"a label more", `vllm:num_requests_waiting{engine="0",`, `vllm:num_requests_waiting{engine="0",rank="1",`, "0.30.0",
			"vllm:num_requests_waiting has the labels [engine model_name rank], in the catalogue [engine model_name]"},
		{"a label less", `,status="5xx"`, ``, "0.30.0",
			"http_requests_total has the labels [handler method], in the catalogue [handler method status]"},
		{"another value", `finished_reason="stop"`, `finished_reason="end"`, "0.30.0",
			`vllm:request_success_total has finished_reason="end", in the catalogue [stop length abort error repetition]`},
		{"two of one key", waiting, waiting + "\n" + strings.Replace(waiting, "tiny", "small", 1), "0.30.0",
			"vllm:num_requests_waiting has two series with the same [engine]"},
		{"another edge", `le="0.25",model_name="example/tiny-1b"} 4.0`, `le="0.2",model_name="example/tiny-1b"} 4.0`, "0.30.0",
			"vllm:time_to_first_token_seconds has no bucket 0.25"},
		{"an edge without its point", `seconds_bucket{engine="0",le="1.0"`, `seconds_bucket{engine="0",le="1"`, "0.30.0",
			`vllm:time_to_first_token_seconds has no bucket 1.0`},
		{"too old a version", "", "", "0.9.1",
			"vllm:request_time_per_output_token_seconds is exposed, and the catalogue says 0.9.1 has it not"},
	} {
		text := sample(t, "vllm.prom")
		if !strings.Contains(text, tt.old) {
			t.Errorf("%s: %q is not in the sample", tt.name, tt.old)
		}
		got := disagreements(t, strings.ReplaceAll(text, tt.old, tt.new), exporter, tt.version)
		if !slices.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A server without options exposes all that the catalogue does not call an
// option, and nothing that it does.
func TestCatalogueTellsWhatIsAnOption(t *testing.T) {
	exporter := embedded(t).Catalog.Exporters["vllm"]
	exposed := familyNames(sample(t, "vllm_complete.prom"))
	for name, m := range exporter.Metrics {
		if want := available(m, "0.30.0") && m.OptIn == ""; slices.Contains(exposed, name) != want {
			t.Errorf("%s is exposed: %t; without options the catalogue says %t", name, !want, want)
		}
	}
}

func sample(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// familyNames are the names that an exposition gives a type, without the times of
// creation.
func familyNames(exposition string) []string {
	var out []string
	for line := range strings.Lines(exposition) {
		if f := strings.Fields(line); len(f) == 4 && f[1] == "TYPE" && !strings.HasSuffix(f[2], "_created") {
			out = append(out, f[2])
		}
	}
	return out
}

// leOf finds the edge of a bucket as text.
var leOf = regexp.MustCompile(`[{,]le="([^"]*)"`)

// disagreements compares an exposition with the catalogue at a version.
func disagreements(t *testing.T, exposition string, exporter model.Exporter, version string) []string {
	t.Helper()
	// Edges as text: that is how a rule matches them.
	edges := map[string]map[string]bool{}
	for line := range strings.Lines(exposition) {
		name, _, _ := strings.Cut(line, "_bucket{")
		if le := leOf.FindStringSubmatch(line); le != nil {
			if edges[name] == nil {
				edges[name] = map[string]bool{}
			}
			edges[name][le[1]] = true
		}
	}
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
		keys := want
		if m.Keys != nil {
			keys = slices.Sorted(slices.Values(append(slices.Clone(exporter.Labels), m.Keys...)))
		}
		seen := map[string]bool{}
		for _, series := range family.Metric {
			var got []string
			var key strings.Builder
			for _, l := range series.Label {
				got = append(got, l.GetName())
				if slices.Contains(keys, l.GetName()) {
					fmt.Fprintf(&key, "%s=%q,", l.GetName(), l.GetValue())
				}
				if values := m.Values[l.GetName()]; len(values) > 0 && !slices.Contains(values, l.GetValue()) {
					out = append(out, fmt.Sprintf("%s has %s=%q, in the catalogue %v", name, l.GetName(), l.GetValue(), values))
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				out = append(out, fmt.Sprintf("%s has the labels %v, in the catalogue %v", name, got, want))
			}
			if seen[key.String()] {
				out = append(out, fmt.Sprintf("%s has two series with the same %v", name, keys))
			}
			seen[key.String()] = true
			if n := len(series.GetHistogram().GetBucket()); len(m.Buckets) > 0 && n != len(m.Buckets)+1 {
				out = append(out, fmt.Sprintf("%s has %d buckets, in the catalogue %d and +Inf", name, n, len(m.Buckets)))
			}
		}
		for _, edge := range m.Buckets {
			if le := promql.FormatEdge(edge); !edges[name][le] {
				out = append(out, fmt.Sprintf("%s has no bucket %s", name, le))
			}
		}
	}
	return out
}
