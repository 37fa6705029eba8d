package dashboards

import (
	"net/url"
	"strings"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// address leads to another page: it keeps the time, the data source and the
// choices that both pages have, and takes the others from what was clicked.
// Grafana fills in what stands in braces.
func address(to plan.Link, value func(label string) string) string {
	var with []string
	for _, v := range append([]string{sourceVariable}, to.Keep...) {
		with = append(with, "${"+v+":queryparam}")
	}
	for _, v := range to.With {
		with = append(with, "var-"+v.Variable+"=${"+value(v.Label)+":percentencode}")
	}
	return "/d/" + url.PathEscape(to.UID) + "?" + strings.Join(append(with, "$__url_time_range"), "&")
}

// ofSeries is the value of a label of the line or bar that was clicked.
func ofSeries(label string) string { return "__field.labels." + label }

// ofCell is what stands in a column of the row that was clicked.
func ofCell(title string) string { return `__data.fields["` + title + `"]` }

// dataLinks are on each line or bar.
func dataLinks(p plan.Panel) []sdk.DashboardLink {
	var out []sdk.DashboardLink
	for _, to := range p.Links {
		at := address(to, ofSeries)
		out = append(out, sdk.DashboardLink{Title: to.Title, Type: sdk.DashboardLinkTypeLink, Url: &at, Tags: []string{}})
	}
	return out
}

// cellLink is a link in a column of a table.
func cellLink(to plan.Link, value func(label string) string) map[string]any {
	return map[string]any{"title": to.Title, "url": address(to, value)}
}
