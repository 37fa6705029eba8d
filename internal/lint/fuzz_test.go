package lint

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var seeds = []struct{ name, text string }{
	{"a.yaml", ruleGroups},
	{"a.yaml", "kind: PrometheusRule\nspec:\n" + indented(ruleGroups, "  ") + "---\nx: &a [*a]\n"},
	{"a.yaml", "kind: List\nitems: [&a {kind: ConfigMap, data: {a.json: '" + someDashboard + "', b: \"DCGM_FI_DEV_GPU_TEMP, gauge,\"}}, *a]\n"},
	{"a.yaml", "groups:\r\n- rules:\r\n  - record: é\r\n    expr: >2-\r\n       sum(\r\n\r\n      up)\r\n"},
	{"a.yaml", "groups: [{rules: [{<<: {expr: \"u\\u0070 \\\n \\x3e 3\"}, alert: 'it''s'}]}]\n"},
	{"a.yaml", "kind: ConfigMap\ndata:\n  r.yaml: |\n" + indented(ruleGroups, "    ")},
	{"a.json", someDashboard},
	{"a.json", `{"title": "D", "panels": [{"type": "heatmap", "targets": [{"expr": "topk($n, sum by ($a) (rate(x{a=\"\ud83d\ude00\"}[${b}m:[[c]]])))", "legendFormat": "{{le}}"}]}],
		"templating": {"list": [{"name": "n", "type": "query", "query": "label_values(up, pod)"}, {"name": "b", "type": "constant", "query": "5"}]}}`},
	{"a.json", `{"elements": {"p": {"spec": {"data": {"spec": {"queries": [{"spec": {"query": {"group": "prometheus", "spec": {"expr": "up"}}}}]}}}}}, "layout": {},
		"variables": [{"kind": "QueryVariable", "spec": {"query": {"spec": {"__legacyStringValue": "query_result(up)"}}}}], "annotations": [{}]}`},
	{"a.json", `{"": [[], {}, -1.5e3, true, false, null, "\u00e9\ud83d\ud83d\ude00\/\\"], "a": {"a": ""}, "a": 1}`},
	{"a.csv", "# c\nDCGM_FI_DEV_GPU_TEMP, gauge, \"t\"\n\n x\nDCGM_FI_DEV_SM_CLOCK,,\n"},
	{"<stdin>", "DCGM_FI_DEV_GPU_TEMP,gauge,t\r\n"},
}

// watch ends the test where an input takes long, so that the input is kept.
func watch(data []byte) (done func() bool) {
	return time.AfterFunc(20*time.Second, func() { panic(fmt.Sprintf("%d bytes take forever: %.200q", len(data), data)) }).Stop
}

// Any bytes, under any ending: nothing panics or hangs, every place lies within
// the file, and the same file says the same twice.
func FuzzFile(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.name, []byte(s.text))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		file := File{Name: name, Data: data, Named: len(data)%2 == 0}
		lines := strings.Split(string(data), "\n")
		defer watch(data)()
		got, s := findings(t, Options{Strict: true}, file)
		again, s2 := findings(t, Options{Strict: true}, file)
		if !slices.Equal(got, again) || s.Queries != s2.Queries || !slices.Equal(s.Others, s2.Others) {
			t.Errorf("twice: %v\n%v", got, again)
		}
		c, _ := collected(file)
		for _, d := range c.diags.Sorted() {
			if d.Pos.Line > len(lines) || d.Pos.Line > 0 && d.Pos.Col > len(lines[d.Pos.Line-1])+1 {
				t.Errorf("%s lies outside of the file", d.Pos)
			}
		}
		for _, q := range c.queries {
			for _, text := range append(append([]Text{q.expr, q.unit, q.axis}, q.legends...), q.texts...) {
				if text.at == nil {
					continue
				}
				if pos := q.src.all(text); pos.Line > len(lines) || pos.Col > len(lines[pos.Line-1])+1 {
					t.Errorf("%q is at %s, outside of the file", text.Value, pos)
				}
				for i := range text.at {
					if text.at[i] < 0 || text.at[i] > len(data) || i > 0 && text.at[i] < text.at[i-1] {
						t.Errorf("%q: places are %v", text.Value, text.at)
					}
				}
			}
		}
	})
}

// plain is a tree of JSON as the library reads it.
func plain(n *node) any {
	switch {
	case n.isMap:
		out := map[string]any{}
		for _, f := range n.fields {
			out[f.key.Value] = plain(f.value)
		}
		return out
	case n.isList:
		out := []any{}
		for _, item := range n.items {
			out = append(out, plain(item))
		}
		return out
	case n.quoted:
		return n.text.Value
	case n.isNull():
		return nil
	case n.text.Value == "true" || n.text.Value == "false":
		return n.text.Value == "true"
	}
	return json.Number(n.text.Value)
}

// Every byte of every text stands where it was written.
func FuzzPlaces(f *testing.F) {
	for _, s := range seeds {
		f.Add(s.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer watch([]byte(text))()
		docs, _ := parseYAML(plainText(text, 0))
		if n, err := parseJSON(plainText(text, 0)); err == nil {
			docs = append(docs, n)
			dec := json.NewDecoder(strings.NewReader(text))
			dec.UseNumber()
			var want any
			if err := dec.Decode(&want); err != nil || !reflect.DeepEqual(plain(n), want) {
				t.Errorf("read %#v, want %#v (%v)", plain(n), want, err)
			}
		}
		seen := map[*node]bool{}
		for _, d := range docs {
			for _, got := range texts(d, seen) {
				if why := misplaced(text, got); why != "" {
					t.Errorf("%q: %s: %v", got.Value, why, got.at)
				}
			}
		}
	})
}

// A query with variables keeps its places, whatever they are.
func FuzzExpand(f *testing.F) {
	for _, q := range []string{"rate(x[$__rate_interval])", `topk($n, x{a="$b"}) > ${c:csv}`, "x[[[a]]]", "sum by ([[a]], $b) (x[1${c}:5$d] offset -$e)", "# '\n$window"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, numbers := range []bool{false, true} {
			got, _ := expand(plainText(query, 0), someVariables, numbers)
			if len(got.at) != len(got.Value)+1 || got.offset(0) != 0 && len(query) > 0 && got.Value != "" || got.offset(len(got.Value)) != len(query) {
				t.Fatalf("%q: places are %v", query, got.at)
			}
			for i := range got.Value {
				if got.at[i] > got.at[i+1] || got.at[i] >= len(query) {
					t.Errorf("%q: byte %d is at %d", query, i, got.at[i])
				}
			}
		}
		parseTemplate(plainText(query, 0), someVariables)
	})
}
