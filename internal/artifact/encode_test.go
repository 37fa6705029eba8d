package artifact

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func encode(t *testing.T, header []string, object any) string {
	t.Helper()
	data, err := YAML(header, object)
	must(t, err)
	return string(data)
}

func TestYAML(t *testing.T) {
	type object struct {
		Kind     string         `json:"kind"`
		Metadata map[string]any `json:"metadata"`
		Spec     any            `json:"spec,omitempty"`
		Status   map[string]any `json:"status"`
	}
	got := encode(t, []string{"Made by aiobsgen.", "", "From spec.cue:3:1."}, object{
		Kind:     "Thing",
		Metadata: map[string]any{"name": "x", "creationTimestamp": nil},
		Spec: map[string]any{
			"expr":   "sum(\n  up\n)\n",
			"nested": []any{map[string]any{"gone": nil, "status": "kept: it is no field of a server here"}},
		},
		Status: map[string]any{"ready": true},
	})
	want := `# Made by aiobsgen.
#
# From spec.cue:3:1.
kind: Thing
metadata:
  name: x
spec:
  expr: |
    sum(
      up
    )
  nested:
  - status: 'kept: it is no field of a server here'
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestYAMLHeaderStaysAComment(t *testing.T) {
	for _, sep := range []string{"\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\v", "\f", "\x00", "\x1b", "\u009b", "\ufeff", "\xff"} {
		got := encode(t, []string{"a" + sep + "injected: true"}, map[string]any{"a": 1})
		if lines := strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune("\n\r\u0085\u2028\u2029", r) }); len(lines) != 2 {
			t.Errorf("%q made %q", sep, lines)
		}
		var back map[string]any
		if err := yaml.Unmarshal([]byte(got), &back); err != nil || !reflect.DeepEqual(back, map[string]any{"a": 1.0}) {
			t.Errorf("%q: read back %v, %v", sep, back, err)
		}
	}
}

func TestYAMLNumbers(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{9400, "9400"},
		{9400.0, "9400"},
		{json.RawMessage("9400.0"), "9400"},
		{0.1, "0.1"},
		{0.999, "0.999"},
		{-1.5, "-1.5"},
		{1e6, "1000000"},
		{int64(math.MaxInt64), "9223372036854775807"},
		{int64(math.MinInt64), "-9223372036854775808"},
		{int64(1<<53 + 1), "9007199254740993"},
		{uint64(math.MaxUint64), "18446744073709551615"},
		{[]any{9400, nil}, "\n- 9400\n- null"},
	} {
		got := strings.TrimSpace(strings.TrimPrefix(encode(t, nil, map[string]any{"v": tt.value}), "v:"))
		if got != strings.TrimSpace(tt.want) {
			t.Errorf("%v became %s, want %s", tt.value, got, tt.want)
		}
	}
	if data, err := YAML(nil, map[string]any{"v": json.RawMessage("1e400")}); err == nil {
		t.Errorf("a number without end became %s", data)
	}
}

func TestYAMLStringsStayStrings(t *testing.T) {
	for _, s := range []string{
		"1", "0.1", "1e3", "0x1f", "017", "0o17", "1_000", ".5", "+1", "-", ".inf", ".nan",
		"true", "false", "True", "No", "no", "yes", "on", "OFF", "y", "n", "~", "null", "Null", "",
		"12:30:00", "2024-01-01", "=", "<<", "- a", "a: b", "# a", "a #b", "!a", "&a", "*a", "|", ">", "%a", "@a", "`a", "{{ $labels.x }}", "[a]", `"a"`, "'a'",
		" a", "a ", "\ta", "a\nb", "a\n", "\na", "a\n\n", "  a\nb", "a \nb", "a\r\nb", "a\tb\n", "\n", "---\na", "...\n", "é", "日本\n語", "\u2028", "\ufeff", "\x00",
	} {
		got := encode(t, nil, map[string]any{"s": s})
		var back map[string]any
		if err := yaml.UnmarshalStrict([]byte(got), &back); err != nil {
			t.Errorf("%q as\n%s\n%v", s, got, err)
			continue
		}
		if want := (map[string]any{"s": s}); !reflect.DeepEqual(back, want) {
			t.Errorf("%q as\n%s came back as %q", s, got, back)
		}
	}
	for _, s := range []string{"a\nb", "a\nb\n", "sum(\n  up{a=\"b\"}\n) > 0\n", "# a\nb: c"} {
		if got := encode(t, nil, map[string]any{"s": s}); !strings.HasPrefix(got, "s: |") {
			t.Errorf("%q is no block: %s", s, got)
		}
	}
	if _, err := YAML(nil, map[string]any{"f": func() {}}); err == nil {
		t.Error("a function was encoded")
	}
}
