package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// variable is one of a dashboard.
type variable struct {
	kind  string // query, custom, constant, interval, datasource …
	value string // of a constant, or the type of a data source
}

func variablesOf(d *node) map[string]variable {
	out := map[string]variable{}
	// What a dashboard that was exported for others asks for.
	for _, v := range d.list("__inputs") {
		out[v.str("name")] = variable{v.str("type"), v.str("value") + v.str("pluginId")}
	}
	for _, v := range d.list("templating", "list") {
		use := variable{v.str("type"), v.str("query")}
		if use.kind == "constant" && promql.GrafanaVariable.MatchString(use.value) {
			use = variable{} // whatever the other one is
		}
		out[v.str("name")] = use
	}
	return out
}

// Words that stand for variables. Nobody writes them.
const (
	standInName     = "aiobs_variable_"
	standInInterval = 7654321 * time.Millisecond
	standInDuration = 7654322 * time.Millisecond
)

// rateInterval is the one variable that the parser of this program knows.
const rateInterval = "$__rate_interval"

// userWords turns stand-ins back.
var userWords = strings.NewReplacer(standInName, "$")

var standIns = typecheck.StandIns{Name: standInName, Interval: standInInterval, Duration: standInDuration}

// expand puts words that parse where a query has variables of Grafana, and tells
// whether it has any. Inside a string they stay. Where it may stand for a name or
// a number, numbers says which.
func expand(t Text, vars map[string]variable, numbers bool) (Text, bool) {
	var b builder
	var q quotes
	done, found := 0, false
	for _, m := range promql.GrafanaVariable.FindAllStringSubmatchIndex(t.Value, -1) {
		start, end := m[0], m[1]
		if start < done || q.inside(t.Value, start) {
			continue
		}
		found = true
		name := promql.GrafanaVariable.FindStringSubmatch(t.Value[start:end])
		v := variableUse{name: name[1] + name[2] + name[3]}
		v.variable = vars[v.name]
		// Digits and letters around it are of the same duration: [5$unit], [${n}m].
		from := start - len(t.Value[done:start]) + len(strings.TrimRight(t.Value[done:start], "0123456789"))
		b.keep(t, done, from)
		to := end + len(restOfDuration.FindString(t.Value[end:min(end+200, len(t.Value))]))
		v.duration = durationPlace(b.value.String())
		if v.duration && v.kind != "constant" {
			v.alone = from == start && to == end
			start, end = from, to
		}
		b.keep(t, from, start)
		if numbers {
			v.number = !namePlace(b.value.String()) && !nameGoesOn(t.Value[end:])
		}
		b.replace(t, start, end, v.standIn())
		done = end
	}
	b.keep(t, done, len(t.Value))
	return b.text(t.offset(len(t.Value))), found
}

// variableUse is a variable at one place of a query.
type variableUse struct {
	variable
	name string
	// duration: it stands where one does, and alone if nothing else is of it.
	duration, alone bool
	number          bool
}

func (v variableUse) standIn() string {
	word := func(d time.Duration) string { return fmt.Sprintf("%dms", d.Milliseconds()) }
	switch {
	case v.kind == "constant":
		return v.value
	case v.name == "__rate_interval" && (v.alone || !v.duration):
		return "$" + v.name // which the parser knows
	case v.duration && v.alone && v.name == "__interval":
		return word(standInInterval)
	case v.duration:
		return word(standInDuration)
	case v.number, v.name == "__from", v.name == "__to",
		strings.HasPrefix(v.name, "__") && (strings.HasSuffix(v.name, "_s") || strings.HasSuffix(v.name, "_ms")):
		return "scalar(" + standInName + v.name + ")" // of which nothing is known
	case v.name == "__interval", v.name == "__range":
		return word(standInDuration)
	}
	return standInName + v.name
}

// restOfDuration is what may be left of a duration after a variable.
var restOfDuration = regexp.MustCompile(`^(?:\w|\$\w|\$\{[^}]*\}|\[\[\w+\]\])*`)

const spaces = " \t\r\n"

// durationPlace reports whether a text ends where a duration begins: in a range,
// in the second half of a subquery's, after offset.
func durationPlace(before string) bool {
	before = strings.TrimRight(tail(before), spaces)
	switch {
	case strings.HasSuffix(before, "["):
		return true
	case strings.HasSuffix(before, ":"):
		i := strings.LastIndexAny(before, `[]"`)
		return i >= 0 && before[i] == '['
	}
	return lastWord(strings.TrimSuffix(before, "-")) == "offset"
}

// namePlace reports whether a text ends where a name goes on, or where a label
// begins, in a selector or in a list.
func namePlace(before string) bool {
	before = tail(before)
	if n := len(before); n > 0 && isWord(before[n-1]) || strings.HasSuffix(strings.TrimRight(before, spaces), "{") {
		return true
	}
	i := strings.LastIndexAny(before, "()")
	return i >= 0 && before[i] == '(' && slices.Contains([]string{"by", "without", "on", "ignoring", "group_left", "group_right"}, lastWord(before[:i]))
}

// nameGoesOn reports whether what comes after a variable makes it a name.
func nameGoesOn(after string) bool {
	if after != "" && isWord(after[0]) {
		return true
	}
	after = strings.TrimLeft(after, spaces)
	return strings.HasPrefix(after, "{") || strings.HasPrefix(after, "[")
}

// tail is as much of a text as says what place its end is.
func tail(text string) string { return text[max(0, len(text)-200):] }

func lastWord(text string) string {
	text = strings.TrimRight(text, spaces)
	start := len(text)
	for start > 0 && isWord(text[start-1]) {
		start--
	}
	return text[start:]
}

func isWord(c byte) bool {
	return c == '_' || c == ':' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// quotes finds the strings and comments of a query, from its start on.
type quotes struct {
	quote byte
	at    int
}

// inside reports whether an offset, behind the last, is in a string.
func (q *quotes) inside(text string, offset int) bool {
	for ; q.at < offset; q.at++ {
		switch c := text[q.at]; {
		case q.quote == 0 && (c == '"' || c == '\'' || c == '`' || c == '#'):
			q.quote = c
		case q.quote == '#' && c == '\n', q.quote != 0 && q.quote != '#' && c == q.quote:
			q.quote = 0
		case c == '\\' && (q.quote == '"' || q.quote == '\''):
			q.at++
		}
	}
	return q.quote != 0
}

// parseTemplate parses a query that may hold variables. What is returned is the
// text that was parsed, whose places are those of the query, and whether it holds
// any.
func parseTemplate(t Text, vars map[string]variable) (promql.Expr, Text, []promql.SyntaxError, bool) {
	text, found := expand(t, vars, false)
	e, faults := promql.ParseAny(text.Value)
	if len(faults) > 0 && found {
		other, _ := expand(t, vars, true)
		if e, again := promql.ParseAny(other.Value); len(again) == 0 {
			return e, other, nil, true
		}
	}
	return e, text, faults, found
}
