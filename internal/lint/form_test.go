package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// What Prometheus refuses is told, since it refuses the other rules of the file
// with it.
func TestFormOfRules(t *testing.T) {
	for _, tt := range []struct{ rule, want string }{
		{`{alert: A, expr: up, for: 5m, keep_firing_for: 1h, labels: {a: b}, annotations: {c: d}}`, ""},
		{`{record: "a:b:c", expr: "1"}`, ""},
		{`{alert: A, exp: up}`, `expr is missing|it has no field "exp"`},
		{`{alert: A, expr: }`, "expr is no text"},
		{`{alert: A, expr: [up]}`, "expr is no text"},
		{`{expr: up}`, "it has neither record nor alert"},
		{`{alert: A, record: b, expr: up}`, "it has both record and alert"},
		{`{record: "a b", expr: up}`, `"a b" is no name of a metric`},
		{`{alert: A, expr: up, for: soon}`, `for: found "soon", want a duration`},
		{`{alert: A, expr: "up[5m]"}`, "the query gives a matrix"},
		{`text`, "found no fields"},
	} {
		w, err := World(index(), nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var found diag.List
		Run([]File{{Name: "r.yaml", Data: []byte("groups: [{name: g, rules: [" + tt.rule + "]}]"), Named: true}}, w, &found)
		var got []string
		for _, d := range found.Sorted() {
			if d.Pos.Line != 1 || d.Pos.Col < 2 {
				t.Errorf("%s: %q stands at %s", tt.rule, d.Message, d.Pos)
			}
			got = append(got, d.Message)
		}
		want := strings.Split(tt.want, "|")
		if tt.want == "" {
			want = nil
		}
		if len(got) != len(want) || !slices.EqualFunc(got, want, strings.Contains) {
			t.Errorf("%s: found %q, want %q", tt.rule, got, want)
		}
	}
}
