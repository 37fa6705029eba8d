package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// Summary counts what was read.
type Summary struct {
	// Files that something was found in, and those that hold nothing to check.
	Files, Skipped int
	// Templates are files of a folder that are YAML only after they are rendered.
	Templates int
	Queries   int
	// Unchecked queries hold variables where the syntax must be known.
	Unchecked int
	// Others are names of programs that the catalogue does not hold, sorted.
	Others []string
}

// Run reads the files and tells what is wrong with them. The world says which
// versions run; its records come from the files.
func Run(files []File, world *typecheck.World, diags *diag.List) Summary {
	c := &collector{diags: diags}
	for _, f := range files {
		c.file(f)
	}
	l := &linter{World: world, diags: diags, others: map[string]bool{}}
	l.countersFiles(c.counters)
	parsed := make([]parsedQuery, len(c.queries))
	var recordings []typecheck.Recording
	for i, q := range c.queries {
		parsed[i] = l.parse(q)
		if q.record != "" && parsed[i].expr != nil {
			recordings = append(recordings, typecheck.Recording{Name: q.record, Expr: parsed[i].expr, Labels: q.labels})
		}
	}
	world.Learn(recordings)
	for i, q := range c.queries {
		l.check(q, parsed[i])
	}
	return Summary{Files: c.read, Skipped: c.skipped, Templates: c.templates, Queries: len(c.queries) - l.foreign,
		Unchecked: l.unchecked, Others: slices.Sorted(maps.Keys(l.others))}
}

type linter struct {
	*typecheck.World
	diags     *diag.List
	others    map[string]bool
	unchecked int
	foreign   int
}

type parsedQuery struct {
	expr promql.Expr
	text Text
}

// logQL is what Loki's queries have after a selector. One of Prometheus may have
// it as well, but parses.
var logQL = regexp.MustCompile(`\}\s*(?:\||!=|!~)`)

// parse reads a query and tells of its syntax errors.
func (l *linter) parse(q query) parsedQuery {
	text, variables := q.expr, false
	var e promql.Expr
	var faults []promql.SyntaxError
	if q.variables != nil {
		e, text, faults, variables = parseTemplate(q.expr, q.variables)
	} else if e, faults = promql.ParseAny(text.Value); len(faults) == 0 && strings.Contains(text.Value, rateInterval) {
		i := strings.Index(text.Value, rateInterval)
		faults = []promql.SyntaxError{{Start: i, End: i + len(rateInterval), Message: rateInterval + " is a variable of Grafana, which a rule does not have"}}
	}
	switch {
	case len(faults) == 0:
		if kind := e.Type(); q.use != typecheck.InPanel && (kind == promql.Matrix || kind == promql.String) {
			l.diags.Add(diag.Diagnostic{Code: codeQuery, Pos: q.src.all(q.expr),
				Message: fmt.Sprintf("%s: the query gives a %s, and a rule wants series with one value each", q.who, kind)})
			return parsedQuery{}
		}
		return parsedQuery{e, text}
	case q.maybeOther && logQL.MatchString(text.Value):
		l.foreign++
	case variables || strings.Contains(text.Value, "{{"):
		l.unchecked++
		if l.Strict {
			l.diags.Add(diag.Diagnostic{Code: codeStrict, Severity: diag.Warning, Pos: q.src.all(q.expr),
				Message: q.who + ": variables stand where the syntax must be known, so the query was not checked"})
		}
	default:
		for _, f := range faults {
			l.diags.Add(diag.Diagnostic{Code: codeQuery, Pos: q.src.in(text, f.Start, f.End), Message: fmt.Sprintf("%s: PromQL: %s", q.who, f.Message)})
		}
	}
	return parsedQuery{}
}

// check types a query and tells what does not fit, in it and in what shows it.
func (l *linter) check(q query, p parsedQuery) {
	if p.expr == nil {
		return
	}
	asked := typecheck.Query{Use: q.use, Text: p.text.Value}
	if q.variables != nil {
		asked.StandIns = standIns
	}
	result := l.Check(p.expr, asked)
	for _, name := range result.Unknown {
		l.others[name] = true
	}
	for _, f := range result.Findings {
		l.report(q, f, q.src.in(p.text, f.Start, f.End))
	}
	for _, text := range q.texts {
		if !strings.Contains(text.Value, "{{") {
			continue
		}
		for _, f := range l.Template(result.Type, text.Value) {
			l.report(q, f, q.src.in(text, f.Start, f.End))
		}
	}
	for _, label := range q.legends {
		if f, bad := l.Lacks(result.Type, label.Value); bad && !promql.GrafanaVariable.MatchString(label.Value) {
			f.Message = fmt.Sprintf("the label %s is shown, and %s", label.Value, f.Message)
			l.report(q, f, q.src.all(label))
		}
	}
	if f, bad := l.Names(result.Type, q.record); bad {
		l.report(q, f, q.src.all(q.expr))
	}
	if f, bad := l.Shows(result.Type, q.unit.Value); bad {
		l.report(q, f, q.src.all(q.unit))
	}
	if f, bad := l.ShowsBuckets(result.Type, q.axis.Value); bad {
		l.report(q, f, q.src.all(q.axis))
	}
	for _, text := range q.thresholds {
		if v, err := strconv.ParseFloat(text.Value, 64); err == nil {
			if f, bad := l.Reaches(result.Type, v); bad {
				l.report(q, f, q.src.all(text))
			}
		}
	}
}

func (l *linter) report(q query, f typecheck.Finding, pos diag.Pos) {
	l.diags.Add(diag.Diagnostic{Code: f.Code, Severity: f.Severity, Pos: pos, Message: q.who + ": " + userWords.Replace(f.Message), Hint: userWords.Replace(f.Hint)})
}
