package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"
)

// Every committed file for promtool test rules reads as promtool reads it: series
// with their values, queries, and the rule files that it names.
func TestPromtoolFilesAreRead(t *testing.T) {
	files, err := filepath.Glob("../out/*/rules/tests/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%v, %v", files, err)
	}
	p := parser.NewParser(parser.Options{})
	for _, file := range files {
		var tests struct {
			RuleFiles []string `json:"rule_files"`
			Tests     []struct {
				Name        string `json:"name"`
				InputSeries []struct {
					Series string `json:"series"`
					Values string `json:"values"`
				} `json:"input_series"`
				ExprTests []struct {
					Expr string `json:"expr"`
				} `json:"promql_expr_test"`
			} `json:"tests"`
		}
		if err := yaml.Unmarshal(readFile(t, file), &tests); err != nil {
			t.Fatal(file, err)
		}
		if len(tests.Tests) == 0 {
			t.Errorf("%s has no test", file)
		}
		for _, name := range tests.RuleFiles {
			readFile(t, filepath.Join(filepath.Dir(file), name))
		}
		for _, one := range tests.Tests {
			for _, s := range one.InputSeries {
				if _, values, err := p.ParseSeriesDesc(s.Series + " " + s.Values); err != nil || len(values) == 0 {
					t.Errorf("%s: %s: %s %s: %v", file, one.Name, s.Series, s.Values, err)
				}
			}
			for _, e := range one.ExprTests {
				if _, err := p.ParseExpr(e.Expr); err != nil {
					t.Errorf("%s: %s: %v", file, one.Name, err)
				}
			}
		}
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
