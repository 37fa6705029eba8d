package dashboards

import (
	"fmt"

	v2 "github.com/grafana/grafana-foundation-sdk/go/dashboardv2"
)

// v2Of carries a classic page over to Grafana's v2 schema, as Grafana does itself
// when it opens one (apps/dashboard/pkg/migration/conversion of Grafana 13). A field
// that has no place there is an error: nothing is lost without a word.
func v2Of(page []byte) (v2.Dashboard, error) {
	r := recordOf(page)
	b := v2.NewDashboard()
	r.take("title", &b.Title)
	r.take("description", &b.Description)
	r.take("tags", &b.Tags)
	r.take("editable", &b.Editable)
	r.take("liveNow", &b.LiveNow)
	r.take("preload", &b.Preload)
	b.CursorSync = enum(r, "graphTooltip", v2.DashboardCursorSyncOff, v2.DashboardCursorSyncCrosshair, v2.DashboardCursorSyncTooltip)
	times(r, &b.TimeSettings)
	b.Links = each(r, "links", pageLinkOf)
	b.Variables = within(r, "templating", variableOf)
	b.Annotations = within(r, "annotations", annotationOf)
	b.Elements, b.Layout = layoutOf(r)
	// The uid is the name of the resource, and schemas are told apart by its version.
	r.drop("uid", "id", "schemaVersion", "version")
	r.fail(b.Validate())
	return *b, r.done("the v2 page")
}

// enum reads a number as the value of that place.
func enum[T any](r *record, key string, values ...T) T {
	i := 0
	r.take(key, &i)
	if i < 0 || i >= len(values) {
		r.fail(fmt.Errorf("%s: no value has the number %d", key, i))
		i = 0
	}
	return values[i]
}

// within carries over {"list": […]}.
func within[T any](r *record, key string, carry func(*record) T) []T {
	part := r.part(key)
	out := each(part, "list", carry)
	r.fail(part.done(key))
	return out
}

func times(r *record, to *v2.TimeSettingsSpec) {
	r.take("timezone", &to.Timezone)
	r.take("refresh", &to.AutoRefresh)
	r.take("fiscalYearStartMonth", &to.FiscalYearStartMonth)
	r.take("weekStart", &to.WeekStart)
	span := r.part("time")
	span.take("from", &to.From)
	span.take("to", &to.To)
	r.fail(span.done("time"))
	picker := r.part("timepicker")
	picker.take("hidden", &to.HideTimepicker)
	picker.take("refresh_intervals", &to.AutoRefreshIntervals)
	picker.take("quick_ranges", &to.QuickRanges)
	picker.take("nowDelay", &to.NowDelay)
	r.fail(picker.done("timepicker"))
}

func pageLinkOf(r *record) v2.DashboardLink {
	link := v2.NewDashboardLink()
	r.whole(link)
	return *link
}
