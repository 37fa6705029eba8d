package golden

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/lint"
)

// The set of lint: rules and dashboards as people have them. Those in lint/faults say
// what is wrong: a comment before a rule, or the description of a panel or a variable,
// reads "want" and the codes. In lint/clean nothing is wrong. A line "lint:" has flags
// of the command, and a line "with" names a file that is read along.

// TestLintFaults: each fault is told where it is, with its codes and no others.
func TestLintFaults(t *testing.T) {
	counts := map[string]int{}
	total := 0
	for _, file := range lintFiles(t, "lint/faults") {
		wanted := wants(t, file)
		for _, w := range wanted {
			total++
			for _, code := range w.codes {
				counts[code]++
			}
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, found := lintFile(t, file)
			for _, d := range found {
				i := slices.IndexFunc(wanted, func(w want) bool { return w.first <= d.Pos.Line && d.Pos.Line <= w.last })
				if filepath.ToSlash(file) != d.Pos.File || i < 0 {
					t.Errorf("where nothing is wrong: %s %s: %s", d.Pos, d.Code, d.Message)
					continue
				}
				wanted[i].got = append(wanted[i].got, d.Code)
			}
			for _, w := range wanted {
				slices.Sort(w.got)
				if !slices.Equal(w.got, w.codes) {
					t.Errorf("%s:%d: got %v, want %v", file, w.first, w.got, w.codes)
				}
			}
		})
	}
	if total < 80 {
		t.Errorf("found %d faults, want 80 and more", total)
	}
	for _, code := range slices.Sorted(maps.Keys(loadChecks(t).Checks)) {
		// What depends on the hardware needs a spec, which a file does not bring.
		if code >= "AIO060" && code <= "AIO078" && code != "AIO063" && counts[code] < 3 {
			t.Errorf("%s has %d faults, want 3 and more", code, counts[code])
		}
	}
}

// TestLintClean: nothing is told of what is right.
func TestLintClean(t *testing.T) {
	total := 0
	for _, file := range lintFiles(t, "lint/clean") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, found := lintFile(t, file)
			for _, d := range found {
				t.Errorf("%s %s: %s", d.Pos, d.Code, d.Message)
			}
			if s.Unchecked > 0 || s.Files == 0 {
				t.Errorf("%d expressions were not checked, %d files were read", s.Unchecked, s.Files)
			}
			total += s.Queries
		})
	}
	if total < 90 {
		t.Errorf("found %d expressions, want 90 and more", total)
	}
}

func lintFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	for _, ending := range []string{"yaml", "json"} {
		found, err := filepath.Glob(filepath.Join(dir, "*."+ending))
		if err != nil || len(found) == 0 {
			t.Fatalf("no file ends in %s: %v", ending, err)
		}
		out = append(out, found...)
	}
	return out
}

var (
	lintFlags = regexp.MustCompile(`(?m)\blint: (.*?)"?,?$`)
	lintWith  = regexp.MustCompile(`(?m)^# with (\S+)$`)
)

// lintFile does what the command does with the flags that a file names.
func lintFile(t *testing.T, file string) (lint.Summary, []diag.Diagnostic) {
	t.Helper()
	files, err := lint.ReadFiles([]string{file})
	if err != nil {
		t.Fatal(err)
	}
	text := string(files[0].Data)
	for _, m := range lintWith.FindAllStringSubmatch(text, -1) {
		more, err := lint.ReadFiles([]string{filepath.Join(filepath.Dir(file), m[1])})
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	options := lint.Options{Interval: 15 * time.Second}
	if m := lintFlags.FindStringSubmatch(text); m != nil {
		flags := strings.Fields(m[1])
		for i := 0; i+1 < len(flags); i += 2 {
			switch flags[i] {
			case "--exporter":
				options.Exporters = append(options.Exporters, flags[i+1])
			case "--scrape-interval":
				if options.Interval, err = time.ParseDuration(flags[i+1]); err != nil {
					t.Fatal(err)
				}
			default:
				t.Fatalf("%s: unknown flag %s", file, flags[i])
			}
		}
	}
	facts, err := compile.Facts()
	if err != nil {
		t.Fatal(err)
	}
	world, err := lint.World(facts, nil, options)
	if err != nil {
		t.Fatal(err)
	}
	diags := &diag.List{}
	s := lint.Run(files, world, diags)
	return s, diags.Sorted()
}

// want is what should be told of some lines.
type want struct {
	first, last int
	codes, got  []string
}

func wants(t *testing.T, file string) []want {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := yamlWants(string(data))
	if strings.HasSuffix(file, ".json") {
		found = jsonWants(t, string(data))
	}
	for i := range found {
		slices.Sort(found[i].codes)
	}
	return found
}

var (
	wantLine = regexp.MustCompile(`^\s*# want ((?:AIO\d{3} ?)+)$`)
	ruleLine = regexp.MustCompile(`^\s*- (?:alert|record|expr|name):|^\s*# want |^\S`)
)

// yamlWants reads a comment and the rule after it, which ends where another begins.
func yamlWants(text string) []want {
	var out []want
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		m := wantLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		last := i + 2
		for last < len(lines) && !ruleLine.MatchString(lines[last]) {
			last++
		}
		out = append(out, want{first: i + 2, last: last, codes: strings.Fields(m[1])})
	}
	return out
}

// jsonWants reads the descriptions of objects.
func jsonWants(t *testing.T, text string) []want {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	line := func() int { return 1 + strings.Count(text[:dec.InputOffset()], "\n") }
	var out, open []want
	key := ""
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				open = append(open, want{first: line()})
			case '}':
				w := open[len(open)-1]
				open, w.last = open[:len(open)-1], line()
				if len(w.codes) > 0 {
					out = append(out, w)
				}
			}
			key = ""
		case string:
			if codes, ok := strings.CutPrefix(v, "want "); ok && key == "description" {
				open[len(open)-1].codes = strings.Fields(codes)
			}
			key = v
		default:
			key = ""
		}
	}
}
