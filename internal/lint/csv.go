package lint

import (
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// counters is a counters file of DCGM.
type counters struct {
	src  *source
	rows []counterRow
}

type counterRow struct {
	field, kind Text
	columns     int
}

var counterLine = regexp.MustCompile(`(?m)^\s*DCGM_(?:FI|EXP)_[A-Z0-9_]+\s*,`)

func looksLikeCounters(text string) bool {
	return strings.Contains(text, "DCGM_") && counterLine.MatchString(text)
}

// csv reads a counters file as the exporter does: comma-separated, a # at the
// start of a line begins a comment, spaces around a column do not count.
func (r *reader) csv(text Text) bool {
	if !looksLikeCounters(text.Value) {
		return false
	}
	out := counters{src: r.src}
	in := csv.NewReader(strings.NewReader(text.Value))
	in.Comment, in.FieldsPerRecord = '#', -1
	starts := lineStarts(text.Value)
	place := func(line, column int) int { return min(starts[min(line, len(starts))-1]+column-1, len(text.Value)) }
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			d := diag.Diagnostic{Code: codeCounters, Message: "the exporter refuses the file: " + bad.Err.Error()}
			if errors.Is(bad.Err, csv.ErrBareQuote) {
				d.Hint = "a quote opens a column directly after the comma, without a space"
			}
			at := place(bad.Line, bad.Column)
			d.Pos = r.src.in(text, at, at+1)
			r.diags.Add(d)
			continue // with the next line
		}
		row := counterRow{columns: len(record)}
		for i, to := range []*Text{&row.field, &row.kind} {
			if i >= len(record) {
				break
			}
			at := place(in.FieldPos(i))
			at += len(text.Value[at:]) - len(strings.TrimLeft(text.Value[at:], ` "`))
			value := strings.Trim(record[i], " ")
			if strings.HasPrefix(text.Value[at:], value) {
				*to = text.part(at, at+len(value))
			} else {
				*to = nowhere(value, text.offset(at))
			}
		}
		out.rows = append(out.rows, row)
	}
	r.counters = append(r.counters, out)
	return true
}
