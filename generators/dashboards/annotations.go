package dashboards

import (
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// annotations mark times on all panels of a page.
func annotations(list []plan.Annotation) []sdk.AnnotationQuery {
	out := []sdk.AnnotationQuery{}
	for _, a := range list {
		from := source()
		out = append(out, sdk.AnnotationQuery{
			Name: a.Title, Datasource: &from, Enable: true, IconColor: a.Color,
			Expr: &a.Expr, TitleFormat: &a.Heading, TextFormat: &a.Text,
		})
	}
	return out
}
