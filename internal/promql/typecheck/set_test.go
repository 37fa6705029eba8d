package typecheck_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// expressions are those of the set of lint, good ones and bad ones.
func expressions(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("../../../golden/lint/*/*")
	if err != nil || len(files) == 0 {
		tb.Fatalf("found no files: %v", err)
	}
	var out []string
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if e, ok := v["expr"].(string); ok {
				out = append(out, e)
			}
			for _, inner := range v {
				collect(inner)
			}
		case []any:
			for _, inner := range v {
				collect(inner)
			}
		}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		for doc := range strings.SplitSeq(string(data), "\n---\n") {
			var v any
			if err := yaml.Unmarshal([]byte(doc), &v); err != nil {
				tb.Fatalf("%s: %v", file, err)
			}
			collect(v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// FuzzCheck: whatever parses is typed without a panic, what is told lies in the text,
// and a second look tells the same.
func FuzzCheck(f *testing.F) {
	for _, e := range expressions(f) {
		f.Add(e)
	}
	for _, e := range []string{
		`absent(vector(1))`, `absent_over_time(vector(1)[5m:])`, `2 ^ 1e18`, `-1 ^ -Inf`, `histogram_quantile(NaN, {__name__=""})`,
		`topk(1, up) by ()`, `count_values("", up)`, `label_join(up, "a", "")`, `up{le=~""}`, `{"a b", "c d"="e"}`,
		`sum by ("a b") (up)`, `((((up))))[5m:] @ 1 offset -5m`, `1 > bool 2 + vector(3)`, `scalar(up) ^ scalar(up)`,
		`histogram_quantiles(up, "q", 0, 2)`, `info(up, {a="b"})`, `up / fill_left (0) group_right () up`, `rate(up[step()] anchored)`, `up[5m:] offset (start())`,
		"up # a comment\n or # another\n down", `"just a text"`, `up * on () group_left () up`, `timestamp(timestamp(up))`, `é_bucket{é="é"} / é`,
	} {
		f.Add(e)
	}
	open := learned(f, [3]string{"a", `rate(vllm:generation_tokens_total[5m])`, ""}, [3]string{"b_bucket", `sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m]))`, ""})
	open.Strict = true
	// A small catalogue: the nearest of many names is looked for long.
	small := *index().Catalog
	small.Exporters = map[string]model.Exporter{"vllm": small.Exporters["vllm"]}
	closed := &typecheck.World{Catalog: catalog.New(&small), Closed: true, Running: map[string][]catalog.Running{"vllm": {{Version: "0.30.0"}}},
		Attached: map[string][]string{"vllm": {"pod"}}}
	f.Fuzz(func(t *testing.T, query string) {
		e, faults := promql.ParseAny(query)
		if len(faults) > 0 {
			return
		}
		for _, w := range []*typecheck.World{open, closed} {
			for _, use := range []typecheck.Use{typecheck.InAlert, typecheck.InPanel} {
				q := typecheck.Query{Use: use, Text: query}
				r := w.Check(e, q)
				for _, f := range r.Findings {
					if f.Start < 0 || f.Start >= f.End || f.End > len(query) || f.Code == "" || f.Severity == "" || f.Message == "" {
						t.Errorf("%q: %+v", query, f)
					}
				}
				if again := w.Check(e, q); !reflect.DeepEqual(again.Findings, r.Findings) {
					t.Errorf("%q: %+v, and the second time %+v", query, r.Findings, again.Findings)
				}
				w.Template(r.Type, `{{ $labels.pod }} {{ $value | humanizePercentage }}`)
				w.Lacks(r.Type, "pod")
				w.Reaches(r.Type, 1)
				w.ShowsBuckets(r.Type, "s")
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	var parsed []promql.Expr
	var texts []string
	all := expressions(b)
	for i := 0; len(parsed) < 1000; i++ {
		text := all[i%len(all)]
		if e, faults := promql.ParseAny(text); len(faults) == 0 {
			parsed, texts = append(parsed, e), append(texts, text)
		}
	}
	w := world()
	b.ReportAllocs()
	for b.Loop() {
		for i, e := range parsed {
			w.Check(e, typecheck.Query{Use: typecheck.InRecord, Text: texts[i]})
		}
	}
}
