package lint

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/load"
)

// index is the embedded catalogue: the facts are the real ones.
var index = sync.OnceValue(func() *catalog.Index {
	e, err := load.LoadEmbedded()
	if err != nil {
		panic(err)
	}
	return catalog.New(&e.Catalog)
})

// findings lints files and prints what was found.
func findings(t testing.TB, o Options, files ...File) ([]string, Summary) {
	t.Helper()
	if o.Interval == 0 {
		o.Interval = 15 * time.Second
	}
	w, err := World(index(), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	diags := &diag.List{}
	s := Run(files, w, diags)
	var out []string
	for _, d := range diags.Sorted() {
		line := fmt.Sprintf("%s: %s %s: %s", d.Pos, d.Severity, d.Code, d.Message)
		if d.Hint != "" {
			line += " | " + d.Hint
		}
		out = append(out, line)
	}
	return out, s
}

func named(name, text string) File { return File{Name: name, Data: []byte(text), Named: true} }
func found(name, text string) File { return File{Name: name, Data: []byte(text)} }

// dashboardOf has a panel for each target.
func dashboardOf(targets ...string) string {
	var panels []string
	for _, t := range targets {
		panels = append(panels, `{"title": "P", "datasource": {"type": "prometheus"}, "targets": [{`+t+`}]}`)
	}
	return `{"title": "D", "panels": [` + strings.Join(panels, ",\n") + `]}`
}

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options Options
		files   []File
		want    string
	}{
		{"a metric that nothing has", Options{}, []File{named("r.yaml", "groups:\n- rules:\n  - alert: A\n    expr: |\n      sum(\n        vllm:num_request_waiting\n      ) > 3\n")},
			`r.yaml:6:9 error AIO060 alert A: vllm:num_request_waiting does not exist`},
		{"in a dashboard", Options{}, []File{named("d.json", dashboardOf(`"expr": "vllm:num_request_waiting{a=\"b\"}"`))},
			`d.json:1:102 error AIO060 panel P: vllm:num_request_waiting does not exist`},
		{"a legend", Options{}, []File{named("d.json", dashboardOf(`"expr": "sum by (pod) (vllm:num_requests_waiting)", "legendFormat": "{{node}} [[x]] {{pod}}"`))},
			`d.json:1:164 error AIO065 panel P: the label node is shown, and it is not there`},
		{"a text", Options{}, []File{named("r.yaml", "groups:\n- rules:\n  - alert: A\n    expr: sum by (pod) (vllm:num_requests_waiting) > 3\n    annotations:\n      summary: 'on ''{{ $labels.node }}'''\n")},
			`r.yaml:6:33 error AIO065 alert A: the text shows the label node, and it is not there`},
		{"what another file records", Options{}, []File{
			named("d.json", dashboardOf(`"expr": "a:b", "legendFormat": "{{node}}"`)),
			named("r.yaml", "groups:\n- rules:\n  - record: a:b\n    expr: sum by (pod) (vllm:num_requests_waiting)\n    labels: {team: ml}\n")},
			`d.json:1:127 error AIO065 panel P: the label node is shown, and it is not there`},
		{"a variable in the syntax", Options{}, []File{named("d.json", dashboardOf(`"expr": "up $op 3"`))}, ""},
		{"a variable in the syntax, strictly", Options{Strict: true}, []File{named("d.json", dashboardOf(`"expr": "up $op 3"`))},
			`d.json:1:102 warning AIO079 panel P: variables stand where the syntax must be known, so the query was not checked`},
		{"words for variables are not shown", Options{}, []File{named("d.json", dashboardOf(`"expr": "sum by ($by, pod) (sum by (pod, $on) (vllm:num_request_waiting))", "legendFormat": "{{$by}}"`))},
			`d.json:1:140 error AIO060 panel P: vllm:num_request_waiting does not exist`},
		{"a syntax error", Options{}, []File{named("d.json", dashboardOf(`"expr": "up{a=\"b\"} up > 3"`))},
			"d.json:1:114 error AIO040 panel P: PromQL: unexpected identifier"},
		{"a syntax error behind a variable in a string", Options{}, []File{named("d.json", dashboardOf(`"expr": "up{a=\"$x\"} >> 3"`))},
			"d.json:1:116 error AIO040 panel P: PromQL: unexpected <op:>>"},
		{"LogQL where the data source is not known", Options{}, []File{
			named("d.json", `{"title": "D", "panels": [{"targets": [{"expr": "rate({a=\"b\"} |= \"x\" [5m])"}, {"expr": "count_over_time({a=\"b\"} != \"x\" [5m])"}]}]}`),
			named("r.yaml", "groups:\n- rules:\n  - record: a\n    expr: sum(rate({a=\"b\"} |~ \"x\" [5m]))\n")}, ""},
		{"LogQL for Prometheus", Options{}, []File{named("r.yaml", "kind: PrometheusRule\nspec:\n  groups:\n  - rules:\n    - record: a\n      expr: 'rate({a=\"b\"} |= \"x\" [5m])'\n")},
			"r.yaml:6:27 error AIO040 record a: PromQL: unexpected character: '|'"},
		{"a variable of Grafana in a rule", Options{}, []File{named("r.yaml", "groups:\n- rules:\n  - record: a\n    expr: rate(up[$__rate_interval])\n")},
			"r.yaml:4:19 error AIO040 record a: PromQL: $__rate_interval is a variable of Grafana, which a rule does not have"},
		{"a template in a query", Options{}, []File{named("r.yaml", "groups:\n- rules:\n  - record: a\n    expr: up > {{ .Values.most }}\n")}, ""},
		{"templates in a folder", Options{}, []File{
			found("a.yaml", "{{- if .Values.rules }}\nkind: PrometheusRule\n{{- end }}\n"),
			found("b.yaml", "kind: PrometheusRule\nmetadata:\n  labels:\n    {{- include \"labels\" . | nindent 4 }}\n"),
			found("c.yml", "a: b\nname: {{ .Release.Name }}: x\n")}, ""},
		{"a template that was named", Options{}, []File{named("a.yaml", "{{- if .Values.rules }}\nkind: PrometheusRule\n{{- end }}\n")},
			"a.yaml:1:1 error AIO080 the file cannot be read: did not find expected node content | a template is checked after it is rendered"},
		{"a broken file in a folder, with the texts of alerts", Options{}, []File{found("a.yaml", "groups:\n- rules:\n  - alert: A\n    annotations:\n      summary: 'at {{ $value }}'\n   expr: up\n")},
			"a.yaml:1:1 warning AIO080 the file cannot be read: did not find expected key"},
		{"a text without quotes", Options{}, []File{found("a.yaml", "groups:\n- rules:\n  - alert: A\n    annotations:\n      summary: {{ $labels.pod }} is down\n")},
			"a.yaml:4:1 warning AIO080 the file cannot be read: did not find expected key"},
		{"a constant that is another variable", Options{}, []File{named("d.json", `{"title": "D", "templating": {"list": [{"name": "c", "type": "constant", "query": "${VAR_C}"}]},
			"panels": [{"datasource": "prometheus", "targets": [{"expr": "vllm:num_requests_waiting > $c"}]}]}`)}, ""},
		{"a broken dashboard in a folder", Options{}, []File{found("d.json", `{"title": "{{pod}}",}`)},
			"d.json:1:21 warning AIO080 the file cannot be read: invalid character '}'"},
		{"what is not ours in a folder", Options{}, []File{found("a.yaml", "kind: Service\n"), found("b.csv", "a,b\n"), found("c.json", "[]")}, ""},
		{"a unit", Options{}, []File{named("d.json", `{"title": "D", "panels": [{"title": "P", "type": "stat", "datasource": {"type": "prometheus"}, "targets": [{"expr": "vllm:kv_cache_usage_perc"}],
"fieldConfig": {"defaults": {"unit": "s", "thresholds": {"steps": [{"value": null}, {"value": 90}]}}}}]}`)},
			`d.json:2:39 error AIO074 panel P: the values are in ratio, and the unit "s" takes them for seconds
			d.json:2:95 error AIO074 panel P: the threshold 90 is never reached`},
		{"an axis", Options{}, []File{named("d.json", `{"title": "D", "panels": [{"title": "P", "type": "heatmap", "datasource": {"type": "prometheus"}, "targets": [{"expr": "sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[$__rate_interval]))"}],
"options": {"yAxis": {"unit": "percent"}}}]}`)}, `d.json:2:32 error AIO074 panel P: the values are in seconds, and the unit "percent" takes them for percent`},
		{"names of other programs", Options{Strict: true}, []File{named("r.yaml", "kind: PrometheusRule\nspec: {groups: [{rules: [{record: a, expr: my_own_metric}]}]}\n")},
			"r.yaml:2:44 warning AIO079 record a: my_own_metric belongs to no exporter of the catalogue, and no rule here records it"},
		{"the same twice in one file", Options{}, []File{named("r.yaml", "groups:\n- rules:\n  - &r {record: a, expr: vllm:num_request_waiting}\n  - *r\n")},
			`r.yaml:3:26 error AIO060 record a: vllm:num_request_waiting does not exist`},
		{"a named file that cannot be read", Options{}, []File{named("r.yaml", "a: [\n")}, "r.yaml:1:1 error AIO080 did not find expected node content"},
		{"in a folder", Options{}, []File{found("r.yaml", "a: [\n")}, "r.yaml:1:1 warning AIO080 did not find expected node content"},
		{"a named file with nothing to check", Options{}, []File{named("r.yaml", "kind: Service\n")}, "r.yaml warning AIO080 found nothing to check"},
		{"a version", Options{Exporters: []string{"vllm=0.10.0"}}, []File{named("r.yaml", "groups:\n- rules:\n  - {record: a, expr: 'rate(vllm:admission_rejections_total[5m])'}\n")},
			`r.yaml:3:29 error AIO061 came with 0.32.0`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := findings(t, tt.options, tt.files...)
			wantFindings(t, got, tt.want)
		})
	}
}

// wantFindings compares with lines that each have the place, severity and code of
// a finding, and words of its message: the rest is typecheck's to choose.
func wantFindings(t *testing.T, got []string, want string) {
	t.Helper()
	lines := strings.Split(want, "\n")
	if want == "" {
		lines = nil
	}
	ok := len(lines) == len(got)
	for i := range min(len(lines), len(got)) {
		f := strings.SplitN(strings.TrimSpace(lines[i]), " ", 4)
		ok = ok && strings.HasPrefix(got[i], f[0]+": "+f[1]+" "+f[2]+": ") && strings.Contains(got[i], f[3])
	}
	if !ok {
		t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), want)
	}
}

func TestSummary(t *testing.T) {
	_, s := findings(t, Options{},
		found("a.yaml", "{{- if .Values.x }}\n"),
		found("b.yaml", "kind: Service\n"),
		found("c.csv", "a,b\n"),
		found("d.json", dashboardOf(`"expr": "up $op 3"`, `"expr": "vllm:num_requests_waiting"`, `"expr": "mine_a / mine_b"`)),
		found("e.yaml", "groups: [{rules: [{record: a, expr: 'count_over_time({a=\"b\"} |= \"x\" [5m])'}]}]\n"),
		found("f.yaml", "kind: ConfigMap\ndata: {a: \"DCGM_FI_DEV_GPU_TEMP, gauge, t\"}\n"),
		found("g.yaml", "a: [\n"),
	)
	if s.Files != 3 || s.Skipped != 2 || s.Templates != 1 || s.Queries != 3 || s.Unchecked != 1 || !slices.Equal(s.Others, []string{"mine_a", "mine_b"}) {
		t.Errorf("%+v", s)
	}
}
