package dashboards

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// family is the tag that all our pages have, and by which they find each other.
const family = "aiobs"

// drawing is a dashboard with what it needs of its cluster to be drawn.
type drawing struct {
	plan.Dashboard
	colors []plan.Color
	// maxPoints of a panel that draws time, by kind.
	maxPoints map[string]int
}

// build makes the whole page.
func (d drawing) build() (sdk.Dashboard, error) {
	b := sdk.NewDashboardBuilder(d.Title).
		Uid(d.UID).
		Description(d.Description).
		Tags(tags(d.Dashboard)).
		Timezone("browser").
		Readonly(). // Grafana cannot save what a file provides
		Tooltip(sdk.DashboardCursorSyncCrosshair).
		Time("now-6h", "now").
		Refresh("1m")
	board, err := b.Build()
	if err != nil {
		return sdk.Dashboard{}, err
	}
	if board.Templating.List, err = variables(d.Variables); err != nil {
		return sdk.Dashboard{}, err
	}
	if board.Links, err = links(); err != nil {
		return sdk.Dashboard{}, err
	}
	board.Annotations.List = annotations(d.Annotations)
	if board.Panels, err = d.panels(); err != nil {
		return sdk.Dashboard{}, err
	}
	// The parts were added after the builder looked, so look again.
	return board, board.Validate()
}

func tags(d plan.Dashboard) []string {
	if slices.Contains(d.Tags, family) {
		return d.Tags
	}
	return append([]string{family}, d.Tags...)
}

// links lead to the other pages of the family and keep what was chosen.
func links() ([]sdk.DashboardLink, error) {
	link, err := sdk.NewDashboardLinkBuilder("AI fleet").
		Type(sdk.DashboardLinkTypeDashboards).
		Icon("dashboard").
		Tags([]string{family}).
		IncludeVars(true).
		KeepTime(true).
		Build()
	if err != nil {
		return nil, err
	}
	link.Placement = nil // at the top of the page, not in a menu
	return []sdk.DashboardLink{link}, nil
}

// source is the data source that the first variable chose.
func source() common.DataSourceRef {
	kind, uid := sourceKind, "$"+sourceVariable
	return common.DataSourceRef{Type: &kind, Uid: &uid}
}
