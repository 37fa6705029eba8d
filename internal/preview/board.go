package preview

import (
	"encoding/json"
	"fmt"

	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// board is what is asked for a dashboard, read from its JSON.
type board struct {
	raw json.RawMessage

	UID        string `json:"uid"`
	Panels     []panel
	Templating struct {
		List []struct {
			Name  string          `json:"name"`
			Type  string          `json:"type"`
			Query json.RawMessage `json:"query"`
		} `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []annotation `json:"list"`
	} `json:"annotations"`

	variables []variable
}

type panel struct {
	ID      int      `json:"id"`
	Title   string   `json:"title"`
	Panels  []panel  `json:"panels"` // of a closed row
	Targets []target `json:"targets"`
}

type target struct {
	RefID   string `json:"refId"`
	Expr    string `json:"expr"`
	Instant bool   `json:"instant"`
}

type annotation struct {
	Name        string `json:"name"`
	Color       string `json:"iconColor"`
	Expr        string `json:"expr"`
	TitleFormat string `json:"titleFormat"`
	TextFormat  string `json:"textFormat"`
}

// variable is a choice of label values.
type variable struct {
	name, selector, label string
}

// readBoard reads a dashboard as it is written for Grafana.
func readBoard(data []byte) (*board, error) {
	b := &board{raw: data}
	if err := json.Unmarshal(data, b); err != nil {
		return nil, err
	}
	for _, v := range b.Templating.List {
		var query string
		if v.Type != "query" || json.Unmarshal(v.Query, &query) != nil {
			continue
		}
		selector, label, ok := promql.LabelValues(query)
		if !ok {
			return nil, fmt.Errorf("dashboard %s: variable %s reads %s, want label_values", b.UID, v.Name, query)
		}
		b.variables = append(b.variables, variable{v.Name, selector, label})
	}
	return b, nil
}

// all lists the panels, those of closed rows among them.
func (b *board) all() []panel {
	var out []panel
	var visit func([]panel)
	visit = func(list []panel) {
		for _, p := range list {
			out = append(out, p)
			visit(p.Panels)
		}
	}
	visit(b.Panels)
	return out
}

// queries are all that a dashboard asks.
func (b *board) queries() []string {
	var out []string
	for _, p := range b.all() {
		for _, t := range p.Targets {
			out = append(out, t.Expr)
		}
	}
	for _, v := range b.variables {
		out = append(out, v.selector)
	}
	for _, a := range b.Annotations.List {
		out = append(out, a.Expr)
	}
	return out
}
